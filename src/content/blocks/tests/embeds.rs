//! Videos and recordings: named by address or by provider, kept as provider and id, shown as data.

use super::*;

fn embed(more: &Value) -> Value {
    let mut block = json!({"id": "a", "type": "embed", "title": "t"});
    for (name, value) in more.as_object().unwrap() {
        block[name] = value.clone();
    }
    block
}

#[test]
fn embeds_are_data() {
    let video = |media_id: String| json!({"id": "a", "type": "embed", "provider": "video", "media_id": media_id, "kind": "video", "title": "t", "description": "x[^1]\n\n[^1]: y", "transcript": "x[^1]\n\n[^1]: y"});
    let view = seen(&video(format!("entry:{ID}")), "html", &public);
    assert_eq!(view["url"], "/about");
    assert!(view["description"]["html"].as_str().unwrap().contains("fn-a-description-1"));
    assert!(view["transcript"]["html"].as_str().unwrap().contains("fn-a-transcript-1"));
    assert_eq!(seen(&video(format!("entry:{}", Uuid::nil())), "html", &public).get("url"), None);
}

#[test]
fn an_address_is_kept_as_what_it_is_of() {
    let stored =
        |more: &Value| serde_json::to_value(read(&json!([embed(more)])).unwrap()).unwrap()[0].clone();
    let film = json!({"id": "a", "type": "embed", "provider": "youtube", "media_id": "a1B2c3D4e5F", "title": "t", "kind": "video"});
    assert_eq!(stored(&json!({"url": "https://www.youtube.com/watch?v=a1B2c3D4e5F&list=PL1"})), film);
    let again =
        json!({"url": "https://youtu.be/a1B2c3D4e5F", "provider": "youtube", "media_id": "a1B2c3D4e5F"});
    assert_eq!(stored(&again), film, "both that agree");
    assert_eq!(stored(&json!({"url": null, "provider": "youtube", "media_id": "a1B2c3D4e5F"})), film);
    assert_eq!(stored(&json!({"url": "youtu.be/a1B2c3D4e5F?t=90"}))["start"], 90);
    assert_eq!(
        stored(&json!({"url": "youtu.be/a1B2c3D4e5F?t=90", "start": 5}))["start"],
        5,
        "what is said wins"
    );
    let sound = stored(&json!({"url": "https://soundcloud.com/artist/track"}));
    assert_eq!((sound["kind"].as_str(), sound["media_id"].as_str()), (Some("audio"), Some("artist/track")));
    let shown =
        stored(&json!({"url": "https://open.spotify.com/episode/0a1B2c3D4e5F6g7H8i9J0k", "kind": "video"}));
    assert_eq!(shown["kind"], "video", "what is said wins");
}

#[test]
fn what_cannot_be_named_is_refused_where_it_stands() {
    let twice = |more: Value| {
        let mut block = json!({"url": "https://youtu.be/a1B2c3D4e5F"});
        block.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        block
    };
    for (more, pointer, code) in [
        (json!({"url": "https://example.org/talk"}), "url", FieldCode::Invalid),
        (json!({"url": 7}), "url", FieldCode::WrongType),
        (twice(json!({"provider": "vimeo"})), "provider", FieldCode::Invalid),
        (twice(json!({"media_id": "b1B2c3D4e5F"})), "media_id", FieldCode::Invalid),
        (json!({}), "provider", FieldCode::Invalid),
        (json!({"url": " "}), "provider", FieldCode::Invalid),
        (json!({"provider": "vimeo"}), "media_id", FieldCode::Invalid),
        (json!({"provider": "peertube", "media_id": "w/a"}), "kind", FieldCode::Invalid),
        (twice(json!({"kind": "film"})), "kind", FieldCode::Invalid),
        (twice(json!({"start": -1})), "start", FieldCode::Invalid),
        (twice(json!({"color": "red"})), "color", FieldCode::Unknown),
    ] {
        assert_eq!(refusal(&json!([embed(&more)])), (format!("/blocks/0/{pointer}"), code), "{more}");
    }
    let late = embed(&twice(json!({"start": 360_000})));
    assert_eq!(problems(&late, Stage::Save), [("/blocks/0/start".to_owned(), FieldCode::Invalid)]);
    let error = read(&json!([embed(&json!({"url": "https://example.org/talk"}))])).unwrap_err();
    assert!(error.detail.contains("YouTube") && error.detail.contains("media_id"), "{}", error.detail);
}

#[test]
fn a_player_has_a_picture_a_page_and_a_transcript() {
    let block =
        embed(&json!({"url": "https://vimeo.com/123456789", "thumbnail": ID, "transcript_entry": ID}));
    let view = seen(&block, "html", &public);
    assert_eq!(view["page_url"], "https://vimeo.com/123456789");
    assert_eq!(view["thumbnail"]["id"], ID);
    assert_eq!(view["transcript_entry"]["url"], "/about");
    let hidden = seen(&block, "html", &|_| None);
    assert_eq!((&hidden["thumbnail"], &hidden["transcript_entry"]), (&Value::Null, &Value::Null));
    assert!(!hidden.to_string().contains(ID));
}
