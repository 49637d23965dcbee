//! A page on the wire.

use crate::db::page::Page;
use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageBody<T: ToSchema> {
    /// The rows, in the order of the list.
    pub items: Vec<T>,
    /// Give this as `cursor` to get the next page; null on the last.
    pub next_cursor: Option<String>,
}

impl<T: ToSchema> From<Page<T>> for PageBody<T> {
    fn from(page: Page<T>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor }
    }
}
