//! What an error came from, in words.

use std::error::Error;

/// The message of an error and of what it came from, outermost first. What a message has said already is not said again.
#[must_use]
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn causes_are_told_in_order_and_once() {
        let inner = io::Error::other("inner");
        let outer = io::Error::new(io::ErrorKind::ConnectionRefused, inner);
        assert_eq!(causes(&outer), "inner");
        let problem = crate::platform::problem::Problem::internal("disk on fire").detail("not now");
        assert_eq!(causes(&problem), "internal: not now: disk on fire");
    }
}
