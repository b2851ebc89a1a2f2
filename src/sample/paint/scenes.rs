//! The pictures of the sample site's pages, 1,200 by 800.

use super::canvas::{Bounds, Canvas};
use super::things::{
    AMBER, CLAY, CREAM, DUSK, Dice, INK, LIGHT, MOSS, NIGHT, PINE, PLUM, ROSE, RUST, SAND, SKY, TEAL, books,
    figure, fir, hills, house, lamp, lantern, stars, tree,
};

/// How a picture is painted.
type Painter = fn(&mut Canvas);

/// How each is painted, by its name.
pub(super) const SCENES: [(&str, Painter); 11] = [
    ("valley", valley),
    ("walk", walk),
    ("reading-room", reading_room),
    ("harbour", harbour),
    ("road", road),
    ("school", school),
    ("garden", garden),
    ("stage", stage),
    ("winter", winter),
    ("table", table),
    ("workshop", workshop),
];

/// Evening above a valley, with a lit path that leads to a village.
fn valley(canvas: &mut Canvas) {
    canvas.wash(NIGHT, ROSE);
    stars(canvas, 70, 300.0, 7);
    canvas.glow((860.0, 400.0), 520.0, 0.8, AMBER);
    canvas.disc((860.0, 372.0), 84.0, LIGHT);
    canvas.ground(PLUM, hills(430.0, 70.0, 0.4));
    canvas.ground(DUSK, hills(500.0, 56.0, 2.1));
    for (x, y, wide, lit) in [
        (560.0, 546.0, 52.0, true),
        (622.0, 556.0, 66.0, true),
        (704.0, 550.0, 48.0, false),
        (770.0, 560.0, 60.0, true),
    ] {
        house(canvas, (x, y), (wide, wide * 0.8), PLUM.towards(INK, 0.25), lit);
    }
    canvas.ground(PINE.towards(NIGHT, 0.35), hills(590.0, 40.0, 3.7));
    for (x, y, high) in
        [(90.0, 640.0, 190.0), (180.0, 660.0, 150.0), (1080.0, 640.0, 210.0), (1150.0, 680.0, 160.0)]
    {
        fir(canvas, (x, y), high, NIGHT.towards(PINE, 0.5));
    }
    canvas.ground(NIGHT.towards(INK, 0.3), hills(712.0, 34.0, 5.2));
    for (x, y, scale) in
        [(250.0, 760.0, 1.0), (470.0, 706.0, 0.72), (620.0, 664.0, 0.5), (700.0, 628.0, 0.36)]
    {
        lamp(canvas, (x, y), scale);
    }
}

/// People with lanterns on a ridge.
fn walk(canvas: &mut Canvas) {
    canvas.wash(DUSK, AMBER.towards(ROSE, 0.45));
    canvas.glow((600.0, 520.0), 620.0, 0.7, LIGHT);
    canvas.ground(PLUM.towards(ROSE, 0.35), hills(500.0, 50.0, 1.2));
    canvas.ground(PLUM, hills(570.0, 36.0, 4.4));
    let ridge = hills(640.0, 26.0, 2.8);
    canvas.ground(NIGHT, &ridge);
    let coats =
        [CLAY, TEAL, AMBER.towards(RUST, 0.4), PLUM.towards(INK, 0.2), MOSS, RUST, TEAL.towards(NIGHT, 0.4)];
    let mut x = 170.0;
    for (nth, coat) in coats.into_iter().enumerate() {
        let scale = [1.12, 0.98, 0.72, 1.06, 1.16, 0.9, 1.02][nth];
        figure(canvas, (x, ridge(x) + 14.0), scale, coat, nth % 2 == 0);
        x += [128.0, 104.0, 118.0, 150.0, 136.0, 124.0, 0.0][nth];
    }
    canvas.ground(INK.towards(NIGHT, 0.4), hills(736.0, 20.0, 0.3));
}

