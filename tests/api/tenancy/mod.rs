//! Workspaces and tenants.

mod floor;
mod get_my_tenant;
mod list_my_tenants;
mod list_tenants;
mod list_workspaces;

use serde_json::Value;
use support::Response;

/// The ids of all pages of a list, fetched one item at a time.
async fn all_ids<F>(mut fetch: impl FnMut(String) -> F) -> Vec<i64>
where
    F: Future<Output = Response>,
{
    let (mut ids, mut query) = (Vec::new(), "limit=1".to_owned());
    loop {
        let page = fetch(query).await.assert_status(200);
        assert!(page.items().len() <= 1);
        ids.extend(page.ids());
        let Value::String(cursor) = &page.body["next_cursor"] else { return ids };
        query = format!("limit=1&cursor={cursor}");
    }
}
