//! The envelope of lists, and the `Link` header (RFC 8288) that leads from page to page.

use actix_web::HttpRequest;
use actix_web::http::header::LINK;
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::{CursorKey, CursorScope};
use super::reply::Reply;
use crate::platform::problem::{Code, FieldCode, Problem};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries, in the order that was asked for.
    pub data: Vec<T>,
    /// Where this page lies in the list.
    pub page: PageInfo,
}

/// Where a page lies in its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageInfo {
    /// How many entries a page has at most.
    #[schema(example = 20, minimum = 1, maximum = 100)]
    pub limit: u32,
    /// The cursor to send as `after` for the next page; `null` on the last one.
    #[schema(required, example = "q83vEjRWeJAAESIzRFVmd1siYSIsMV0")]
    pub next: Option<String>,
    /// The cursor to send as `before` for the previous page; `null` on the first one.
    #[schema(required)]
    pub previous: Option<String>,
    /// How many entries the whole list has. Only with `count=exact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    pub total: Option<u64>,
}

/// Which page of a list a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    limit: u32,
    cursor: Option<String>,
    backwards: bool,
}

impl Paging {
    /// How many entries a page has when the request does not say.
    pub const DEFAULT: u32 = 20;
    /// How many entries a page has at most.
    pub const MOST: u32 = 100;

    /// Reads `limit`, `after` and `before`.
    ///
    /// # Errors
    /// 400 for a limit out of bounds and for both cursors at once.
    pub fn new(limit: Option<u32>, after: Option<String>, before: Option<String>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(Self::DEFAULT);
        if !(1..=Self::MOST).contains(&limit) {
            let detail = format!(
                "The query parameter `limit` has the value `{limit}`: it must be from 1 to {}.",
                Self::MOST
            );
            return Err(refused("limit", detail));
        }
        let (cursor, backwards) = match (after, before) {
            (Some(_), Some(_)) => {
                return Err(refused(
                    "before",
                    "Send `after` or `before`, not both: a page has one edge.".to_owned(),
                ));
            }
            (None, Some(before)) => (Some(before), true),
            (after, None) => (after, false),
        };
        Ok(Self { limit, cursor, backwards })
    }

    /// The cursor at the edge of the page.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// How many entries the page has at most.
    #[must_use]
    pub fn limit(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }

    /// Whether the page lies before the cursor.
    #[must_use]
    pub fn is_backwards(&self) -> bool {
        self.backwards
    }

    /// How many rows to load: one more than the page has, to know whether there is another page.
    #[must_use]
    pub fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Makes the page from the rows, which come in the order of the list. `seal` makes the cursor of a row.
    ///
    /// # Errors
    /// What `seal` gives.
    pub fn page<T>(
        &self,
        mut rows: Vec<T>,
        seal: impl Fn(&T) -> Result<String, Problem>,
    ) -> Result<Page<T>, Problem> {
        let limit = self.limit();
        let more = rows.len() > limit;
        if more && self.backwards {
            rows.remove(0);
        }
        rows.truncate(limit);
        let has_next = if self.backwards { true } else { more };
        let has_previous = if self.backwards { more } else { self.cursor.is_some() };
        let edge = |row: Option<&T>, there: bool| row.filter(|_| there).map(&seal).transpose();
        let next = edge(rows.last(), has_next)?;
        let previous = edge(rows.first(), has_previous)?;
        Ok(Page { data: rows, page: PageInfo { limit: self.limit, next, previous, total: None } })
    }
}

/// A page of a list that is ordered by id, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdWindow {
    /// The id of the row at the edge.
    pub edge: Option<Uuid>,
    /// Whether the page lies before the edge and not after it.
    pub backwards: bool,
    /// How many rows.
    pub limit: i64,
}

impl IdWindow {
    /// How the rows beyond the edge compare with it, and their order.
    #[must_use]
    pub fn sql(&self) -> (&'static str, &'static str) {
        if self.backwards { (">", "asc") } else { ("<", "desc") }
    }

    /// The rows in the order of the list.
    #[must_use]
    pub fn ordered<T>(&self, mut rows: Vec<T>) -> Vec<T> {
        if self.backwards {
            rows.reverse();
        }
        rows
    }
}

impl Paging {
    /// The page of a list that is ordered by id.
    ///
    /// # Errors
    /// 400 for a cursor of another list.
    pub fn by_id(&self, key: &CursorKey, scope: CursorScope<'_>) -> Result<IdWindow, Problem> {
        let edge = self.cursor().map(|cursor| key.open(scope, cursor)).transpose()?;
        Ok(IdWindow { edge, backwards: self.backwards, limit: self.rows() })
    }
}

fn refused(parameter: &str, detail: String) -> Problem {
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        format!("/query/{parameter}"),
        FieldCode::Invalid,
        detail,
    )
}

