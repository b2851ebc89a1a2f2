//! The memory that hostile and very large files cost, in a process of its own: one test, so that nothing else counts.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

use std::io::{Cursor, Write};

use masthead::blobs::image::{
    Fit, Focal, Format, Limits, Preset, Probe, Target, plan, probe, render, understand,
};

const MIB: u64 = 1024 * 1024;

/// The most that this process has held, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

fn zeros(count: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let block = vec![0; 1 << 16];
    let mut left = count;
    while left > 0 {
        let now = left.min(block.len());
        encoder.write_all(&block[..now]).unwrap();
        left -= now;
    }
    encoder.finish().unwrap()
}

fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(body);
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[4..]);
    bytes.extend(crc.sum().to_be_bytes());
    bytes
}

fn png(width: u32, height: u32, [bits, kind, interlace]: [u8; 3], length: usize) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([bits, kind, 0, 0, interlace]);
    let chunks = [chunk(*b"IHDR", &header), chunk(*b"IDAT", &zeros(length)), chunk(*b"IEND", &[])];
    [b"\x89PNG\r\n\x1A\n", &chunks.concat()[..]].concat()
}

/// A JPEG of one colour, as large as it may be: nothing but end-of-block codes.
fn flat_jpeg(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.set_progressive(progressive);
    let data = vec![120; usize::from(width) * usize::from(height)];
    encoder.encode(&data, width, height, jpeg_encoder::ColorType::Luma).unwrap();
    bytes
}

fn all(bytes: &[u8]) -> Result<(), String> {
    let limits = Limits::default();
    let Probe::Picture(picture) = probe(&mut Cursor::new(bytes), &limits).map_err(|e| e.to_string())? else {
        return Ok(());
    };
    understand(bytes, &picture, &limits).map_err(|e| e.to_string())?;
    let target = |width, format| {
        let preset = Preset { name: "w".into(), width: Some(width), height: None, fit: Fit::Inside };
        Target { plan: plan(picture.width, picture.height, &preset, Focal::default()), format, quality: 80 }
    };
    let targets = [target(1024, Format::Webp), target(1024, Format::Jpeg), target(320, Format::Png)];
    render(bytes, &picture, &targets, 2, &limits).map(|_| ()).map_err(|e| e.to_string())
}

#[test]
fn no_file_costs_more_than_its_limit() {
    let samples = vec![
        ("11,000 x 11,000", png(11_000, 11_000, [8, 6, 0], 11_000 * 44_001), Err("at most 52428800 pixels")),
        ("20,000 x 20,000", png(20_000, 20_000, [1, 0, 0], 20_000 * 2_501), Err("at most 16384")),
        ("49 megapixels of RGBA", png(7_000, 7_000, [8, 6, 0], 7_000 * 28_001), Ok(())),
        ("49 megapixels of 16 bits", png(7_000, 7_000, [16, 6, 0], 7_000 * 56_001), Ok(())),
        ("the same interlaced", png(7_000, 7_000, [16, 6, 1], 7_000 * 57_000), Err("MiB of memory")),
        ("49 megapixels of JPEG", flat_jpeg(7_000, 7_000, false), Ok(())),
        ("the same progressive", flat_jpeg(7_000, 7_000, true), Ok(())),
    ];
    // What making the samples took does not count; the highest mark can be set back to what is held now.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    for (name, bytes, wanted) in samples {
        let result = all(&bytes);
        match wanted {
            Ok(()) => assert_eq!(result, Ok(()), "{name}"),
            Err(words) => {
                assert!(result.as_ref().is_err_and(|error| error.contains(words)), "{name}: {result:?}");
            }
        }
        assert!(peak() < 220 * MIB, "{name} took the process to {} MiB", peak() / MIB);
    }
}
