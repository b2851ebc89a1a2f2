//! What the pictures are put together from: hills, houses, trees, lanterns, stars, people.

use super::canvas::{Bounds, Canvas, Colour, Point};

pub(super) const NIGHT: Colour = Colour(0x001d_2740);
pub(super) const DUSK: Colour = Colour(0x0047_4069);
pub(super) const PLUM: Colour = Colour(0x006b_4464);
pub(super) const ROSE: Colour = Colour(0x00d9_7a66);
pub(super) const AMBER: Colour = Colour(0x00f0_ac45);
pub(super) const LIGHT: Colour = Colour(0x00ff_e3a3);
pub(super) const CREAM: Colour = Colour(0x00fb_f1de);
pub(super) const SAND: Colour = Colour(0x00e8_cda0);
pub(super) const CLAY: Colour = Colour(0x00b3_5636);
pub(super) const RUST: Colour = Colour(0x0087_3b28);
pub(super) const MOSS: Colour = Colour(0x0077_8a55);
pub(super) const PINE: Colour = Colour(0x002d_4a45);
pub(super) const TEAL: Colour = Colour(0x0045_7f7c);
pub(super) const SKY: Colour = Colour(0x00c4_dcd8);
pub(super) const INK: Colour = Colour(0x0024_1f2c);

/// Numbers that look like chance and are the same every time (xorshift, Marsaglia 2003), from 0 to 1.
pub(super) struct Dice(u32);

impl Dice {
    pub(super) fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(2_654_435_761) | 1)
    }

    pub(super) fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0) / f64::from(u32::MAX)
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.roll()
    }
}

/// A line of hills: two waves, as high as `swing` about `level`.
pub(super) fn hills(level: f64, swing: f64, turn: f64) -> impl Fn(f64) -> f64 {
    move |x| level - swing * ((x / 260.0 + turn).sin() * 0.6 + (x / 117.0 + turn * 2.7).sin() * 0.4)
}

pub(super) fn stars(canvas: &mut Canvas, count: u32, below: f64, seed: u32) {
    let mut dice = Dice::new(seed);
    for _ in 0..count {
        let place = (dice.between(0.0, 1200.0), dice.between(0.0, below));
        let radius = dice.between(0.8, 2.4);
        canvas.disc(place, radius, LIGHT);
    }
}

/// A lantern that hangs from `hook`, with its light.
pub(super) fn lantern(canvas: &mut Canvas, (x, y): Point, scale: f64) {
    let at = |dx: f64, dy: f64| (x + dx * scale, y + dy * scale);
    canvas.glow(at(0.0, 62.0), 190.0 * scale, 0.75, AMBER);
    canvas.ring(at(0.0, 8.0), 12.0 * scale, 5.0 * scale, INK);
    canvas.polygon(&[at(-12.0, 18.0), at(12.0, 18.0), at(34.0, 38.0), at(-34.0, 38.0)], INK);
    canvas.block(at(-28.0, 38.0), (56.0 * scale, 64.0 * scale), 4.0 * scale, AMBER);
    canvas.glow(at(0.0, 74.0), 46.0 * scale, 1.0, CREAM);
    canvas.ellipse(at(0.0, 80.0), (7.0 * scale, 15.0 * scale), CREAM);
    for dx in [-29.0, 29.0] {
        canvas.line(at(dx, 38.0), at(dx, 102.0), 5.0 * scale, INK);
    }
    canvas.block(at(-36.0, 100.0), (72.0 * scale, 11.0 * scale), 4.0 * scale, INK);
}

/// A lantern on a pole that stands at `foot`.
pub(super) fn lamp(canvas: &mut Canvas, (x, y): Point, scale: f64) {
    canvas.line((x, y), (x, y - 150.0 * scale), 6.0 * scale, INK);
    canvas.line((x, y - 148.0 * scale), (x + 34.0 * scale, y - 148.0 * scale), 6.0 * scale, INK);
    lantern(canvas, (x + 34.0 * scale, y - 150.0 * scale), scale * 0.6);
}

