//! IPTC-IIM, the older form: numbered datasets inside a Photoshop resource.

use super::Fields;
use super::text::{clean, decode, latin1};
use crate::blobs::image::bytes::Bytes;

const DATASETS: usize = 1_000;

/// The datasets of the application record that are of use.
pub(super) fn fields(bytes: &[u8]) -> Fields {
    let sets = datasets(bytes);
    let utf8 = sets.iter().any(|(id, value)| *id == (1, 90) && *value == b"\x1B%G");
    let read = |value: &[u8]| {
        if utf8 { clean(&String::from_utf8_lossy(value)) } else { decode(value).or_else(|| latin1(value)) }
    };
    let first =
        |number: u8| sets.iter().find(|(id, _)| *id == (2, number)).and_then(|(_, value)| read(value));
    let names: Vec<String> =
        sets.iter().filter(|(id, _)| *id == (2, 80)).filter_map(|(_, value)| read(value)).take(8).collect();
    Fields {
        title: first(5).or_else(|| first(105)),
        description: first(120),
        creator: clean(&names.join(", ")),
        credit: first(110),
        copyright: first(116),
        ..Fields::default()
    }
}

fn datasets(bytes: &[u8]) -> Vec<((u8, u8), &[u8])> {
    let mut bytes = Bytes::new(bytes);
    std::iter::from_fn(|| {
        let [mark, record, number] = bytes.array()?;
        let length = bytes.u16()?;
        // A mark that is wrong ends the list; so does an extended length, which no text needs.
        if mark != 0x1C || length & 0x8000 != 0 {
            return None;
        }
        Some(((record, number), bytes.take(length.into())?))
    })
    .take(DATASETS)
    .collect()
}

/// The IPTC block among the resources of a Photoshop segment.
pub(super) fn resource(bytes: &[u8]) -> Option<&[u8]> {
    let mut bytes = Bytes::new(bytes.strip_prefix(b"Photoshop 3.0\0")?);
    for _ in 0..DATASETS {
        if bytes.array()? != *b"8BIM" {
            return None;
        }
        let id = bytes.u16()?;
        let name = usize::from(bytes.u8()?);
        bytes.take(name + usize::from(name % 2 == 0))?;
        let length = usize::try_from(bytes.u32()?).ok()?;
        let body = bytes.take(length)?;
        if id == 0x0404 {
            return Some(body);
        }
        if length % 2 == 1 {
            bytes.take(1)?;
        }
    }
    None
}
