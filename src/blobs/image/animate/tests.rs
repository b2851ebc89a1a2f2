//! Animations: what is seen, for how long, and how often.

use gif::{DisposalMethod, Repeat};

use super::frames::Frames;
use super::{changed, cut};
use crate::blobs::image::limits::packed_bytes;
use crate::blobs::image::pixels::Pixels;
use crate::blobs::image::tests::samples::*;
use crate::blobs::image::{
    Fit, Focal, Format, Limits, Preset, Target, decode_cost, picture_of, plan, render,
};

/// The composed frames of an animation, each with its milliseconds, and how often it is played.
fn seen(bytes: &[u8]) -> (Vec<(Pixels, u32)>, Option<u16>) {
    let picture = picture_of(bytes, &Limits::default()).unwrap();
    let mut frames = Frames::open(bytes, &picture).unwrap();
    let mut all = Vec::new();
    while let Some(milliseconds) = frames.next().unwrap() {
        all.push((frames.canvas().clone(), milliseconds));
    }
    (all, frames.plays())
}

fn frame(area: [u16; 4], index: u8, dispose: DisposalMethod, delay: u16) -> GifFrame {
    GifFrame { area, index, transparent: None, dispose, delay }
}

/// One of each disposal: the ground stays, the second goes, the third is undone, the fourth stays.
fn sample(repeat: Option<Repeat>) -> Vec<u8> {
    let frames = [
        frame([0, 0, 60, 40], 2, DisposalMethod::Keep, 10),
        frame([0, 0, 20, 20], 0, DisposalMethod::Background, 20),
        frame([20, 0, 20, 20], 1, DisposalMethod::Previous, 30),
        frame([40, 20, 20, 20], 3, DisposalMethod::Keep, 40),
    ];
    gif(60, 40, repeat, &frames)
}

fn check(bytes: &[u8], scale: u32) {
    let (frames, _) = seen(bytes);
    assert_eq!(frames.iter().map(|(_, shown)| *shown).collect::<Vec<_>>(), [100, 200, 300, 400]);
    let nothing = None;
    let (red, green, blue, white) = (Some(RED), Some(GREEN), Some(BLUE), Some(WHITE));
    // Upper left, upper middle, lower right of each frame.
    let wanted = [[blue, blue, blue], [red, blue, blue], [nothing, green, blue], [nothing, blue, white]];
    for (number, ((pixels, _), colours)) in frames.iter().zip(wanted).enumerate() {
        for ((x, y), colour) in [(10, 10), (30, 10), (50, 30)].into_iter().zip(colours) {
            let found = at(pixels, x / scale, y / scale);
            match colour {
                Some(colour) => assert!(
                    near(found, colour, 14) && found[3] == 255,
                    "frame {number}: {found:?}, not {colour:?}"
                ),
                None => assert_eq!(found[3], 0, "frame {number} at {x},{y}: {found:?}"),
            }
        }
    }
}

#[test]
fn disposal_timing_and_loops_are_kept() {
    for (repeat, plays) in
        [(None, Some(1)), (Some(Repeat::Infinite), None), (Some(Repeat::Finite(2)), Some(3))]
    {
        let source = sample(repeat);
        assert_eq!(seen(&source).1, plays);
        check(&source, 1);
        let picture = picture_of(&source, &Limits::default()).unwrap();
        assert_eq!((picture.frames, picture.is_animated(), picture.has_alpha), (4, true, true));
        for width in [60, 30] {
            let preset = Preset { name: "a".into(), width: Some(width), height: None, fit: Fit::Inside };
            let plan = plan(60, 40, &preset, Focal::default());
            let targets = [Format::Gif, Format::Webp].map(|format| Target { plan, format, quality: 90 });
            for out in render(&source, &picture, &targets, 2, &Limits::default()).unwrap() {
                let read = picture_of(&out.bytes, &Limits::default()).unwrap();
                assert_eq!((read.format, read.width, read.frames), (out.format, width, 4));
                check(&out.bytes, 60 / width);
                assert_eq!(seen(&out.bytes).1, plays, "{:?}", out.format);
            }
        }
    }
}

#[test]
fn an_animated_webp_is_read_and_written_again() {
    let source = sample(Some(Repeat::Infinite));
    let picture = picture_of(&source, &Limits::default()).unwrap();
    let first = only(&source, &picture, Format::Webp).bytes;
    let picture = picture_of(&first, &Limits::default()).unwrap();
    for format in [Format::Webp, Format::Gif] {
        check(&only(&first, &picture, format).bytes, 1);
    }
}

#[test]
fn a_still_of_an_animation_is_its_first_frame() {
    let source = sample(None);
    let picture = picture_of(&source, &Limits::default()).unwrap();
    for format in [Format::Jpeg, Format::Png] {
        let out = only(&source, &picture, format);
        assert!(near(at(&pixels(&out.bytes), 10, 10), BLUE, 12));
    }
}

