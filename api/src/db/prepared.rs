//! Statements in SQL that a connection plans once.
//!
//! The driver keeps no statement prepared that is given as text: each call parses and plans it anew, which takes longer than
//! most short statements run. The text of such a statement must be one of few, and good for any values: after some calls the
//! server plans it for values unknown.

use diesel::deserialize::{self, QueryableByName};
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::LoadQuery;
use diesel::row::NamedRow;
use diesel::{QueryResult, RunQueryDsl};

/// A statement with its values, to be kept prepared by the connection it runs on.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<Q>(Q);

/// Keeps the statement prepared.
pub fn prepared<Q>(query: Q) -> Prepared<Q> {
    Prepared(query)
}

/// A row nobody reads.
struct Unread;

impl QueryableByName<Pg> for Unread {
    fn build<'a>(_: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        Ok(Self)
    }
}

impl<Q> Prepared<Q> {
    /// Runs a statement whose answer nobody reads. The driver's own `execute` asks a reference whether the statement may be kept,
    /// and the reference does not pass the question on.
    #[allow(private_bounds, reason = "what a row is read as is nobody's concern")]
    pub fn run<'q>(self, conn: &mut PgConnection) -> QueryResult<()>
    where
        Self: LoadQuery<'q, PgConnection, Unread>,
    {
        self.load::<Unread>(conn).map(|_| ())
    }
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();

    /// The text is the key.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> RunQueryDsl<Conn> for Prepared<Q> {}
