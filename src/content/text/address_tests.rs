//! Addresses that are taken, addresses that are not, and how they resolve.

use super::*;
use crate::content::text::links::Target;

const ID: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

fn parse(text: &str) -> Result<String, AddressError> {
    Address::try_from(text.to_owned()).map(String::from)
}

#[test]
fn good_addresses_are_kept_as_written() {
    let entry = format!("entry:{ID}");
    let section = format!("entry:{ID}#early-years");
    for good in [
        "https://example.org",
        "http://example.org:8080/a?b=c#d",
        "https://b\u{fc}cher.example/\u{fc}ber",
        "mailto:office@example.org?subject=Hello%20there",
        "tel:+1-202-555-0100;ext=7",
        "/",
        "/about?x=1#team",
        &entry,
        &section,
    ] {
        assert_eq!(parse(good).as_deref(), Ok(good));
    }
    assert_eq!(parse(" HTTPS://example.org\n").as_deref(), Ok("https://example.org"));
    assert_eq!(parse(&entry.to_uppercase()), Ok(entry));
}

#[test]
fn bad_addresses_are_refused() {
    let cases = [
        ("", AddressError::Empty),
        ("  ", AddressError::Empty),
        ("javascript:alert(1)", AddressError::Scheme),
        ("JaVaScRiPt:alert(1)", AddressError::Scheme),
        ("java\tscript:alert(1)", AddressError::Character('\t')),
        ("java\nscript:alert(1)", AddressError::Character('\n')),
        ("\u{1}javascript:alert(1)", AddressError::Character('\u{1}')),
        ("\u{feff}javascript:alert(1)", AddressError::Character('\u{feff}')),
        ("data:text/html,x", AddressError::Scheme),
        ("vbscript:x", AddressError::Scheme),
        ("file:///etc", AddressError::Scheme),
        ("about", AddressError::Scheme),
        ("#team", AddressError::Scheme),
        ("//example.org", AddressError::ProtocolRelative),
        ("/\\example.org", AddressError::Character('\\')),
        ("https:\\\\example.org", AddressError::Character('\\')),
        ("/a b", AddressError::Character(' ')),
        ("/a\0", AddressError::Character('\0')),
        ("https:example.org", AddressError::Malformed("https://")),
        ("https:///example.org", AddressError::Malformed("https://")),
        ("https://", AddressError::Malformed("https://")),
        ("https://user:word@example.org", AddressError::Credentials),
        ("mailto:", AddressError::Malformed("mailto:")),
        ("tel:call-me", AddressError::Malformed("tel:")),
        ("entry:7", AddressError::Malformed("entry:")),
        ("entry:019a3e5c7d1f7c3a9b521f0d6c2e8a41", AddressError::Malformed("entry:")),
    ];
    for (text, error) in cases {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
    assert!(parse(&format!("/{}", "a".repeat(2_047))).is_ok());
    assert_eq!(parse(&format!("/{}", "a".repeat(2_048))), Err(AddressError::TooLong(2_049)));
}

#[test]
fn addresses_resolve_to_what_readers_may_see() {
    let id = Uuid::try_parse(ID).unwrap();
    let links =
        move |asked: Uuid| (asked == id).then(|| Target { path: "/about".into(), title: "About".into() });
    let view = Address::try_from(format!("entry:{ID}#team")).unwrap().resolve(&links).unwrap();
    assert_eq!(view.url, "/about#team");
    assert_eq!(view.entry.unwrap().title, "About");
    assert_eq!(Address::of_entry(Uuid::nil()).resolve(&links), None);
    let outside = Address::try_from("tel:112".to_owned()).unwrap();
    assert!(!outside.is_page());
    assert_eq!(outside.resolve(&links).unwrap().url, "tel:112");
}

#[test]
fn destinations_in_rich_text_may_be_relative_but_never_run() {
    let url = |text: &str| Destination::Url(text.to_owned());
    let cases = [
        ("page.html", url("page.html")),
        ("../up?x=a:b", url("../up?x=a:b")),
        ("#note", url("#note")),
        ("/a b", url("/a%20b")),
        ("//example.org/x", url("https://example.org/x")),
        ("HTTP://example.org", url("http://example.org")),
        ("mailto:a@example.org", url("mailto:a@example.org")),
        (" javascript:x", Destination::Refused),
        ("java\u{a}script:x", Destination::Refused),
        ("data:image/png;base64,xx", Destination::Refused),
        ("/\\example.org", Destination::Refused),
        ("\\\\example.org", Destination::Refused),
        ("\\a", Destination::Refused),
        ("///example.org", Destination::Refused),
        ("//", Destination::Refused),
        ("x:y", Destination::Refused),
        ("entry:7", Destination::Refused),
        ("", Destination::Refused),
    ];
    for (text, expected) in cases {
        assert_eq!(Destination::of(text), expected, "{text:?}");
    }
    let entry = Destination::of(&format!("entry:{ID}#x"));
    assert_eq!(entry, Destination::Entry(Uuid::try_parse(ID).unwrap(), Some("x".into())));
    assert_eq!(entry.image_source(), None);
    assert_eq!(Destination::of("mailto:a@example.org").image_source(), None);
}