/// A room of books, with a table under a lamp.
fn reading_room(canvas: &mut Canvas) {
    canvas.wash(RUST.towards(INK, 0.42), RUST.towards(INK, 0.25));
    for (row, y) in [170.0, 312.0, 454.0].into_iter().enumerate() {
        let seed = u32::try_from(row).unwrap_or(0) * 2 + 3;
        books(canvas, (60.0, y), 470.0, seed);
        books(canvas, (740.0, y), 1140.0, seed + 1);
    }
    canvas.block((516.0, 66.0), (178.0, 396.0), 86.0, SAND.towards(INK, 0.2));
    canvas.block((528.0, 78.0), (154.0, 372.0), 76.0, DUSK);
    canvas.disc((624.0, 160.0), 30.0, LIGHT);
    canvas.line((605.0, 80.0), (605.0, 450.0), 6.0, SAND.towards(INK, 0.2));
    canvas.line((528.0, 280.0), (682.0, 280.0), 6.0, SAND.towards(INK, 0.2));
    canvas.veil(Bounds(0.0, 560.0, 1200.0, 800.0), 1.0, RUST.towards(INK, 0.55));
    canvas.glow((600.0, 560.0), 430.0, 0.65, AMBER);
    lantern(canvas, (600.0, 404.0), 1.35);
    canvas.block((180.0, 572.0), (840.0, 34.0), 8.0, SAND.towards(CLAY, 0.35));
    for x in [236.0, 932.0] {
        canvas.block((x, 604.0), (30.0, 196.0), 4.0, RUST.towards(INK, 0.2));
    }
    for (x, page, cover) in [(300.0, CREAM, TEAL), (744.0, CREAM, CLAY)] {
        canvas.polygon(&[(x, 556.0), (x + 80.0, 548.0), (x + 80.0, 572.0), (x - 6.0, 574.0)], page);
        canvas.polygon(
            &[(x + 80.0, 548.0), (x + 160.0, 556.0), (x + 166.0, 574.0), (x + 80.0, 572.0)],
            page.towards(SAND, 0.4),
        );
        canvas.line((x - 6.0, 574.0), (x + 166.0, 574.0), 6.0, cover);
    }
}

/// A row of houses at the water, and their lights in it.
fn harbour(canvas: &mut Canvas) {
    canvas.wash(TEAL.towards(NIGHT, 0.45), SAND);
    canvas.disc((250.0, 190.0), 62.0, LIGHT);
    canvas.ground(TEAL.towards(SAND, 0.4), hills(420.0, 60.0, 0.9));
    canvas.ground(TEAL.towards(SAND, 0.15), hills(480.0, 34.0, 3.3));
    let walls = [CLAY, SAND, TEAL, ROSE, AMBER, PLUM, MOSS, CLAY.towards(SAND, 0.4)];
    let mut dice = Dice::new(21);
    let mut x = 40.0;
    for (nth, wall) in walls.into_iter().enumerate() {
        let (wide, high) = (dice.between(116.0, 150.0), dice.between(120.0, 210.0));
        house(canvas, (x, 560.0), (wide, high), wall, nth % 3 != 1);
        x += wide + 4.0;
    }
    canvas.veil(Bounds(0.0, 560.0, 1200.0, 580.0), 1.0, INK.towards(PLUM, 0.3));
    canvas.veil(Bounds(0.0, 580.0, 1200.0, 800.0), 1.0, TEAL.towards(NIGHT, 0.55));
    for _ in 0..46 {
        let (x, y, long) = (dice.between(0.0, 1150.0), dice.between(600.0, 790.0), dice.between(30.0, 110.0));
        canvas.line(
            (x, y),
            (x + long, y),
            5.0,
            if dice.roll() > 0.4 { AMBER.towards(TEAL, 0.4) } else { TEAL },
        );
    }
    canvas.polygon(&[(730.0, 664.0), (960.0, 664.0), (920.0, 710.0), (770.0, 710.0)], RUST);
    canvas.line((845.0, 664.0), (845.0, 470.0), 7.0, INK);
    canvas.polygon(&[(856.0, 490.0), (950.0, 640.0), (856.0, 640.0)], CREAM);
    canvas.polygon(&[(834.0, 520.0), (834.0, 640.0), (764.0, 640.0)], SAND);
}

