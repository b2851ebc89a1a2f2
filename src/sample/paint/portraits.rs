//! Portraits of people who do not exist, 800 by 800: circles, ellipses and a few lines.

use super::canvas::{Canvas, Colour};
use super::things::{
    AMBER, CLAY, CREAM, Dice, INK, LIGHT, MOSS, NIGHT, PINE, PLUM, ROSE, RUST, SAND, SKY, TEAL, hills,
};

/// How hair lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hair {
    Short,
    Bob,
    Long,
    Curls,
    Bun,
    None,
    Scarf,
    Braids,
}

/// What else there is to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extra {
    Nothing,
    Glasses,
    Beard,
    Earrings,
}

struct Look {
    skin: Colour,
    hair: Hair,
    tone: Colour,
    coat: Colour,
    wall: Colour,
    extra: Extra,
}

const LOOKS: [(&str, Look); 12] = [
    ("ilse", look(0x00f0_c9a4, Hair::Bun, 0x00d8_d2ca, PLUM, AMBER, Extra::Glasses)),
    ("oskar", look(0x00e9_b48c, Hair::Short, 0x00a4_5a2c, PINE, SKY, Extra::Beard)),
    ("amara", look(0x007a_4a32, Hair::Curls, 0x0024_1a1c, CLAY, SAND, Extra::Earrings)),
    ("teo", look(0x00c9_8d62, Hair::Short, 0x0028_2026, NIGHT, ROSE, Extra::Nothing)),
    ("noor", look(0x00c5_8f68, Hair::Scarf, 0x002f_6b68, RUST, CREAM, Extra::Nothing)),
    ("wen", look(0x00ee_c59b, Hair::Bob, 0x0022_1f28, MOSS, CLAY, Extra::Nothing)),
    ("jonas", look(0x00f2_cfb0, Hair::None, 0x0086_5a3a, TEAL, AMBER, Extra::Beard)),
    ("lucia", look(0x00d9_a073, Hair::Long, 0x004a_2b20, AMBER, TEAL, Extra::Earrings)),
    ("kwame", look(0x005d_3828, Hair::Short, 0x001e_1718, SAND, MOSS, Extra::Glasses)),
    ("maren", look(0x00f4_d3b6, Hair::Braids, 0x00d9_a548, NIGHT, PLUM, Extra::Nothing)),
    ("ravi", look(0x009a_6240, Hair::Curls, 0x002a_2024, CREAM, RUST, Extra::Glasses)),
    ("sol", look(0x00b5_7a50, Hair::Bob, 0x006b_2f2a, PINE, LIGHT, Extra::Earrings)),
];

const fn look(skin: u32, hair: Hair, tone: u32, coat: Colour, wall: Colour, extra: Extra) -> Look {
    Look { skin: Colour(skin), hair, tone: Colour(tone), coat, wall, extra }
}

/// The names of those who are painted.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LOOKS.iter().map(|(name, _)| *name)
}

/// Paints one; whether there is such a one.
pub(super) fn paint(canvas: &mut Canvas, name: &str) -> bool {
    let Some((at, (_, look))) = LOOKS.iter().enumerate().find(|(_, (known, _))| *known == name) else {
        return false;
    };
    wall(canvas, look, u32::try_from(at).unwrap_or(0));
    behind(canvas, look);
    body(canvas, look);
    canvas.ellipse((400.0, 356.0), (124.0, 152.0), look.skin);
    face(canvas, look);
    before(canvas, look);
    extra(canvas, look);
    true
}

fn wall(canvas: &mut Canvas, look: &Look, seed: u32) {
    let pale = look.wall.towards(CREAM, 0.35);
    canvas.wash(pale, look.wall);
    let mut dice = Dice::new(seed + 17);
    canvas.disc(
        (dice.between(260.0, 540.0), dice.between(280.0, 380.0)),
        290.0,
        look.wall.towards(CREAM, 0.55),
    );
    canvas.ground(look.wall.towards(INK, 0.16), hills(610.0, 60.0, dice.between(0.0, 6.0)));
    canvas.ground(look.wall.towards(INK, 0.28), hills(690.0, 44.0, dice.between(0.0, 6.0)));
}

/// Hair behind the head.
fn behind(canvas: &mut Canvas, look: &Look) {
    let tone = look.tone;
    match look.hair {
        Hair::Long => {
            canvas.ellipse((400.0, 330.0), (170.0, 178.0), tone);
            canvas.block((230.0, 330.0), (340.0, 330.0), 90.0, tone);
        }
        Hair::Bob => {
            canvas.ellipse((400.0, 330.0), (164.0, 172.0), tone);
            canvas.block((238.0, 330.0), (324.0, 156.0), 60.0, tone);
        }
        Hair::Bun => {
            canvas.disc((400.0, 152.0), 70.0, tone.towards(INK, 0.08));
            canvas.ellipse((400.0, 316.0), (142.0, 150.0), tone);
        }
        Hair::Curls => {
            for nth in 0..15 {
                let turn = 2.7 + f64::from(nth) * 0.276;
                let radius = 62.0 + f64::from(nth % 3) * 7.0;
                canvas.disc((400.0 + turn.cos() * 138.0, 306.0 + turn.sin() * 128.0), radius, tone);
            }
        }
        Hair::Braids => {
            canvas.ellipse((400.0, 322.0), (146.0, 160.0), tone);
            for side in [-1.0, 1.0] {
                for nth in 0..6 {
                    let y = 440.0 + f64::from(nth) * 42.0;
                    canvas.ellipse(
                        (400.0 + side * 150.0, y),
                        (34.0, 30.0),
                        tone.towards(INK, f64::from(nth % 2) * 0.12),
                    );
                }
            }
        }
        Hair::Scarf => {
            canvas.ellipse((400.0, 340.0), (176.0, 196.0), tone);
            canvas.block((258.0, 360.0), (284.0, 230.0), 110.0, tone.towards(INK, 0.12));
        }
        Hair::Short | Hair::None => {}
    }
}

