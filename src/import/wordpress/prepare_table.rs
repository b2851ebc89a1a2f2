//! Tables: those that Markdown can hold become rows of equal length; the others become their cells, one after another.

use std::collections::BTreeMap;

use super::dom::{self, Handle};
use super::prepare::{Around, Prepare};
use super::report::NoteCode;

/// A span wider or higher than this is a mistake of the source.
const MAX_SPAN: usize = 100;
/// What no cell of a Markdown table can hold.
const BLOCKS: [&str; 10] = ["ul", "ol", "dl", "pre", "blockquote", "table", "hr", "iframe", "video", "form"];

/// Prepares a table.
pub(super) fn table(pass: &mut Prepare, node: &Handle, around: Around, out: &mut Vec<Handle>) {
    let rows = rows(node);
    let columns = rows.iter().map(|row| cells(row).len()).max().unwrap_or(0);
    let captions: Vec<Handle> =
        dom::children(node).into_iter().filter(|c| dom::tag(c) == "caption").collect();
    for caption in captions {
        pass.children(&caption, Around { flat: true, ..around });
        out.push(dom::element("figcaption", &[], dom::take(&caption)));
    }
    let simple = columns > 1 && !around.flat && !rows.iter().any(|row| dom::contains(row, &BLOCKS));
    if !simple {
        pass.findings.note(NoteCode::TableLinearised, &format!("{} rows, {columns} columns", rows.len()));
        // Even an empty table stands between what is before and after it.
        out.push(if around.flat { dom::text_node(" ") } else { dom::element("div", &[], Vec::new()) });
        for cell in rows.iter().flat_map(cells) {
            pass.children(&cell, around);
            let inside = dom::take(&cell);
            if around.flat {
                out.push(dom::text_node(" "));
                out.extend(inside);
            } else {
                out.push(dom::element("div", &[], inside));
            }
        }
        return;
    }
    let (grid, spans) = grid(pass, &rows, around);
    if spans > 0 {
        pass.findings.note(NoteCode::TableSpans, &format!("{spans} cells"));
    }
    out.push(dom::element("table", &[], grid));
}

/// The rows of a table, not those of tables inside it; the head first and the foot last, as browsers show them.
fn rows(table: &Handle) -> Vec<Handle> {
    let sections = dom::children(table);
    let of = |wanted: &'static str| sections.iter().filter(move |s| dom::tag(s) == wanted);
    let body = sections.iter().filter(|s| matches!(dom::tag(s), "tbody" | "tr"));
    let ordered = of("thead").chain(body).chain(of("tfoot"));
    ordered
        .flat_map(|s| if dom::tag(s) == "tr" { vec![s.clone()] } else { dom::children(s) })
        .filter(|row| dom::tag(row) == "tr")
        .collect()
}

fn cells(row: &Handle) -> Vec<Handle> {
    dom::children(row).into_iter().filter(|c| matches!(dom::tag(c), "td" | "th")).collect()
}

/// Rows of equal length, and how many cells spanned others.
fn grid(pass: &mut Prepare, rows: &[Handle], around: Around) -> (Vec<Handle>, usize) {
    let mut spans = 0;
    let mut lines: Vec<(bool, Vec<Handle>)> = Vec::new();
    // Columns that a cell further up still fills, with the number of rows.
    let mut filled: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows {
        let mut line = Vec::new();
        let found = cells(row);
        let is_head = !found.is_empty() && found.iter().all(|c| dom::tag(c) == "th");
        for cell in found {
            pad_filled(&mut line, &mut filled);
            pass.children(&cell, Around { flat: true, ..around });
            let (wide, high) = (span(&cell, "colspan"), span(&cell, "rowspan"));
            spans += usize::from(wide > 1 || high > 1);
            for extra in 0..wide {
                if high > 1 {
                    filled.insert(line.len(), high - 1);
                }
                line.push(dom::element("td", &[], if extra == 0 { dom::take(&cell) } else { Vec::new() }));
            }
        }
        pad_filled(&mut line, &mut filled);
        if !line.is_empty() {
            lines.push((is_head, line));
        }
    }
    let columns = lines.iter().map(|(_, line)| line.len()).max().unwrap_or(0);
    // Markdown has one row of heads, and always has it.
    if !lines.first().is_some_and(|(is_head, _)| *is_head) {
        lines.insert(0, (true, Vec::new()));
    }
    let out = lines
        .into_iter()
        .map(|(_, mut line)| {
            while line.len() < columns {
                line.push(dom::element("td", &[], Vec::new()));
            }
            dom::element("tr", &[], line)
        })
        .collect();
    (out, spans)
}

/// Fills the places that cells further up take.
fn pad_filled(line: &mut Vec<Handle>, filled: &mut BTreeMap<usize, usize>) {
    while let Some(rows) = filled.remove(&line.len()) {
        if rows > 1 {
            filled.insert(line.len(), rows - 1);
        }
        line.push(dom::element("td", &[], Vec::new()));
    }
}

fn span(cell: &Handle, name: &str) -> usize {
    dom::attr(cell, name).and_then(|v| v.parse().ok()).unwrap_or(1).clamp(1, MAX_SPAN)
}
