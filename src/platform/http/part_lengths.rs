//! How long the parts of a form are. A part may say so itself (`Content-Length`), against which RFC 7578 advises; the parser
//! believes it and drops what follows in the same line. So it is counted here from boundary to boundary, and a part that says
//! something else is refused.

use memchr::memmem;

/// Counts the bytes of each part while they come.
#[derive(Debug)]
pub(super) struct PartLengths {
    delimiter: Vec<u8>,
    state: State,
    /// What has come and may be the beginning of what is looked for.
    rest: Vec<u8>,
    whole: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Before the first boundary.
    Outside,
    /// Right after a boundary.
    Boundary,
    Head,
    /// With the bytes so far.
    Content(u64),
    /// After the last boundary.
    Ended,
}

impl PartLengths {
    pub(super) fn new(boundary: &str) -> Self {
        let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
        // The first boundary may stand right at the beginning.
        Self { delimiter, state: State::Outside, rest: b"\r\n".to_vec(), whole: Vec::new() }
    }

    /// The lengths of the parts that have come whole.
    pub(super) fn whole(&self) -> &[u64] {
        &self.whole
    }

    pub(super) fn take(&mut self, chunk: &[u8]) {
        self.rest.extend_from_slice(chunk);
        while self.step() {}
    }

    /// Goes on by what is there; gives whether there may be more to do.
    fn step(&mut self) -> bool {
        match self.state {
            State::Outside => match self.skip_past_delimiter() {
                (_, true) => self.state = State::Boundary,
                (_, false) => return false,
            },
            State::Boundary => match self.rest.get(..2) {
                Some(b"--") => self.state = State::Ended,
                Some(_) => self.state = State::Head,
                None => return false,
            },
            State::Head => {
                let Some(at) = memmem::find(&self.rest, b"\r\n\r\n") else { return false };
                self.rest.drain(..at + 4);
                self.state = State::Content(0);
            }
            State::Content(before) => {
                let (skipped, ended) = self.skip_past_delimiter();
                let length = before + skipped as u64;
                if !ended {
                    self.state = State::Content(length);
                    return false;
                }
                self.whole.push(length);
                self.state = State::Boundary;
            }
            State::Ended => {
                self.rest.clear();
                return false;
            }
        }
        true
    }

    /// Drops what lies before the next delimiter, and it; or, when there is none, all that cannot be the beginning of one.
    /// Gives how many bytes lay before it.
    fn skip_past_delimiter(&mut self) -> (usize, bool) {
        if let Some(at) = memmem::find(&self.rest, &self.delimiter) {
            self.rest.drain(..at + self.delimiter.len());
            return (at, true);
        }
        let skipped = self.rest.len().saturating_sub(self.delimiter.len() - 1);
        self.rest.drain(..skipped);
        (skipped, false)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lengths(body: &[u8], chunk: usize) -> Vec<u64> {
        let mut lengths = PartLengths::new("b");
        body.chunks(chunk.max(1)).for_each(|chunk| lengths.take(chunk));
        lengths.whole().to_vec()
    }

    #[test]
    fn parts_are_counted_from_boundary_to_boundary() {
        let body = b"before\r\n--b\r\nA: 1\r\n\r\n12345\r\n--b\r\n\r\n\r\n--b\r\nA: 2\r\n\r\n\r\n\r\n--\r\n--b--\r\n\r\n--b\r\n\r\nafter\r\n--b";
        for chunk in [1, 2, 3, 7, 1_000] {
            assert_eq!(lengths(body, chunk), [5, 0, 6], "{chunk}");
        }
        assert_eq!(lengths(b"--b\r\n\r\nx\r\n--b", 100), [1]);
        assert_eq!(lengths(b"--b\r\n\r\nnever ended\r\n--", 100), [0; 0]);
    }

    proptest! {
        #[test]
        fn any_content_is_counted(
            contents in proptest::collection::vec(proptest::collection::vec(prop::sample::select(b"\r\n-ax".to_vec()), 0..60), 0..5),
            chunk in 1_usize..40,
        ) {
            let mut body = Vec::new();
            for content in &contents {
                body.extend(b"--b\r\nName: x\r\n\r\n");
                body.extend(content);
                body.extend(b"\r\n");
            }
            body.extend(b"--b--\r\n");
            let expected: Vec<u64> = contents.iter().map(|content| content.len() as u64).collect();
            prop_assert_eq!(lengths(&body, chunk), expected);
        }
    }
}
