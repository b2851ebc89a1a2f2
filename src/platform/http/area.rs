//! The areas of the address space. What browsers may do with an answer (CORS, CSP, resource policy) depends on the area
//! alone, so that it is right for errors and unknown paths too.

/// A part of the address space with its own rules for browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// The read API and what belongs to it: open to every origin, without credentials.
    Read,
    /// The admin API: closed to other origins.
    Admin,
    /// The documentation pages: HTML with scripts of our own.
    Docs,
    /// Everything else, such as health: closed to other origins.
    Operational,
}

/// Path prefixes and their areas; the first that fits wins.
const PREFIXES: &[(&str, Area)] = &[
    ("/admin/docs", Area::Docs),
    ("/docs", Area::Docs),
    ("/admin", Area::Admin),
    ("/v1", Area::Read),
    ("/media", Area::Read),
    ("/problems", Area::Read),
    ("/openapi.json", Area::Read),
];

impl Area {
    /// The area of a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        PREFIXES
            .iter()
            .find(|(prefix, _)| {
                path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .map_or(Self::Operational, |(_, area)| *area)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_at_a_segment() {
        assert_eq!(Area::of("/v1"), Area::Read);
        assert_eq!(Area::of("/v1/pages"), Area::Read);
        assert_eq!(Area::of("/v10/pages"), Area::Operational);
        assert_eq!(Area::of("/admin/v1/pages"), Area::Admin);
        assert_eq!(Area::of("/admin/docs"), Area::Docs);
        assert_eq!(Area::of("/admin/docsx"), Area::Admin);
        assert_eq!(Area::of("/administrator"), Area::Operational);
        assert_eq!(Area::of("/healthz"), Area::Operational);
    }
}
