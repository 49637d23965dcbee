//! `tenantatlas openapi`

use support::cli::run;

#[test]
fn the_document_is_printed_without_any_database() {
    let ended = run("postgres://nobody@localhost:1/nothing", &["openapi"], "").assert_code(0);

    assert_eq!(ended.json(), serde_json::to_value(tenantatlas::server::document()).unwrap());
}
