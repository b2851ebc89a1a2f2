//! Addresses as people copy them, and what they are of.

use super::*;

fn named(text: &str) -> Option<(String, String, Option<u32>)> {
    let found = read(text, None).ok()?;
    Some((found.provider.to_string(), found.media_id, found.start))
}

#[test]
fn every_common_form_is_read() {
    for (text, provider, media_id, start) in [
        ("https://www.youtube.com/watch?v=a1B2c3D4e5F", "youtube", "a1B2c3D4e5F", None),
        (
            "https://www.youtube.com/watch?app=desktop&v=a1B2c3D4e5F&list=PL1&t=1m30s",
            "youtube",
            "a1B2c3D4e5F",
            Some(90),
        ),
        ("http://youtube.com/watch/a1B2c3D4e5F", "youtube", "a1B2c3D4e5F", None),
        ("m.youtube.com/watch?v=a1B2c3D4e5F#t=5", "youtube", "a1B2c3D4e5F", Some(5)),
        ("//www.youtube.com/embed/a1B2c3D4e5F?start=12&rel=0", "youtube", "a1B2c3D4e5F", Some(12)),
        ("https://www.youtube-nocookie.com/embed/a1B2c3D4e5F", "youtube", "a1B2c3D4e5F", None),
        ("https://youtube.com/shorts/a1B2c3D4e5F?feature=share", "youtube", "a1B2c3D4e5F", None),
        ("https://www.youtube.com/live/a1B2c3D4e5F?si=x", "youtube", "a1B2c3D4e5F", None),
        ("https://www.youtube.com/v/a1B2c3D4e5F", "youtube", "a1B2c3D4e5F", None),
        ("  https://youtu.be/a1B2c3D4e5F?t=3723s&si=abc ", "youtube", "a1B2c3D4e5F", Some(3_723)),
        ("https://youtu.be/a1B2c3D4e5F?t=1h2m3s", "youtube", "a1B2c3D4e5F", Some(3_723)),
        ("https://youtu.be/a1B2c3D4e5F?t=soon", "youtube", "a1B2c3D4e5F", None),
        ("https://vimeo.com/123456789", "vimeo", "123456789", None),
        ("https://vimeo.com/123456789/ab12cd34ef?share=copy#t=90", "vimeo", "123456789/ab12cd34ef", Some(90)),
        (
            "https://player.vimeo.com/video/123456789?h=ab12cd34ef&badge=0",
            "vimeo",
            "123456789/ab12cd34ef",
            None,
        ),
        ("https://vimeo.com/channels/staffpicks/123456789", "vimeo", "123456789", None),
        ("https://vimeo.com/groups/shapes/videos/123456789", "vimeo", "123456789", None),
        ("https://www.dailymotion.com/video/x1y2z3_a-title?start=3", "dailymotion", "x1y2z3", Some(3)),
        ("https://www.dailymotion.com/embed/video/x1y2z3", "dailymotion", "x1y2z3", None),
        ("https://geo.dailymotion.com/player.html?video=x1y2z3", "dailymotion", "x1y2z3", None),
        ("https://dai.ly/x1y2z3", "dailymotion", "x1y2z3", None),
        ("https://www.ted.com/talks/ada_example_a_talk?language=en", "ted", "ada_example_a_talk", None),
        ("https://embed.ted.com/talks/lang/de/ada_example_a_talk", "ted", "ada_example_a_talk", None),
        ("https://www.ted.com/talks/ada_example_a_talk.html", "ted", "ada_example_a_talk", None),
        ("https://soundcloud.com/artist/track?in=artist/sets/a-set", "soundcloud", "artist/track", None),
        ("https://m.soundcloud.com/artist/sets/a-set", "soundcloud", "artist/sets/a-set", None),
        (
            "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/12345&color=%23ff5500",
            "soundcloud",
            "12345",
            None,
        ),
        (
            "https://open.spotify.com/episode/0a1B2c3D4e5F6g7H8i9J0k?si=1",
            "spotify",
            "episode/0a1B2c3D4e5F6g7H8i9J0k",
            None,
        ),
        (
            "https://open.spotify.com/intl-de/track/0a1B2c3D4e5F6g7H8i9J0k",
            "spotify",
            "track/0a1B2c3D4e5F6g7H8i9J0k",
            None,
        ),
        (
            "https://open.spotify.com/embed/show/0a1B2c3D4e5F6g7H8i9J0k",
            "spotify",
            "show/0a1B2c3D4e5F6g7H8i9J0k",
            None,
        ),
        ("spotify:episode:0a1B2c3D4e5F6g7H8i9J0k", "spotify", "episode/0a1B2c3D4e5F6g7H8i9J0k", None),
        (
            "https://example.org/files/A%20talk.MP4?x=1",
            "video",
            "https://example.org/files/A%20talk.MP4?x=1",
            None,
        ),
        ("/files/talk.mp3", "audio", "/files/talk.mp3", None),
    ] {
        let expected = Some((provider.to_owned(), media_id.to_owned(), start));
        assert_eq!(named(text), expected, "{text}");
    }
}

#[test]
fn anything_else_is_refused_with_what_is_known() {
    for text in [
        "",
        "a1B2c3D4e5F",
        "https://example.org/talk",
        "https://example.org/watch?v=a1B2c3D4e5F",
        "https://youtube.com.example.org/watch?v=a1B2c3D4e5F",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/@somebody",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://www.youtube.com/watch?v=%22onload%3D",
        "https://vimeo.com/somebody",
        "https://www.dailymotion.com/",
        "https://www.ted.com/speakers/ada_example",
        "https://soundcloud.com/artist",
        "https://open.spotify.com/user/x",
        "javascript:alert(1)",
        "ftp://youtu.be/a1B2c3D4e5F",
        "<iframe src=\"https://www.youtube.com/embed/a1B2c3D4e5F\"></iframe>",
    ] {
        let detail = read(text, None).unwrap_err();
        assert!(detail.contains("Vimeo") && detail.contains("`media_id`"), "{text}: {detail}");
    }
}

#[test]
fn a_file_of_the_site_is_what_it_is_said_to_be() {
    let text = "entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
    assert!(read(text, None).is_err());
    let found = read(text, Some(MediaKind::Audio)).unwrap();
    assert_eq!((found.provider.as_str(), found.media_id.as_str()), ("audio", text));
    assert!(read("https://example.org/talk", Some(MediaKind::Audio)).is_err(), "it may be a page");
}
