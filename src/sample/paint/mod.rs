//! Paints the pictures of the sample site, so that none has to be shipped and none belongs to anybody.

mod canvas;
mod portraits;
mod scenes;
mod things;

use canvas::Canvas;

/// Every picture that can be painted: those of pages, then those of people.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    scenes::SCENES.iter().map(|(name, _)| *name).chain(portraits::names())
}

/// Paints a picture: width, height and three bytes for each pixel. `scale` is 1 for the whole size. Nothing when there is
/// no picture of this name.
pub(super) fn paint(name: &str, scale: f64) -> Option<(u16, u16, Vec<u8>)> {
    if let Some((_, scene)) = scenes::SCENES.iter().find(|(known, _)| *known == name) {
        let mut canvas = Canvas::new((1200, 800), scale);
        scene(&mut canvas);
        return Some(canvas.finish());
    }
    let mut canvas = Canvas::new((800, 800), scale);
    portraits::paint(&mut canvas, name).then(|| canvas.finish())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_picture_is_itself_and_the_same_every_time() {
        let mut seen = HashSet::new();
        for name in names() {
            let (width, height, pixels) = paint(name, 0.1).unwrap();
            assert_eq!(pixels.len(), usize::from(width) * usize::from(height) * 3, "{name}");
            assert_eq!(paint(name, 0.1).unwrap().2, pixels, "{name}");
            assert!(seen.insert(pixels), "{name} looks like another one");
        }
        assert_eq!(seen.len(), 23);
        assert!(paint("nobody", 0.1).is_none());
    }
}
