//! A canvas for flat pictures: shapes with soft edges, one over the other, in units that do not depend on the pixels. The
//! same picture comes out of it on every machine.

/// The nearest value of a channel.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` clamps; that is what is wanted"
)]
fn byte(value: f64) -> u8 {
    value.round() as u8
}

/// The nearest whole number of pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` clamps; that is what is wanted"
)]
fn pixels(value: f64) -> u16 {
    value.round() as u16
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u32);

impl Colour {
    fn channels(self) -> [f64; 3] {
        [16, 8, 0].map(|shift| f64::from((self.0 >> shift) & 0xff))
    }

    /// Between two colours: 0 is this one, 1 the other.
    #[must_use]
    pub fn towards(self, other: Self, part: f64) -> Self {
        let (from, to) = (self.channels(), other.channels());
        let mixed = [0, 1, 2].map(|at: usize| u32::from(byte(from[at] + (to[at] - from[at]) * part)));
        Self((mixed[0] << 16) | (mixed[1] << 8) | mixed[2])
    }
}

/// What a shape lies within: left, top, right, bottom.
#[derive(Debug, Clone, Copy)]
pub struct Bounds(pub f64, pub f64, pub f64, pub f64);

/// A point.
pub type Point = (f64, f64);

/// A picture that is being painted.
pub struct Canvas {
    width: u16,
    height: u16,
    /// Pixels per unit.
    scale: f64,
    pixels: Vec<u8>,
}

impl Canvas {
    /// An empty canvas of so many units, each so many pixels wide.
    #[must_use]
    pub fn new((width, height): (u16, u16), scale: f64) -> Self {
        let (width, height) = (pixels(f64::from(width) * scale), pixels(f64::from(height) * scale));
        Self { width, height, scale, pixels: vec![0; usize::from(width) * usize::from(height) * 3] }
    }

    /// Width and height in pixels, and three bytes for each pixel.
    #[must_use]
    pub fn finish(self) -> (u16, u16, Vec<u8>) {
        (self.width, self.height, self.pixels)
    }

    /// Everything, from one colour at the top to another at the bottom.
    pub fn wash(&mut self, top: Colour, bottom: Colour) {
        let row = usize::from(self.width) * 3;
        for y in 0..self.height {
            let colour = top.towards(bottom, f64::from(y) / f64::from(self.height)).channels().map(byte);
            let start = usize::from(y) * row;
            for pixel in self.pixels[start..start + row].chunks_exact_mut(3) {
                pixel.copy_from_slice(&colour);
            }
        }
    }

    /// Where `cover` says so, from 0 (not at all) to 1 (wholly).
    fn paint(&mut self, bounds: Bounds, colour: Colour, cover: impl Fn(f64, f64) -> f64) {
        let ink = colour.channels();
        let columns = self.span(bounds.0, bounds.2, self.width);
        for y in self.span(bounds.1, bounds.3, self.height) {
            for x in columns.clone() {
                let at = |pixel: u16| (f64::from(pixel) + 0.5) / self.scale;
                let cover = cover(at(x), at(y)).clamp(0.0, 1.0);
                if cover > 0.0 {
                    let start = (usize::from(y) * usize::from(self.width) + usize::from(x)) * 3;
                    for (channel, ink) in self.pixels[start..start + 3].iter_mut().zip(ink) {
                        let was = f64::from(*channel);
                        *channel = byte(was + (ink - was) * cover);
                    }
                }
            }
        }
    }

    /// The pixels between two places, with one more on either side for the soft edge.
    fn span(&self, from: f64, to: f64, most: u16) -> std::ops::Range<u16> {
        pixels(from * self.scale - 2.0).min(most)..pixels(to * self.scale + 2.0).min(most)
    }

    /// A shape by its signed distance: below zero inside.
    pub fn shape(&mut self, bounds: Bounds, colour: Colour, distance: impl Fn(f64, f64) -> f64) {
        let scale = self.scale;
        self.paint(bounds, colour, |x, y| 0.5 - distance(x, y) * scale);
    }

    /// A circle.
    pub fn disc(&mut self, centre: Point, radius: f64, colour: Colour) {
        self.ellipse(centre, (radius, radius), colour);
    }