#[test]
fn equal_frames_become_one() {
    let frames = [5, 6, 7].map(|delay| frame([0, 0, 16, 16], 1, DisposalMethod::Keep, delay));
    let source = gif(16, 16, Some(Repeat::Infinite), &frames);
    let picture = picture_of(&source, &Limits::default()).unwrap();
    for format in [Format::Webp, Format::Gif] {
        let out = only(&source, &picture, format);
        assert_eq!(picture_of(&out.bytes, &Limits::default()).unwrap().frames, 1, "{format:?}");
    }
}

#[test]
fn a_frame_may_reach_over_the_edge() {
    let source = gif(
        20,
        20,
        None,
        &[
            frame([10, 10, 40, 40], 0, DisposalMethod::Background, 5),
            frame([30, 30, 4, 4], 1, DisposalMethod::Keep, 5),
        ],
    );
    let (frames, _) = seen(&source);
    assert!(near(at(&frames[0].0, 19, 19), RED, 0));
    assert_eq!(at(&frames[1].0, 19, 19), [0; 4]);
}

#[test]
fn interlaced_lines_come_to_their_places() {
    const ORDER: [u8; 11] = [0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9];
    let palette: Vec<u8> = (0..33).collect();
    let mut encoder = gif::Encoder::new(Vec::new(), 3, 12, &palette).unwrap();
    // It hangs one line below the upper edge.
    let buffer: Vec<u8> = ORDER.iter().flat_map(|line| [*line; 3]).collect();
    let frame = gif::Frame {
        top: 1,
        width: 3,
        height: 11,
        interlaced: true,
        buffer: buffer.into(),
        ..Default::default()
    };
    encoder.write_frame(&frame).unwrap();
    let (frames, _) = seen(&encoder.into_inner().unwrap());
    assert_eq!(at(&frames[0].0, 1, 0), [0; 4]);
    for line in 0..11 {
        let colour = [0, 1, 2].map(|part| u8::try_from(line * 3 + part).unwrap());
        let [r, g, b] = colour;
        assert_eq!(at(&frames[0].0, 1, line + 1), [r, g, b, 255], "line {line}");
    }
}

#[test]
fn a_frame_much_larger_than_its_picture_is_refused() {
    let wide = |side| gif(20, 20, None, &[frame([0, 0, side, side], 0, DisposalMethod::Keep, 5)]);
    let (good, bad) = (wide(1_000), wide(1_100));
    let picture = picture_of(&good, &Limits::default()).unwrap();
    assert_eq!(Frames::open(&good, &picture).unwrap().next().unwrap(), Some(50));
    let expected = "a frame is much larger than the picture";
    let refused = picture_of(&bad, &Limits::default()).unwrap_err().to_string();
    assert!(refused.contains(expected), "{refused}");
    // Whatever its header was taken for.
    let refused = Frames::open(&bad, &picture).unwrap().next().unwrap_err().to_string();
    assert!(refused.contains(expected), "{refused}");
}

#[test]
fn a_frame_packed_in_far_too_many_bytes_is_refused() {
    let whole = gif(20, 20, None, &[frame([0, 0, 20, 20], 0, DisposalMethod::Keep, 5)]);
    let picture = picture_of(&whole, &Limits::default()).unwrap();
    // The same pixels, with blocks behind the last of them: a mebibyte outside counts twice, and so do 400 pixels.
    let end = whole.len() - 2;
    let padded = |blocks: usize| {
        [&whole[..end], &[&[255][..], &[0; 255]].concat().repeat(blocks), &whole[end..]].concat()
    };
    let allowed = usize::try_from(packed_bytes(20, 20)).unwrap() / 255;
    assert_eq!(Frames::open(&padded(100), &picture).unwrap().next().unwrap(), Some(50));
    assert!(Frames::open(&padded(allowed + 1), &picture).unwrap().next().is_err());
}

#[test]
fn a_long_animation_of_many_bytes_takes_the_memory_of_one_frame() {
    let source = sample(None);
    let mut picture = picture_of(&source, &Limits::default()).unwrap();
    let plan = plan(
        60,
        40,
        &Preset { name: "a".into(), width: Some(60), height: None, fit: Fit::Inside },
        Focal::default(),
    );
    let target = Target { plan, format: Format::Webp, quality: 80 };
    picture.bytes = 40 << 20;
    // Twice for two threads: the file, and what a frame may take.
    let most = 2 * (picture.bytes + packed_bytes(60, 40)) + (2 << 20);
    assert!(decode_cost(&picture, &[target]) < most);
    assert!(most <= Limits::default().memory << 20, "an animation of 40 MB is taken");
}

#[test]
fn the_part_that_changed_is_found() {
    let before = Pixels::new(10, 8, 4);
    let mut after = before.clone();
    assert_eq!(changed(&before, &after), None);
    for (x, y) in [(3, 2), (7, 5)] {
        after.data[(y * 10 + x) * 4] = 9;
    }
    assert_eq!(changed(&before, &after), Some([3, 2, 5, 4]));
    let part = cut(&after, [3, 2, 5, 4]);
    assert_eq!(
        (part.width, part.height, at(&part, 0, 0), at(&part, 4, 3)),
        (5, 4, [9, 0, 0, 0], [9, 0, 0, 0])
    );
}