/// A house on its lower left corner; `lit` says whether somebody is in.
pub(super) fn house(canvas: &mut Canvas, (x, y): Point, (wide, high): (f64, f64), wall: Colour, lit: bool) {
    canvas.block((x, y - high), (wide, high), 0.0, wall);
    let roof = wall.towards(INK, 0.45);
    let over = wide * 0.08;
    canvas.polygon(
        &[(x - over, y - high), (x + wide / 2.0, y - high - wide * 0.42), (x + wide + over, y - high)],
        roof,
    );
    let window = if lit { LIGHT } else { wall.towards(INK, 0.3) };
    let (pane, tall) = (wide * 0.2, (high * 0.26).min(wide * 0.3));
    for part in [0.18, 0.62] {
        let corner = (x + wide * part, y - high * 0.82);
        if lit {
            canvas.glow((corner.0 + pane / 2.0, corner.1 + tall / 2.0), pane * 2.2, 0.5, AMBER);
        }
        canvas.block(corner, (pane, tall), 2.0, window);
    }
    canvas.block((x + wide * 0.38, y - high * 0.38), (wide * 0.24, high * 0.38), 3.0, roof);
}

/// A round tree that stands at `foot`.
pub(super) fn tree(canvas: &mut Canvas, (x, y): Point, high: f64, crown: Colour) {
    canvas.line((x, y), (x, y - high * 0.6), high * 0.06, INK.towards(RUST, 0.5));
    canvas.ellipse((x, y - high * 0.66), (high * 0.27, high * 0.36), crown);
    canvas.ellipse(
        (x - high * 0.07, y - high * 0.72),
        (high * 0.15, high * 0.22),
        crown.towards(LIGHT, 0.14),
    );
}

/// A fir that stands at `foot`.
pub(super) fn fir(canvas: &mut Canvas, (x, y): Point, high: f64, colour: Colour) {
    for (part, wide) in [(0.12, 0.28), (0.36, 0.22), (0.6, 0.15)] {
        let base = y - high * part;
        let top = y - high * (part + 0.42).min(1.0);
        canvas.polygon(&[(x, top), (x + high * wide, base), (x - high * wide, base)], colour);
    }
    canvas.line((x, y), (x, y - high * 0.14), high * 0.07, INK);
}

/// Somebody seen from behind, who stands at `foot`; some carry a lantern.
pub(super) fn figure(canvas: &mut Canvas, (x, y): Point, scale: f64, coat: Colour, carries: bool) {
    let at = |dx: f64, dy: f64| (x + dx * scale, y + dy * scale);
    canvas.line(at(-9.0, 0.0), at(-9.0, -40.0), 12.0 * scale, INK);
    canvas.line(at(9.0, 0.0), at(9.0, -40.0), 12.0 * scale, INK);
    canvas.polygon(&[at(-20.0, -110.0), at(20.0, -110.0), at(30.0, -26.0), at(-30.0, -26.0)], coat);
    canvas.disc(at(0.0, -110.0), 20.0 * scale, coat);
    canvas.disc(at(0.0, -138.0), 17.0 * scale, INK.towards(RUST, 0.35));
    if carries {
        canvas.line(at(16.0, -104.0), at(44.0, -74.0), 11.0 * scale, coat.towards(INK, 0.2));
        lantern(canvas, at(47.0, -74.0), scale * 0.42);
    }
}

/// Books on a board, between two places.
pub(super) fn books(canvas: &mut Canvas, (from, y): Point, to: f64, seed: u32) {
    const SPINES: [Colour; 7] = [CLAY, TEAL, SAND, PLUM, MOSS, AMBER, RUST];
    let mut dice = Dice::new(seed);
    let mut x = from;
    for spine in SPINES.iter().cycle().skip(usize::from(seed.is_multiple_of(2)) * 3) {
        let (wide, high) = (dice.between(13.0, 28.0), dice.between(62.0, 96.0));
        if x + wide > to {
            break;
        }
        if dice.roll() > 0.12 {
            canvas.block((x, y - high), (wide - 2.0, high), 2.0, *spine);
            canvas.veil(Bounds(x + 3.0, y - high * 0.8, x + wide - 5.0, y - high * 0.72), 0.55, CREAM);
        }
        x += wide;
    }
    canvas.block((from - 8.0, y), (to - from + 16.0, 9.0), 2.0, RUST.towards(INK, 0.35));
}
