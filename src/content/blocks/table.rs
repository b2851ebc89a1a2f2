//! A table whose cells are lines of rich text.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    id::BlockId,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::text::{forms::Text, plain_field::check_line, rich_text::InlineMarkdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_CAPTION: usize = 1_000;
const MAX_COLUMNS: usize = 100;
const MAX_CELLS: usize = 5_000;

/// A table of at most 100 columns and 5,000 cells. Every row has as many cells as there are columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What the table shows, at most 1,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 1_000, examples("Members by region"))]
    pub caption: String,
    /// The columns from left to right, 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    pub columns: Vec<TableColumn>,
    /// The rows from top to bottom, each a list of cells.
    #[schema(max_items = 5_000)]
    pub rows: Vec<Vec<InlineMarkdown>>,
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"header": "Region", "align": "left"})))]
pub struct TableColumn {
    /// The heading of the column; may be empty.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub header: InlineMarkdown,
    /// How its cells are aligned; left to the site when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub align: Option<Align>,
}

/// How the cells of a column are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("left"))]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right, as for numbers.
    Right,
}

impl Variant for Table {
    const TYPE: &'static str = "table";
    const SCHEMA: &'static str = "TableBlock";

    fn samples() -> Vec<Self> {
        let line = |text: &str| InlineMarkdown::try_from(text.to_owned()).unwrap_or_default();
        vec![Self {
            caption: "Members by region".into(),
            columns: vec![
                TableColumn { header: line("Region"), align: None },
                TableColumn { header: line("Members"), align: Some(Align::Right) },
            ],
            rows: vec![vec![line("**North**"), line("12")], vec![line("South"), line("9")]],
        }]
    }
}

impl Table {
    fn headers(&self) -> impl Iterator<Item = &InlineMarkdown> {
        self.columns.iter().map(|column| &column.header)
    }
}

impl BlockData for Table {
    fn check(&self, _stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_line(problems, &at.field("caption"), &self.caption, MAX_CAPTION);
        let width = self.columns.len();
        let columns = at.field("columns");
        if width == 0 {
            problems.add(&columns, FieldCode::Required, "A table has at least one column.");
        }
        if width > MAX_COLUMNS {
            problems.add(
                &columns,
                FieldCode::TooMany,
                format!("There are {width} columns; there may be {MAX_COLUMNS}."),
            );
        }
        let rows = at.field("rows");
        let cells: usize = self.rows.iter().map(Vec::len).sum();
        if cells > MAX_CELLS || self.rows.len() > MAX_CELLS {
            problems.add(
                &rows,
                FieldCode::TooMany,
                format!("There are {cells} cells in the rows; there may be {MAX_CELLS}."),
            );
            return;
        }
        for (index, row) in self.rows.iter().enumerate().filter(|(_, row)| row.len() != width) {
            let detail = format!("The row has {} cells; there are {width} columns.", row.len());
            problems.add(&rows.item(index), FieldCode::Invalid, detail);
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        let columns = at.field("columns");
        for (index, header) in self.headers().enumerate() {
            add_line_references(&columns.item(index).field("header"), header, found);
        }
        let rows = at.field("rows");
        for (row, cells) in self.rows.iter().enumerate() {
            for (cell, text) in cells.iter().enumerate() {
                add_line_references(&rows.item(row).item(cell), text, found);
            }
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        let line = |cells: &mut dyn Iterator<Item = &InlineMarkdown>| {
            cells.map(InlineMarkdown::to_text).collect::<Vec<_>>().join("\t")
        };
        out.add(Weight::Body, &self.caption);
        out.add(Weight::Body, &line(&mut self.headers()));
        for row in &self.rows {
            out.add(Weight::Body, &line(&mut row.iter()));
        }
    }

    fn view(&self, _id: &BlockId, reader: Reader<'_>) -> ContentView {
        let text = |line: &InlineMarkdown| Text::of_line(line, reader.forms, reader.links);
        ContentView::Table(TableView {
            caption: (!self.caption.is_empty()).then(|| self.caption.clone()),
            columns: self
                .columns
                .iter()
                .map(|column| TableColumnView { header: text(&column.header), align: column.align })
                .collect(),
            rows: self.rows.iter().map(|row| row.iter().map(text).collect()).collect(),
        })
    }
}

fn add_line_references(at: &Pointer, line: &InlineMarkdown, found: &mut References) {
    for target in line.references() {
        found.add(at, target, false);
    }
}

/// A table. Every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TableView {
    /// What the table shows; absent when it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub caption: Option<String>,
    /// The columns from left to right.
    #[schema(max_items = 100)]
    pub columns: Vec<TableColumnView>,
    /// The rows from top to bottom, each a list of cells; their `html` stands in a line, without a paragraph.
    #[schema(max_items = 5_000)]
    pub rows: Vec<Vec<Text>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"header": {"html": "Region"}, "align": "left"})))]
pub struct TableColumnView {
    /// The heading of the column; may be empty.
    pub header: Text,
    /// How its cells are aligned; absent when that is left to the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub align: Option<Align>,
}

impl Variant for TableView {
    const TYPE: &'static str = "table";
    const SCHEMA: &'static str = "TableBlockView";

    fn samples() -> Vec<Self> {
        let html = |html: &str| Text { html: Some(html.into()), markdown: None, text: None };
        vec![Self {
            caption: Some("Members by region".into()),
            columns: vec![TableColumnView { header: html("Region"), align: Some(Align::Left) }],
            rows: vec![vec![html("<strong>North</strong>")]],
        }]
    }
}