/// A road through open country, with stones that count the way.
fn road(canvas: &mut Canvas) {
    canvas.wash(SKY, CREAM);
    canvas.glow((930.0, 230.0), 380.0, 0.8, LIGHT);
    canvas.disc((930.0, 230.0), 74.0, AMBER);
    canvas.ground(TEAL.towards(SKY, 0.45), hills(400.0, 66.0, 2.0));
    canvas.ground(MOSS.towards(SKY, 0.25), hills(470.0, 50.0, 0.2));
    canvas.ground(MOSS, hills(540.0, 30.0, 3.0));
    for (x, y, high) in
        [(150.0, 580.0, 190.0), (300.0, 560.0, 120.0), (1010.0, 590.0, 170.0), (900.0, 560.0, 110.0)]
    {
        tree(canvas, (x, y), high, PINE.towards(MOSS, 0.35));
    }
    canvas.ground(MOSS.towards(PINE, 0.45), hills(650.0, 26.0, 1.4));
    canvas.polygon(&[(604.0, 520.0), (632.0, 520.0), (980.0, 800.0), (330.0, 800.0)], SAND);
    canvas.polygon(&[(615.0, 560.0), (622.0, 560.0), (660.0, 800.0), (620.0, 800.0)], CREAM);
    for (x, y, scale) in [(352.0, 716.0, 1.0), (494.0, 610.0, 0.6), (560.0, 560.0, 0.36)] {
        let (wide, high) = (64.0 * scale, 92.0 * scale);
        canvas.block((x - wide / 2.0, y - high), (wide, high), 22.0 * scale, CREAM.towards(INK, 0.14));
        canvas.line(
            (x - 12.0 * scale, y - 56.0 * scale),
            (x + 12.0 * scale, y - 56.0 * scale),
            7.0 * scale,
            CLAY,
        );
    }
}

/// A small school with a bell, in the morning.
fn school(canvas: &mut Canvas) {
    canvas.wash(SKY, CREAM.towards(AMBER, 0.25));
    canvas.disc((240.0, 200.0), 70.0, AMBER);
    canvas.ground(MOSS.towards(SKY, 0.35), hills(470.0, 44.0, 1.7));
    canvas.ground(MOSS, hills(560.0, 24.0, 0.6));
    let wall = CREAM.towards(CLAY, 0.2);
    canvas.block((330.0, 330.0), (540.0, 270.0), 0.0, wall);
    canvas.polygon(&[(290.0, 330.0), (600.0, 190.0), (910.0, 330.0)], CLAY);
    canvas.block((552.0, 122.0), (96.0, 110.0), 0.0, wall);
    canvas.polygon(&[(534.0, 124.0), (600.0, 60.0), (666.0, 124.0)], RUST);
    canvas.disc((600.0, 180.0), 30.0, RUST.towards(INK, 0.4));
    canvas.ellipse((600.0, 182.0), (16.0, 20.0), AMBER);
    for x in [372.0, 466.0, 676.0, 770.0] {
        canvas.block((x, 388.0), (62.0, 108.0), 31.0, TEAL);
        canvas.line((x + 31.0, 390.0), (x + 31.0, 494.0), 5.0, CREAM);
        canvas.line((x, 446.0), (x + 62.0, 446.0), 5.0, CREAM);
    }
    canvas.block((560.0, 440.0), (80.0, 160.0), 40.0, RUST);
    canvas.polygon(&[(572.0, 598.0), (628.0, 598.0), (800.0, 800.0), (400.0, 800.0)], SAND);
    tree(canvas, (170.0, 640.0), 280.0, PINE.towards(MOSS, 0.4));
    tree(canvas, (1030.0, 650.0), 320.0, PINE.towards(MOSS, 0.55));
    for (x, y, coat) in [(330.0, 742.0, TEAL), (420.0, 760.0, CLAY), (836.0, 748.0, PLUM)] {
        figure(canvas, (x, y), 0.78, coat, false);
    }
}

/// Four beds of different height, as a garden keeps its accounts.
fn garden(canvas: &mut Canvas) {
    canvas.wash(CREAM, SAND.towards(CREAM, 0.4));
    canvas.disc((1010.0, 170.0), 84.0, AMBER);
    for line in 0..6 {
        let y = 160.0 + f64::from(line) * 92.0;
        canvas.line((110.0, y), (1090.0, y), 3.0, SAND);
    }
    let beds = [(180.0, 150.0, TEAL), (410.0, 240.0, MOSS), (640.0, 330.0, CLAY), (870.0, 430.0, PLUM)];
    for (x, high, colour) in beds {
        canvas.block((x, 660.0 - high), (160.0, high + 20.0), 14.0, colour);
        canvas.veil(Bounds(x, 660.0 - high + 22.0, x + 160.0, 660.0 - high + 30.0), 0.4, CREAM);
        for (part, tall) in [(28.0, 58.0), (80.0, 84.0), (132.0, 50.0)] {
            let top = 660.0 - high;
            canvas.line((x + part, top + 4.0), (x + part, top - tall * 0.6), 6.0, PINE);
            canvas.ellipse((x + part - 13.0, top - tall * 0.55), (16.0, 9.0), MOSS);
            canvas.ellipse((x + part + 13.0, top - tall * 0.75), (16.0, 9.0), MOSS.towards(PINE, 0.35));
            canvas.disc((x + part, top - tall), 11.0, AMBER);
        }
    }
    canvas.ground(RUST.towards(INK, 0.25), hills(672.0, 8.0, 0.6));
    canvas.ground(RUST.towards(INK, 0.45), hills(724.0, 12.0, 2.4));
}