fn body(canvas: &mut Canvas, look: &Look) {
    let shade = look.skin.towards(RUST, 0.28);
    canvas.ellipse((400.0, 850.0), (300.0, 262.0), look.coat);
    if look.hair == Hair::Scarf {
        canvas.ellipse((400.0, 588.0), (128.0, 74.0), look.tone);
    } else {
        for side in [-1.0, 1.0] {
            canvas.ellipse((400.0 + side * 124.0, 366.0), (24.0, 36.0), shade);
        }
        canvas.block((346.0, 440.0), (108.0, 190.0), 54.0, shade);
        canvas.ellipse((400.0, 604.0), (84.0, 56.0), shade);
        canvas.smile((400.0, 560.0), 92.0, 26.0, look.coat.towards(CREAM, 0.35));
    }
    canvas.smile((400.0, 560.0), 150.0, 5.0, look.coat.towards(INK, 0.22));
}

fn face(canvas: &mut Canvas, look: &Look) {
    let line = look.skin.towards(INK, 0.72);
    for side in [-1.0, 1.0] {
        let x = 400.0 + side * 50.0;
        canvas.disc((x, 356.0), 10.0, line);
        canvas.line(
            (x - 20.0, 322.0 - side * 3.0),
            (x + 20.0, 322.0 + side * 3.0),
            8.0,
            look.tone.towards(INK, 0.35),
        );
        canvas.glow((400.0 + side * 72.0, 410.0), 46.0, 0.6, look.skin.towards(ROSE, 0.7));
    }
    canvas.line((404.0, 362.0), (394.0, 396.0), 7.0, look.skin.towards(RUST, 0.42));
    canvas.smile((400.0, 392.0), 46.0, 9.0, look.skin.towards(RUST, 0.75));
}

/// Hair before the face.
fn before(canvas: &mut Canvas, look: &Look) {
    let tone = look.tone;
    match look.hair {
        Hair::Short => cap(canvas, (400.0, 322.0), (140.0, 150.0), 286.0, tone),
        Hair::Bob | Hair::Long => {
            cap(canvas, (400.0, 326.0), (150.0, 160.0), 282.0, tone);
            canvas.ellipse((292.0, 318.0), (44.0, 96.0), tone);
            canvas.ellipse((508.0, 318.0), (44.0, 96.0), tone);
        }
        Hair::Bun | Hair::Braids => cap(canvas, (400.0, 322.0), (138.0, 146.0), 268.0, tone),
        Hair::Curls => {
            for (x, y, radius) in
                [(316.0, 250.0, 46.0), (372.0, 222.0, 48.0), (434.0, 224.0, 48.0), (488.0, 254.0, 44.0)]
            {
                canvas.disc((x, y), radius, tone);
            }
        }
        Hair::Scarf => {
            let (wide, high) = (176.0, 196.0);
            canvas.shape(super::canvas::Bounds(220.0, 140.0, 580.0, 560.0), tone, |x, y| {
                let outer = (((x - 400.0) / wide).hypot((y - 340.0) / high) - 1.0) * wide;
                let inner = (((x - 400.0) / 112.0).hypot((y - 368.0) / 134.0) - 1.0) * 112.0;
                outer.max(-inner)
            });
            canvas.smile((400.0, 330.0), 166.0, 7.0, tone.towards(CREAM, 0.25));
        }
        Hair::None => {}
    }
}

/// The part of an ellipse above a line that bends upwards in the middle.
fn cap(canvas: &mut Canvas, (x, y): (f64, f64), (wide, high): (f64, f64), edge: f64, colour: Colour) {
    let bounds = super::canvas::Bounds(x - wide, y - high, x + wide, edge + 70.0);
    canvas.shape(bounds, colour, |px, py| {
        let outer = (((px - x) / wide).hypot((py - y) / high) - 1.0) * wide.min(high);
        let fringe = (px - x - wide * 0.25) / wide;
        outer.max(py - (edge + fringe * fringe * 58.0 - 14.0))
    });
}

fn extra(canvas: &mut Canvas, look: &Look) {
    match look.extra {
        Extra::Nothing => {}
        Extra::Glasses => {
            let rim = INK.towards(RUST, 0.3);
            for side in [-1.0, 1.0] {
                canvas.ring((400.0 + side * 52.0, 358.0), 38.0, 8.0, rim);
                canvas.line((400.0 + side * 90.0, 354.0), (400.0 + side * 122.0, 346.0), 8.0, rim);
            }
            canvas.line((386.0, 354.0), (414.0, 354.0), 8.0, rim);
        }
        Extra::Beard => {
            let tone = look.tone;
            canvas.shape(super::canvas::Bounds(270.0, 380.0, 530.0, 540.0), tone, |x, y| {
                let outer = (((x - 400.0) / 126.0).hypot((y - 380.0) / 150.0) - 1.0) * 126.0;
                let mouth = (((x - 400.0) / 46.0).hypot((y - 432.0) / 22.0) - 1.0) * 22.0;
                outer.max(404.0 + ((x - 400.0) / 126.0).powi(2) * -34.0 - y).max(-mouth)
            });
            canvas.smile((400.0, 392.0), 44.0, 9.0, look.skin.towards(RUST, 0.75));
        }
        Extra::Earrings => {
            for side in [-1.0, 1.0] {
                canvas.ring((400.0 + side * 128.0, 420.0), 17.0, 7.0, AMBER.towards(LIGHT, 0.3));
            }
        }
    }
}
