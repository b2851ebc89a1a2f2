//! HTML that leaves the site, in a feed for example: every address in it is absolute.

use ammonia::{Builder, UrlRelative};
use url::{ParseError, Url};

/// Sanitises HTML once more and makes its addresses absolute, as if it stood in the page of this address.
///
/// # Errors
/// When the address is none.
pub fn absolute(html: &str, page: &str) -> Result<String, ParseError> {
    let base = Url::parse(page)?;
    let mut builder = Builder::default();
    builder.url_relative(UrlRelative::RewriteWithBase(base)).link_rel(None);
    builder.url_schemes(["http", "https", "mailto", "tel"].into());
    Ok(builder.clean(html).to_string())
}

#[cfg(test)]
mod tests {
    use super::absolute;

    #[test]
    fn addresses_are_resolved_against_the_page() {
        let html = r##"<p><a href="/a">a</a><a href="#n">n</a><a href="b">b</a><a href="https://example.org/">c</a></p><script>x</script>"##;
        let expected = r#"<p><a href="https://www.example.com/a">a</a><a href="https://www.example.com/d/e#n">n</a><a href="https://www.example.com/d/b">b</a><a href="https://example.org/">c</a></p>"#;
        assert_eq!(absolute(html, "https://www.example.com/d/e").unwrap(), expected);
        assert_eq!(absolute(r#"<a href="javascript:x()">x</a>"#, "https://a.example/").unwrap(), "<a>x</a>");
        assert!(absolute("", "/a").is_err());
    }
}