/// Somebody speaks on a stage, before an audience.
fn stage(canvas: &mut Canvas) {
    canvas.wash(NIGHT, PLUM.towards(NIGHT, 0.4));
    for part in 0..8 {
        let x = f64::from(part) * 160.0;
        canvas.veil(Bounds(x, 0.0, x + 80.0, 560.0), 0.16, CLAY);
    }
    canvas.polygon(
        &[(560.0, -10.0), (640.0, -10.0), (860.0, 566.0), (340.0, 566.0)],
        PLUM.towards(AMBER, 0.35),
    );
    canvas.ellipse((600.0, 566.0), (262.0, 44.0), AMBER);
    canvas.veil(Bounds(0.0, 566.0, 1200.0, 800.0), 1.0, RUST.towards(INK, 0.5));
    canvas.ellipse((600.0, 560.0), (250.0, 36.0), LIGHT);
    lantern(canvas, (760.0, 366.0), 1.2);
    canvas.line((760.0, 366.0), (760.0, -10.0), 4.0, INK);
    figure(canvas, (560.0, 560.0), 1.75, CLAY, false);
    canvas.polygon(&[(430.0, 420.0), (520.0, 404.0), (516.0, 430.0), (440.0, 446.0)], SAND);
    canvas.line((478.0, 430.0), (478.0, 566.0), 12.0, SAND.towards(INK, 0.4));
    let mut dice = Dice::new(5);
    for row in 0..3 {
        let y = 690.0 + f64::from(row) * 62.0;
        let mut x = if row == 1 { -30.0 } else { 20.0 };
        while x < 1240.0 {
            let radius = dice.between(30.0, 38.0);
            let tone = INK.towards(PLUM, 0.32 - f64::from(row) * 0.12);
            canvas.disc((x, y), radius, tone);
            canvas.ellipse((x, y + 92.0), (radius * 1.9, 66.0), tone);
            x += dice.between(104.0, 128.0);
        }
    }
}

/// Snow, a small house with light, and the way there.
fn winter(canvas: &mut Canvas) {
    canvas.wash(NIGHT.towards(TEAL, 0.25), TEAL.towards(CREAM, 0.55));
    stars(canvas, 60, 320.0, 11);
    canvas.disc((930.0, 150.0), 54.0, CREAM);
    canvas.ground(TEAL.towards(CREAM, 0.42), hills(450.0, 70.0, 0.8));
    canvas.ground(SKY, hills(540.0, 44.0, 2.6));
    for (x, y, high) in [
        (130.0, 620.0, 260.0),
        (240.0, 640.0, 200.0),
        (330.0, 610.0, 140.0),
        (900.0, 620.0, 180.0),
        (1060.0, 640.0, 270.0),
    ] {
        fir(canvas, (x, y), high, PINE);
    }
    house(canvas, (540.0, 640.0), (210.0, 150.0), CLAY, true);
    canvas.polygon(&[(516.0, 492.0), (645.0, 398.0), (774.0, 492.0), (645.0, 420.0)], CREAM);
    canvas.ground(CREAM, hills(640.0, 20.0, 4.4));
    canvas.polygon(&[(628.0, 636.0), (662.0, 636.0), (800.0, 800.0), (600.0, 800.0)], SKY);
    lamp(canvas, (850.0, 720.0), 1.1);
    let mut dice = Dice::new(3);
    for _ in 0..130 {
        let (place, radius) = ((dice.between(0.0, 1200.0), dice.between(0.0, 800.0)), dice.between(2.0, 5.0));
        canvas.disc(place, radius, CREAM);
    }
}