impl<T> Page<T> {
    /// The same page with its entries in another form.
    #[must_use]
    pub fn map<U>(self, form: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(form).collect(), page: self.page }
    }

    /// The same page with its entries in another form, without those that have none.
    #[must_use]
    pub fn filter_map<U>(self, form: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page { data: self.data.into_iter().filter_map(form).collect(), page: self.page }
    }

    /// Puts `Link` on a reply with this page.
    #[must_use]
    pub fn linked(self, request: &HttpRequest, reply: impl FnOnce(Self) -> Reply<Self>) -> Reply<Self>
    where
        T: Serialize,
    {
        match link_header(request.path(), request.query_string(), &self.page) {
            Some(link) => reply(self).header(LINK, link),
            None => reply(self),
        }
    }
}

impl PageInfo {
    /// Puts `Link` on a reply with a page that has more to say than its entries.
    #[must_use]
    pub fn linked<T: Serialize>(&self, request: &HttpRequest, reply: Reply<T>) -> Reply<T> {
        match link_header(request.path(), request.query_string(), self) {
            Some(link) => reply.header(LINK, link),
            None => reply,
        }
    }
}

/// The value of `Link` for a page: the address of this request with the cursor of the next and of the previous page.
/// `None` when there is neither.
#[must_use]
pub fn link_header(path: &str, query: &str, page: &PageInfo) -> Option<String> {
    let links: Vec<String> = [("next", "after", &page.next), ("prev", "before", &page.previous)]
        .into_iter()
        .filter_map(|(rel, parameter, cursor)| {
            let target = target(path, query, parameter, cursor.as_deref()?);
            Some(format!("<{target}>; rel=\"{rel}\""))
        })
        .collect();
    (!links.is_empty()).then(|| links.join(", "))
}

/// The address with one cursor and all other parameters as they were.
fn target(path: &str, query: &str, parameter: &str, cursor: &str) -> String {
    let kept =
        form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "after" && name != "before");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair(parameter, cursor)
        .finish();
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(paging: &Paging, rows: Vec<u32>) -> (Vec<u32>, Option<String>, Option<String>) {
        let page = paging.page(rows, |row| Ok(row.to_string())).unwrap();
        (page.data, page.page.next, page.page.previous)
    }

    #[test]
    fn the_extra_row_tells_whether_there_is_more() {
        let text = |n: u32| Some(n.to_string());
        let first = Paging::new(Some(2), None, None).unwrap();
        assert_eq!(page(&first, vec![1, 2, 3]), (vec![1, 2], text(2), None));
        assert_eq!(page(&first, vec![1, 2]), (vec![1, 2], None, None));
        assert_eq!(page(&first, vec![]), (vec![], None, None));
        let next = Paging::new(Some(2), text(2), None).unwrap();
        assert_eq!(page(&next, vec![3]), (vec![3], None, text(3)));
        let back = Paging::new(Some(2), None, text(5)).unwrap();
        assert_eq!(page(&back, vec![2, 3, 4]), (vec![3, 4], text(4), text(3)));
        assert_eq!(page(&back, vec![3, 4]), (vec![3, 4], text(4), None));
    }

    #[test]
    fn a_page_has_one_edge_and_a_sane_length() {
        for (limit, after, before) in
            [(Some(0), None, None), (Some(101), None, None), (None, Some("a"), Some("b"))]
        {
            let problem = Paging::new(limit, after.map(Into::into), before.map(Into::into)).unwrap_err();
            assert_eq!(problem.code(), Code::InvalidParameter);
        }
    }

    fn info(next: Option<&str>, previous: Option<&str>) -> PageInfo {
        PageInfo { limit: 20, next: next.map(Into::into), previous: previous.map(Into::into), total: None }
    }

    #[test]
    fn links_keep_the_other_parameters() {
        assert_eq!(
            link_header("/v1/pages", "filter[tag]=a b&after=old&limit=5", &info(Some("N"), Some("P")))
                .unwrap(),
            "</v1/pages?filter%5Btag%5D=a+b&limit=5&after=N>; rel=\"next\", \
             </v1/pages?filter%5Btag%5D=a+b&limit=5&before=P>; rel=\"prev\""
        );
    }

    #[test]
    fn no_other_page_no_header() {
        assert_eq!(link_header("/v1/pages", "", &info(None, None)), None);
    }

    #[test]
    fn a_query_cannot_break_out_of_the_header() {
        let link = link_header("/v1/pages", "q=%3E%3B%0D%0Ax%22", &info(Some("N"), None)).unwrap();
        assert_eq!(link, "</v1/pages?q=%3E%3B%0D%0Ax%22&after=N>; rel=\"next\"");
    }

    #[test]
    fn the_envelope_has_null_for_no_page_and_total_only_when_counted() {
        let page = Page { data: vec![1], page: info(None, None) };
        assert_eq!(
            serde_json::to_string(&page).unwrap(),
            r#"{"data":[1],"page":{"limit":20,"next":null,"previous":null}}"#
        );
    }
}
