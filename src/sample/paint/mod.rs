//! Paints the pictures of the sample site, so that none has to be shipped and none belongs to anybody.

mod canvas;
mod portraits;
mod scenes;
mod things;

use canvas::Canvas;

/// Every picture that can be painted: those of pages, then those of people.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    scenes::SCENES.iter().map(|(name, _)| *name).chain(portraits::names())
}

/// Paints a picture: width, height and three bytes for each pixel. `scale` is 1 for the whole size. Nothing when there is
/// no picture of this name.
pub(super) fn paint(name: &str, scale: f64) -> Option<(u32, u32, Vec<u8>)> {
    if let Some((_, scene)) = scenes::SCENES.iter().find(|(known, _)| *known == name) {
        let mut canvas = Canvas::new((1200, 800), scale);
        scene(&mut canvas);
        return Some(canvas.finish());
    }
    let mut canvas = Canvas::new((800, 800), scale);
    portraits::paint(&mut canvas, name).then(|| canvas.finish())
}