/// A table seen from above, with those who sit around it.
fn table(canvas: &mut Canvas) {
    canvas.wash(CLAY.towards(SAND, 0.35), CLAY.towards(SAND, 0.2));
    canvas.glow((600.0, 400.0), 560.0, 0.7, LIGHT);
    let coats = [TEAL, PLUM, MOSS, RUST, AMBER, NIGHT, PINE, ROSE];
    for (nth, coat) in coats.into_iter().enumerate() {
        let turn = f64::from(u32::try_from(nth).unwrap_or(0)) * std::f64::consts::TAU / 8.0 + 0.4;
        let (x, y) = (600.0 + turn.cos() * 420.0, 400.0 + turn.sin() * 318.0);
        canvas.disc((x, y), 78.0, coat);
        canvas.disc(
            (x - turn.cos() * 12.0, y - turn.sin() * 12.0),
            42.0,
            INK.towards(RUST, 0.15 + turn / 16.0),
        );
    }
    canvas.ellipse((600.0, 400.0), (336.0, 236.0), RUST.towards(INK, 0.15));
    canvas.ellipse((600.0, 394.0), (330.0, 230.0), SAND.towards(CLAY, 0.25));
    let sheets = [(430.0, 300.0), (690.0, 270.0), (760.0, 420.0), (610.0, 530.0), (400.0, 450.0)];
    for (x, y) in sheets {
        canvas.block((x - 46.0, y - 32.0), (92.0, 64.0), 4.0, CREAM);
        for line in 0..4 {
            let at = y - 18.0 + f64::from(line) * 12.0;
            canvas.line(
                (x - 32.0, at),
                (x + 30.0 - f64::from(line % 2) * 18.0, at),
                4.0,
                SAND.towards(INK, 0.25),
            );
        }
    }
    for (x, y, colour) in [(520.0, 390.0, TEAL), (690.0, 352.0, CLAY), (540.0, 480.0, PLUM)] {
        canvas.disc((x, y), 24.0, colour);
        canvas.disc((x, y), 16.0, RUST.towards(INK, 0.4));
    }
    canvas.glow((612.0, 420.0), 150.0, 0.9, AMBER);
    canvas.disc((612.0, 420.0), 34.0, INK);
    canvas.disc((612.0, 420.0), 24.0, LIGHT);
}

/// A wall of plans in a workshop.
fn workshop(canvas: &mut Canvas) {
    canvas.wash(TEAL.towards(INK, 0.35), TEAL.towards(INK, 0.2));
    canvas.block((110.0, 90.0), (980.0, 470.0), 10.0, SAND.towards(CLAY, 0.3));
    canvas.block((128.0, 108.0), (944.0, 434.0), 4.0, CREAM.towards(SAND, 0.3));
    let notes = [
        (170.0, 150.0, AMBER),
        (320.0, 138.0, ROSE),
        (476.0, 152.0, SKY),
        (180.0, 300.0, MOSS),
        (330.0, 290.0, AMBER),
        (486.0, 306.0, CREAM),
        (870.0, 150.0, ROSE),
        (886.0, 300.0, SKY),
    ];
    for (x, y, colour) in notes {
        canvas.block((x + 5.0, y + 7.0), (120.0, 112.0), 3.0, SAND.towards(INK, 0.18));
        canvas.block((x, y), (120.0, 112.0), 3.0, colour);
        canvas.line((x + 18.0, y + 38.0), (x + 100.0, y + 38.0), 5.0, colour.towards(INK, 0.4));
        canvas.line((x + 18.0, y + 60.0), (x + 76.0, y + 60.0), 5.0, colour.towards(INK, 0.4));
        canvas.disc((x + 60.0, y + 6.0), 8.0, CLAY);
    }
    canvas.ring((735.0, 280.0), 96.0, 12.0, CLAY);
    canvas.ring((735.0, 280.0), 56.0, 12.0, AMBER);
    canvas.disc((735.0, 280.0), 20.0, CLAY);
    canvas.line((606.0, 360.0), (640.0, 326.0), 8.0, CLAY);
    canvas.block((0.0, 640.0), (1200.0, 160.0), 0.0, RUST.towards(INK, 0.3));
    canvas.block((0.0, 632.0), (1200.0, 22.0), 0.0, SAND.towards(CLAY, 0.45));
    lantern(canvas, (220.0, 498.0), 1.3);
    for (x, colour) in [(430.0, TEAL), (456.0, CLAY), (482.0, AMBER)] {
        canvas.line((x, 600.0), (x + (x - 456.0) * 0.6, 508.0), 10.0, colour);
    }
    canvas.block((416.0, 556.0), (80.0, 78.0), 8.0, PLUM);
    books(canvas, (760.0, 632.0), 1040.0, 9);
}
