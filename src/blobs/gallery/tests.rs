//! Addresses and what they ask for.

use super::*;

fn picture(width: u32, height: u32) -> Picture {
    Picture { width, height, frames: 1, alpha: false, color: "#000000".into(), placeholder: vec![1] }
}

#[test]
fn every_address_leads_back_to_what_it_shows() {
    let gallery = Gallery::sample();
    let digest = Digest::new(std::array::from_fn(|index| u8::try_from(index).unwrap()));
    let renditions = gallery.renditions(digest, &picture(3000, 2000), (0.25, 0.75));
    let urls = renditions.srcset.iter().map(|size| &size.url).chain([&renditions.src]);
    let urls = urls.chain(renditions.presets.values().flat_map(|preset| [&preset.src, &preset.webp]));
    let mut count = 0;
    for url in urls {
        let rest = url.strip_prefix("https://cms.example.org/media/").unwrap();
        let (key, name) = rest.split_once('/').unwrap();
        let Some(Asked::Rendition { address, preset: Some(preset), format, .. }) = gallery.read(key, name)
        else {
            panic!("{url}");
        };
        assert_eq!(name, format!("{}.{}", preset.name, format.extension()));
        let (from, to) = address.digests();
        assert!((from..=to).contains(digest.bytes()));
        assert!(address.is_around(Focal { x: 0.25, y: 0.75 }));
        assert_eq!(address.is_around(Focal { x: 0.3, y: 0.75 }), preset.fit == Fit::Inside, "{url}");
        count += 1;
    }
    assert_eq!(count, 10 + 1 + 10);
    let made: Vec<String> = gallery
        .everything(digest, &picture(3000, 2000), (0.25, 0.75))
        .into_iter()
        .map(|(address, wanted)| format!("https://cms.example.org/media/{address}/{}", wanted.name))
        .collect();
    assert!(made.contains(&renditions.src));
    assert_eq!(made.len(), count - 1);
}

#[test]
fn nothing_is_shown_larger_than_it_is() {
    let gallery = Gallery::sample();
    let widths = |width, height| -> Vec<(u32, u32)> {
        let renditions = gallery.renditions(Digest::new([1; 32]), &picture(width, height), (0.5, 0.5));
        renditions.srcset.iter().step_by(2).map(|size| (size.width, size.height)).collect()
    };
    assert_eq!(widths(3000, 1500), [(320, 160), (640, 320), (1024, 512), (1600, 800), (2400, 1200)]);
    assert_eq!(widths(700, 350), [(320, 160), (640, 320), (700, 350)]);
    assert_eq!(widths(100, 100), [(100, 100)]);
}

#[test]
fn another_recipe_is_another_address() {
    let better = GallerySettings { webp_quality: 81, ..GallerySettings::default() };
    let base = PublicUrl::parse("https://cms.example.org").unwrap();
    let (old, new) = (Gallery::sample(), Gallery::new(better, base));
    let of = |gallery: &Gallery| gallery.renditions(Digest::new([1; 32]), &picture(900, 600), (0.5, 0.5));
    assert_ne!(of(&old).src, of(&new).src);
    let src = of(&old).src;
    let (key, name) =
        src.rsplit_once('/').map(|(start, name)| (start.rsplit('/').next().unwrap(), name)).unwrap();
    assert!(
        matches!(new.read(key, name), Some(Asked::Rendition { preset: None, .. })),
        "it can only be kept from before"
    );
}

#[test]
fn what_is_no_address_asks_for_nothing() {
    let gallery = Gallery::sample();
    for (key, name) in [
        ("", ""),
        ("x", "w320.jpg"),
        ("LCwsLCwsLCwsLCwsLCwsLP____9kYmE1", "w320"),
        ("LCwsLCwsLCwsLCwsLCwsLP____9kYmE1", "w320.svg"),
        ("../../etc", "passwd.jpg"),
    ] {
        assert_eq!(gallery.read(key, name), None, "{key}/{name}");
    }
}

#[test]
fn a_file_is_saved_under_a_harmless_name_that_tells_what_it_is() {
    let gallery = Gallery::sample();
    let facts = BlobFacts {
        class: crate::documents::shown::Class::Document,
        media_type: "application/pdf".into(),
        extension: "pdf".into(),
        picture: None,
    };
    for (name, saved) in [
        ("Annual report.pdf", "Annual report.pdf"),
        ("evil.pdf.exe", "evil.pdf.pdf"),
        ("../../etc/passwd", "etcpasswd.pdf"),
        ("", "file.pdf"),
        (".htaccess", "file.pdf"),
        ("a\"b\r\n.pdf", "ab.pdf"),
    ] {
        assert_eq!(gallery.file_name(name, &facts), saved, "{name:?}");
    }
    let url = gallery.download(Digest::new([1; 32]), "Annual report.pdf");
    let (rest, name) = url.rsplit_once('/').unwrap();
    assert_eq!(name, "Annual%20report.pdf");
    assert!(matches!(gallery.read(rest.rsplit('/').next().unwrap(), name), Some(Asked::Original { .. })));
}

#[test]
fn settings_are_checked() {
    let settings = GallerySettings::parse(
        r#"{"widths": [640, 320, 640], "presets": [{"name": "wide", "width": 800, "fit": "inside"}]}"#,
    )
    .unwrap();
    assert_eq!(
        settings.all().map(|preset| preset.name.as_str()).collect::<Vec<_>>(),
        ["wide", "w320", "w640"]
    );
    for bad in [
        r#"{"widths": []}"#,
        r#"{"widths": [0]}"#,
        r#"{"widths": [5000]}"#,
        r#"{"jpeg_quality": 0}"#,
        r#"{"presets": [{"name": "Wide", "width": 800, "fit": "inside"}]}"#,
        r#"{"presets": [{"name": "w320", "width": 800, "fit": "inside"}]}"#,
        r#"{"presets": [{"name": "x", "width": 800, "fit": "cover"}]}"#,
        r#"{"qualities": 3}"#,
    ] {
        assert!(GallerySettings::parse(bad).is_err(), "{bad}");
    }
}
