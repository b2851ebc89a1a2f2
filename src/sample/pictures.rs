//! The bytes of the sample's media: painted here, then looked at and kept as an upload is.

use jpeg_encoder::{ColorType, Encoder};
use serde_json::{Value, json};
use tokio::task::{JoinSet, spawn_blocking};

use super::model::Step;
use super::paint;
use crate::app::App;
use crate::blobs::{self, Kept};
use crate::platform::problem::Problem;

const SHEET: &[u8] = include_bytes!("site/lesson-sheet.pdf");

/// Flat colours show what JPEG does to them, so it does little.
const QUALITY: u8 = 90;

/// A kept file, and the name under which bodies ask for it.
pub(super) struct File {
    pub picture: String,
    pub kept: Kept,
    name: String,
}

impl File {
    /// The field `file` of a body that shows it.
    pub(super) fn field(&self) -> Value {
        json!({ "sha256": self.kept.sha256(), "class": self.kept.facts().class, "name": self.name })
    }
}

/// Makes and keeps what the steps show.
pub(super) async fn keep(app: &App, steps: &[Step]) -> Result<Vec<File>, Problem> {
    let mut painting = JoinSet::new();
    for picture in steps.iter().filter_map(|step| step.picture.clone()) {
        painting.spawn(async move {
            let name = picture.clone();
            let bytes = spawn_blocking(move || bytes(&name)).await.map_err(Problem::internal)??;
            Ok::<_, Problem>((picture, bytes))
        });
    }
    let mut files = Vec::new();
    while let Some(painted) = painting.join_next().await {
        let (picture, bytes) = painted.map_err(Problem::internal)??;
        let mut writer = app.storage.spool().create().await?;
        writer.write(&bytes).await?;
        let received = writer.finish().await?;
        let (facts, _) = app.studio.look(&received, &app.gallery).await?;
        let kept = blobs::keep(app, &received, facts).await?;
        let name = if picture.contains('.') { picture.clone() } else { format!("{picture}.jpg") };
        files.push(File { picture, kept, name });
    }
    Ok(files)
}

fn bytes(picture: &str) -> Result<Vec<u8>, Problem> {
    if picture == "lesson-sheet.pdf" {
        return Ok(SHEET.to_vec());
    }
    let unknown = || Problem::internal(format!("nobody can paint {picture}"));
    let (width, height, pixels) = paint::paint(picture, 1.0).ok_or_else(unknown)?;
    let mut bytes = Vec::new();
    let encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.encode(&pixels, width, height, ColorType::Rgb).map_err(Problem::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::model::steps;
    use super::*;

    #[test]
    fn every_picture_that_is_asked_for_can_be_made_and_is_used() {
        let asked: Vec<String> = steps().unwrap().into_iter().filter_map(|step| step.picture).collect();
        let can = |name: &str| name == "lesson-sheet.pdf" || paint::names().any(|known| known == name);
        assert!(asked.iter().all(|name| can(name)), "{asked:?}");
        assert!(paint::names().all(|name| asked.iter().any(|asked| asked == name)));
        assert!(bytes("nobody").is_err());
    }
}
