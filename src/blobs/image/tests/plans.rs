//! Properties of plans: nothing is enlarged, the crop lies inside, keeps its shape and holds the focal point.

use proptest::prelude::*;

use crate::blobs::image::{Crop, Fit, Focal, Plan, Preset, plan};

fn preset(width: Option<u32>, height: Option<u32>, fit: Fit) -> Preset {
    Preset { name: "test".into(), width, height, fit }
}

proptest! {
    #[test]
    fn a_cover_keeps_its_promises(
        (width, height) in (1_u32..16_384, 1_u32..16_384),
        (wide, high) in (1_u32..4_096, 1_u32..4_096),
        (x, y) in (0.0..=1.0_f64, 0.0..=1.0_f64),
    ) {
        let plan = plan(width, height, &preset(Some(wide), Some(high), Fit::Cover), Focal { x, y });
        let Crop { x: left, y: top, width: across, height: down } = plan.crop;
        prop_assert!(left + across <= width && top + down <= height, "inside the picture");
        prop_assert!(plan.width <= across && plan.height <= down, "never enlarged");
        prop_assert!(plan.width <= wide && plan.height <= high, "no larger than asked for");
        let holds = |at: f64, side: u32, start: u32, length: u32| {
            let at = at * f64::from(side);
            at >= f64::from(start) - 0.5 && at <= f64::from(start + length) + 0.5
        };
        prop_assert!(holds(x, width, left, across) && holds(y, height, top, down), "the focal point is seen");
        // The shape of the crop is that of the preset, within a pixel, and so is that of the result.
        let off = |w: u32, h: u32| (f64::from(w) - f64::from(h) * f64::from(wide) / f64::from(high)).abs();
        let unit = (f64::from(wide) / f64::from(high)).max(1.0);
        prop_assert!(off(across, down) <= unit || across == 1 || down == 1, "shape of the crop");
        prop_assert!(
            off(plan.width, plan.height) <= unit || plan.width == 1 || plan.height == 1,
            "shape of the result"
        );
        prop_assert!(across == width || down == height || off(across, down) <= unit, "as much as fits");
        // A picture that is large enough gives exactly what was asked for.
        if width >= wide && height >= high {
            prop_assert_eq!((plan.width, plan.height), (wide, high));
        }
    }

    #[test]
    fn an_inside_keeps_the_whole_picture(
        (width, height) in (1_u32..16_384, 1_u32..16_384),
        wide in proptest::option::of(1_u32..4_096),
        high in proptest::option::of(1_u32..4_096),
    ) {
        let plan = plan(width, height, &preset(wide, high, Fit::Inside), Focal::default());
        prop_assert_eq!(plan.crop, Crop { x: 0, y: 0, width, height });
        prop_assert!(plan.width <= wide.unwrap_or(width) && plan.height <= high.unwrap_or(height));
        prop_assert!(plan.width <= width && plan.height <= height && plan.width > 0 && plan.height > 0);
        let exact = f64::from(plan.width) * f64::from(height) / f64::from(width);
        let unit = (f64::from(height) / f64::from(width)).max(1.0);
        prop_assert!((f64::from(plan.height) - exact).abs() <= unit || plan.width == 1 || plan.height == 1);
    }

    #[test]
    fn a_wild_focal_point_does_no_harm(x in proptest::num::f64::ANY, y in proptest::num::f64::ANY) {
        let plan = plan(300, 200, &preset(Some(100), Some(100), Fit::Cover), Focal { x, y });
        prop_assert!(plan.crop.x + plan.crop.width <= 300 && plan.crop.y + plan.crop.height <= 200);
    }
}

#[test]
fn plans_by_hand() {
    let centre = Focal::default();
    let social = preset(Some(1200), Some(630), Fit::Cover);
    let crop = Crop { x: 0, y: 425, width: 6000, height: 3150 };
    assert_eq!(plan(6000, 4000, &social, centre), Plan { width: 1200, height: 630, crop });
    let small = plan(600, 400, &social, Focal { x: 0.5, y: 0.0 });
    assert_eq!(small, Plan { width: 600, height: 315, crop: Crop { x: 0, y: 0, width: 600, height: 315 } });
    let width = preset(Some(1600), None, Fit::Inside);
    assert_eq!(
        (plan(6000, 4000, &width, centre).width, plan(6000, 4000, &width, centre).height),
        (1600, 1067)
    );
    assert_eq!((plan(1000, 10, &width, centre).width, plan(1000, 10, &width, centre).height), (1000, 10));
}

#[test]
fn built_in_presets_can_be_used_and_are_named_once() {
    let presets = Preset::defaults();
    let mut names: Vec<_> = presets.iter().map(|preset| preset.name.clone()).collect();
    assert!(presets.iter().all(|preset| preset.check().is_ok()));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), presets.len());
}

#[test]
fn presets_that_make_no_sense_are_refused() {
    let wrong = [
        preset(None, None, Fit::Inside),
        preset(Some(100), None, Fit::Cover),
        preset(Some(0), None, Fit::Inside),
        preset(Some(5000), None, Fit::Inside),
        Preset { name: "../etc".into(), ..preset(Some(100), None, Fit::Inside) },
        Preset { name: String::new(), ..preset(Some(100), None, Fit::Inside) },
    ];
    for preset in wrong {
        assert!(preset.check().is_err(), "{preset:?}");
    }
}
