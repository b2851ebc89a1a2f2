//! The tables and the one scan of a usual JPEG. Whatever is out of the ordinary gives nothing, and the general decoder
//! has its say about it.

use super::huffman::Table;
use crate::blobs::image::bytes::Bytes;
use crate::blobs::image::number::size;

/// One of luma and chroma.
pub(super) struct Component {
    /// Blocks across and down in one unit of the scan.
    pub across: usize,
    pub down: usize,
    pub quantiser: [u16; 64],
    pub dc: usize,
    pub ac: usize,
}

/// All that the scan needs.
pub(super) struct Frame {
    pub width: u32,
    pub height: u32,
    pub components: Vec<Component>,
    pub dc: [Option<Table>; 4],
    pub ac: [Option<Table>; 4],
    /// Units between two restarts; nothing when there are none.
    pub restart: usize,
    /// The scan without its stuffing, cut at its restarts.
    pub intervals: Vec<Vec<u8>>,
}

impl Frame {
    /// Units of the scan across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        let (across, down) = self.largest();
        (size(self.width).div_ceil(8 * across), size(self.height).div_ceil(8 * down))
    }

    /// The largest sampling factors.
    pub(super) fn largest(&self) -> (usize, usize) {
        let across = self.components.iter().map(|component| component.across).max().unwrap_or(1);
        let down = self.components.iter().map(|component| component.down).max().unwrap_or(1);
        (across, down)
    }
}

#[derive(Default)]
struct Tables {
    quantisers: [Option<[u16; 64]>; 4],
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    restart: usize,
    /// Size and, of each component, its name, factors and quantiser.
    start: Option<(u32, u32, Vec<[u8; 3]>)>,
    rgb: bool,
}

/// Reads up to and including the scan.
pub(super) fn frame(bytes: &[u8]) -> Option<Frame> {
    let mut bytes = Bytes::new(bytes.strip_prefix(b"\xFF\xD8")?);
    let mut tables = Tables::default();
    loop {
        let [0xFF, mut code] = bytes.array()? else { return None };
        while code == 0xFF {
            code = bytes.u8()?;
        }
        let length = usize::from(bytes.u16()?).checked_sub(2)?;
        let body = bytes.take(length)?;
        match code {
            0xC0 | 0xC1 if tables.start.is_none() => tables.start = Some(start(body)?),
            0xC4 => tables.huffman(body)?,
            0xDB => tables.quantisers(body)?,
            0xDD => tables.restart = usize::from(Bytes::new(body).u16()?),
            0xDA => return tables.scan(body, bytes.rest()),
            0xEE if body.starts_with(b"Adobe") => tables.rgb = body.get(11) == Some(&0),
            0xE0..=0xEF | 0xFE => {}
            _ => return None,
        }
    }
}

fn start(body: &[u8]) -> Option<(u32, u32, Vec<[u8; 3]>)> {
    let mut bytes = Bytes::new(body);
    let [8] = bytes.array()? else { return None };
    let (height, width) = (bytes.u16()?, bytes.u16()?);
    let count = bytes.u8()?;
    let components: Vec<[u8; 3]> = (0..count).map(|_| bytes.array()).collect::<Option<_>>()?;
    (height > 0 && width > 0 && matches!(count, 1 | 3)).then_some((width.into(), height.into(), components))
}

impl Tables {
    fn quantisers(&mut self, body: &[u8]) -> Option<()> {
        let mut bytes = Bytes::new(body);
        while let Some(kind) = bytes.u8() {
            let mut table = [0; 64];
            for value in &mut table {
                *value = if kind >> 4 == 0 { u16::from(bytes.u8()?) } else { bytes.u16()? };
            }
            *self.quantisers.get_mut(usize::from(kind & 15))? = Some(table);
        }
        Some(())
    }

    fn huffman(&mut self, body: &[u8]) -> Option<()> {
        let mut bytes = Bytes::new(body);
        while let Some(kind) = bytes.u8() {
            let counts: [u8; 16] = bytes.array()?;
            let symbols = bytes.take(counts.iter().map(|count| usize::from(*count)).sum())?;
            let tables = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(kind & 15))? = Some(Table::new(&counts, symbols, kind >> 4 != 0)?);
        }
        Some(())
    }

    fn scan(self, body: &[u8], rest: &[u8]) -> Option<Frame> {
        let (width, height, described) = self.start?;
        let mut bytes = Bytes::new(body);
        let count = usize::from(bytes.u8()?);
        let names = described.iter().map(|[name, _, _]| *name);
        let is_rgb = self.rgb || names.eq(*b"RGB");
        if count != described.len() || (count == 3 && is_rgb) {
            return None;
        }
        let mut components = Vec::new();
        for [name, factors, quantiser] in described {
            let [scanned, tables] = bytes.array()?;
            // A single component is not interleaved, whatever its factors.
            let (across, down) = if count == 1 { (1, 1) } else { (factors >> 4, factors & 15) };
            if scanned != name || !matches!((across, down), (1 | 2 | 4, 1 | 2 | 4)) {
                return None;
            }
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            self.dc.get(dc)?.as_ref()?;
            self.ac.get(ac)?.as_ref()?;
            let quantiser = (*self.quantisers.get(usize::from(quantiser))?)?;
            components.push(Component { across: across.into(), down: down.into(), quantiser, dc, ac });
        }
        let [0, 63, 0] = bytes.array()? else { return None };
        let luma = components.first().map(|first: &Component| (first.across, first.down))?;
        if components.iter().any(|component| component.across > luma.0 || component.down > luma.1) {
            return None;
        }
        let intervals = intervals(rest)?;
        Some(Frame { width, height, components, dc: self.dc, ac: self.ac, restart: self.restart, intervals })
    }
}

/// Takes the stuffing out and cuts at restarts. The scan ends at the end of the picture or of the file; any other
/// marker means that there is more to come.
fn intervals(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut intervals = Vec::new();
    let mut current = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let Some(at) = memchr::memchr(0xFF, rest) else {
            current.extend_from_slice(rest);
            break;
        };
        let (plain, marked) = rest.split_at(at);
        current.extend_from_slice(plain);
        match marked {
            [_, 0, after @ ..] => {
                current.push(0xFF);
                rest = after;
            }
            [_, 0xFF, ..] => rest = marked.get(1..)?,
            [_, 0xD0..=0xD7, after @ ..] => {
                intervals.push(std::mem::take(&mut current));
                rest = after;
            }
            [_, 0xD9, ..] | [_] => break,
            _ => return None,
        }
    }
    intervals.push(current);
    Some(intervals)
}