    /// An ellipse.
    pub fn ellipse(&mut self, (x, y): Point, (wide, high): (f64, f64), colour: Colour) {
        self.shape(Bounds(x - wide, y - high, x + wide, y + high), colour, |px, py| {
            (((px - x) / wide).hypot((py - y) / high) - 1.0) * wide.min(high)
        });
    }

    /// A ring, as a circle with a pen of some width.
    pub fn ring(&mut self, (x, y): Point, radius: f64, pen: f64, colour: Colour) {
        let far = radius + pen;
        self.shape(Bounds(x - far, y - far, x + far, y + far), colour, |px, py| {
            ((px - x).hypot(py - y) - radius).abs() - pen / 2.0
        });
    }

    /// The lower part of a ring: a smile.
    pub fn smile(&mut self, (x, y): Point, radius: f64, pen: f64, colour: Colour) {
        let bounds = Bounds(x - radius, y + radius * 0.45, x + radius, y + radius + pen);
        self.shape(bounds, colour, |px, py| {
            (((px - x).hypot(py - y) - radius).abs() - pen / 2.0).max(y + radius * 0.55 - py)
        });
    }

    /// A box from its upper left corner, with round corners.
    pub fn block(&mut self, (x, y): Point, (wide, high): (f64, f64), corner: f64, colour: Colour) {
        let (middle, half) = ((x + wide / 2.0, y + high / 2.0), (wide / 2.0 - corner, high / 2.0 - corner));
        self.shape(Bounds(x, y, x + wide, y + high), colour, |px, py| {
            let (dx, dy) = ((px - middle.0).abs() - half.0, (py - middle.1).abs() - half.1);
            dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - corner
        });
    }

    /// A line with round ends.
    pub fn line(&mut self, from: Point, to: Point, pen: f64, colour: Colour) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
        let bounds = Bounds(
            from.0.min(to.0) - pen,
            from.1.min(to.1) - pen,
            from.0.max(to.0) + pen,
            from.1.max(to.1) + pen,
        );
        self.shape(bounds, colour, |px, py| {
            let along = (((px - from.0) * dx + (py - from.1) * dy) / length).clamp(0.0, 1.0);
            (px - from.0 - dx * along).hypot(py - from.1 - dy * along) - pen / 2.0
        });
    }

    /// A convex shape from its corners, clockwise.
    pub fn polygon(&mut self, corners: &[Point], colour: Colour) {
        let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for corner in corners {
            low = (low.0.min(corner.0), low.1.min(corner.1));
            high = (high.0.max(corner.0), high.1.max(corner.1));
        }
        let next = corners.iter().cycle().skip(1);
        let sides: Vec<(Point, Point)> = corners.iter().copied().zip(next.copied()).collect();
        self.shape(Bounds(low.0, low.1, high.0, high.1), colour, |px, py| {
            let outside = sides.iter().map(|((ax, ay), (bx, by))| {
                let (dx, dy) = (bx - ax, by - ay);
                (dy * (px - ax) - dx * (py - ay)) / dx.hypot(dy).max(f64::MIN_POSITIVE)
            });
            outside.fold(f64::MIN, f64::max)
        });
    }

    /// The ground below a line that is as high as `top` says at each place.
    pub fn ground(&mut self, colour: Colour, top: impl Fn(f64) -> f64) {
        let (wide, high) = (f64::from(self.width) / self.scale, f64::from(self.height) / self.scale);
        let highest = (0..=60).map(|part| top(wide * f64::from(part) / 60.0)).fold(f64::MAX, f64::min);
        self.shape(Bounds(0.0, highest - 12.0, wide, high), colour, |px, py| top(px) - py);
    }

    /// Light around a point.
    pub fn glow(&mut self, (x, y): Point, radius: f64, strength: f64, colour: Colour) {
        self.paint(Bounds(x - radius, y - radius, x + radius, y + radius), colour, |px, py| {
            let near = (1.0 - (px - x).hypot(py - y) / radius).max(0.0);
            near * near * strength
        });
    }

    /// A veil over a box: what lies below shows through.
    pub fn veil(&mut self, bounds: Bounds, strength: f64, colour: Colour) {
        self.paint(bounds, colour, |px, py| {
            let inside = px >= bounds.0 && px <= bounds.2 && py >= bounds.1 && py <= bounds.3;
            if inside { strength } else { 0.0 }
        });
    }
}
