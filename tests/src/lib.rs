//! Support for tests: the real server over a real PostgreSQL, one database a test.
//!
//! ```ignore
//! #[tokio::test]
//! async fn an_operator_sees_the_tenants() {
//!     let app = TestApp::start().await;
//!     let tenant = app.tenant("Contoso");
//!     let operator = app.operator_with(&[]).await;
//!     let page = operator.list_tenants("").await.assert_status(200).body;
//!     assert_eq!(page["items"][0]["id"], tenant.id);
//! }
//! ```
//!
//! * [`postgres`]: which server is used, the template, one database a test.
//! * [`TestApp`]: the product under test; [`app`] also has the clock, the worker step by step, and fixtures.
//! * [`Actor`]: somebody who calls the API, with one method an operation; [`Response`]: what they are told.
//! * [`contract`]: every answer is held against the API document.
//! * [`cli`]: the real binary.
//! * [`lifecycle`]: random legacy tables and a plain model of the rules; [`random`]: chance that can be had again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

pub mod actor;
pub mod app;
pub mod cli;
pub mod contract;
pub mod fixtures;
pub mod gate;
pub mod lifecycle;
pub mod mail_server;
pub mod postgres;
pub mod process;
pub mod random;
pub mod receiver;
pub mod response;
pub mod server;
pub mod snapshot;
pub mod source;
pub mod table;
pub mod usage;
pub mod worker;

pub use actor::Actor;
pub use app::TestApp;
pub use response::Response;
