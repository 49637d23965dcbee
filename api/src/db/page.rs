//! Keyset pages: `limit`, an opaque cursor that holds the last id, and the next cursor.

use crate::error::{Code, Error, Result};

/// Rows a page has when nothing is asked for.
pub const DEFAULT_LIMIT: i64 = 50;
/// Most rows of a page.
pub const MAX_LIMIT: i64 = 200;

/// Where a page begins and how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows wanted, 1 to [`MAX_LIMIT`].
    pub limit: i64,
    /// Id at which the page before ended, if there is one.
    pub after: Option<i64>,
}

impl PageRequest {
    /// Checks `limit` and decodes `cursor`. Errors: 422 on a limit out of range, 400 on a cursor that is not ours.
    pub fn parse(limit: Option<i64>, cursor: Option<&str>) -> Result<Self> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Error::invalid_field("?limit", "range", format!("limit must be between 1 and {MAX_LIMIT}")));
        }
        Ok(Self { limit, after: cursor.map(decode).transpose()? })
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Cursor of the next page, if there is one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Builds a page from `limit + 1` fetched rows: the one too many tells that there is more.
    pub fn of(mut rows: Vec<T>, request: PageRequest, id: impl Fn(&T) -> i64) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|row| encode(id(row)));
        Self { items: rows, next_cursor }
    }

    /// Builds a page from up to `limit + 1` fetched rows, of which further ones may have been left out; each says whether another
    /// one follows.
    pub fn of_followed(mut rows: Vec<T>, request: PageRequest, id: impl Fn(&T) -> i64, is_followed: impl Fn(&T) -> bool) -> Self {
        rows.truncate(usize::try_from(request.limit).unwrap_or(0));
        let next_cursor = rows.last().filter(|row| is_followed(row)).map(|row| encode(id(row)));
        Self { items: rows, next_cursor }
    }

    /// Leads on from this id where there is one and the page does not lead on from its last row.
    pub fn or_on_from(self, id: Option<i64>) -> Self {
        Self { items: self.items, next_cursor: self.next_cursor.or_else(|| id.map(encode)) }
    }

    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

fn encode(id: i64) -> String {
    format!("c{}", hex::encode(id.to_be_bytes()))
}

fn decode(cursor: &str) -> Result<i64> {
    let malformed = || Error::new(Code::MalformedCursor, "The cursor is not one that this list gave.");
    let digits = cursor.strip_prefix('c').ok_or_else(malformed)?;
    let bytes: [u8; 8] = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(malformed)?;
    Some(i64::from_be_bytes(bytes)).filter(|id| *id > 0).ok_or_else(malformed)
}
