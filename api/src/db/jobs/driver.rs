//! The library's way to the database: over the connections of the product, so that there is one kind of them.

use crate::db::loggable::describe;
use crate::db::{Db, is_away, pool::Connection};
use crate::error::Error;
use diesel::deserialize::{FromSql, QueryableByName};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Json, Nullable, SmallInt, Text, Timestamptz};
use graphile_worker::{
    BoxFuture, Database, DatabaseDriver, DbCell, DbError, DbExecutor, DbParams, DbRow, DbTransaction, DbValue, Notification,
    NotificationStream, TransactionDriver,
};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

/// Time that a failed statement takes at least: the library asks again the moment that it is told of a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Gives the library the connections of `db`; it looks for jobs whenever `inserted` is notified.
pub fn database(db: &Db, inserted: &Arc<Notify>) -> Database {
    Database::new(Driver { db: db.clone(), inserted: inserted.clone() })
}

struct Driver {
    db: Db,
    inserted: Arc<Notify>,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Driver")
    }
}

impl Driver {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, DbError> {
        let db = self.db.clone();
        patient(tokio::task::spawn_blocking(move || db.run(|conn| Ok(work(conn)?))).await.map_err(Error::internal).flatten())
            .await
    }
}

impl DbExecutor for Driver {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        let sql = sql.to_owned();
        Box::pin(self.run(move |conn| execute(conn, &sql, &params)))
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        let sql = sql.to_owned();
        Box::pin(self.run(move |conn| fetch_all(conn, &sql, &params)))
    }
}

impl DatabaseDriver for Driver {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn begin<'a>(&'a self) -> BoxFuture<'a, Result<DbTransaction, DbError>> {
        Box::pin(async {
            let db = self.db.clone();
            let begun = tokio::task::spawn_blocking(move || {
                let mut conn = db.connection()?;
                begin(&mut conn)?;
                Ok(conn)
            });
            let conn = patient(begun.await.map_err(Error::internal).flatten()).await?;
            Ok(DbTransaction::new(Box::new(Transaction(Arc::new(Mutex::new(conn))))))
        })
    }

    fn listen<'a>(&'a self, channel: &'a str) -> BoxFuture<'a, Result<Option<NotificationStream>, DbError>> {
        let (channel, inserted) = (channel.to_owned(), self.inserted.clone());
        let stream: NotificationStream =
            Box::pin(futures_util::stream::unfold((channel, inserted), |(channel, inserted)| async move {
                inserted.notified().await;
                let notification = Notification { channel: channel.clone(), payload: String::new() };
                Some((Ok(notification), (channel, inserted)))
            }));
        Box::pin(async { Ok(Some(stream)) })
    }
}

/// A transaction of the library. Dropped without a commit, its connection is thrown away and with it what it did.
struct Transaction(Arc<Mutex<Connection>>);

impl Transaction {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, DbError> {
        let mut conn = self.0.clone().lock_owned().await;
        let done = tokio::task::spawn_blocking(move || Ok(work(&mut conn)?));
        patient(done.await.map_err(Error::internal).flatten()).await
    }
}

impl DbExecutor for Transaction {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        let sql = sql.to_owned();
        Box::pin(self.run(move |conn| execute(conn, &sql, &params)))
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        let sql = sql.to_owned();
        Box::pin(self.run(move |conn| fetch_all(conn, &sql, &params)))
    }
}

impl TransactionDriver for Transaction {
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), DbError>> {
        Box::pin(async move { self.run(commit).await })
    }
}

fn begin(conn: &mut PgConnection) -> QueryResult<()> {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};
    AnsiTransactionManager::begin_transaction(conn)
}

fn commit(conn: &mut PgConnection) -> QueryResult<()> {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};
    AnsiTransactionManager::commit_transaction(conn)
}

/// Says what the library may know of a failure, after a pause.
async fn patient<T>(result: Result<T, Error>) -> Result<T, DbError> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => {
            if !is_away(&error) {
                tracing::warn!(error = describe(&error), "background jobs could not be looked after");
            }
            tokio::time::sleep(PAUSE).await;
            Err(DbError::new(error.to_string()))
        }
    }
}

fn execute(conn: &mut PgConnection, sql: &str, params: &DbParams) -> QueryResult<u64> {
    query(sql, params).execute(conn).map(|rows| u64::try_from(rows).unwrap_or(u64::MAX))
}

fn fetch_all(conn: &mut PgConnection, sql: &str, params: &DbParams) -> QueryResult<Vec<DbRow>> {
    Ok(query(sql, params).load::<Cells>(conn)?.into_iter().map(|Cells(row)| row).collect())
}

fn query(sql: &str, params: &DbParams) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
    params.values().iter().fold(diesel::sql_query(sql).into_boxed(), |query, value| match value.clone() {
        DbValue::Bool(value) => query.bind::<Bool, _>(value),
        DbValue::BoolOpt(value) => query.bind::<Nullable<Bool>, _>(value),
        DbValue::I16(value) => query.bind::<SmallInt, _>(value),
        DbValue::I16Opt(value) => query.bind::<Nullable<SmallInt>, _>(value),
        DbValue::I32(value) => query.bind::<Integer, _>(value),
        DbValue::I32Opt(value) => query.bind::<Nullable<Integer>, _>(value),
        DbValue::I64(value) => query.bind::<BigInt, _>(value),
        DbValue::I64Opt(value) => query.bind::<Nullable<BigInt>, _>(value),
        DbValue::Json(value) => query.bind::<Json, _>(value),
        DbValue::JsonOpt(value) => query.bind::<Nullable<Json>, _>(value),
        DbValue::Text(value) => query.bind::<Text, _>(value),
        DbValue::TextOpt(value) => query.bind::<Nullable<Text>, _>(value),
        DbValue::TextArray(value) => query.bind::<Array<Text>, _>(value),
        DbValue::TextArrayOpt(value) => query.bind::<Nullable<Array<Text>>, _>(value),
        DbValue::I32Array(value) => query.bind::<Array<Integer>, _>(value),
        DbValue::I64Array(value) => query.bind::<Array<BigInt>, _>(value),
        DbValue::TimestampTz(value) => query.bind::<Timestamptz, _>(value),
        DbValue::TimestampTzOpt(value) => query.bind::<Nullable<Timestamptz>, _>(value),
    })
}

/// A row in the library's form, whatever its columns.
struct Cells(DbRow);

impl QueryableByName<Pg> for Cells {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> diesel::deserialize::Result<Self> {
        let cell = |at: usize| {
            let field = Row::get(row, at).ok_or("a column is missing")?;
            let name = field.field_name().ok_or("a column has no name")?.to_owned();
            Ok((name, field.value().map_or(Ok(DbCell::Null), cell)?))
        };
        Ok(Self(DbRow::new((0..row.field_count()).map(cell).collect::<diesel::deserialize::Result<_>>()?)))
    }
}

/// A value by the number of its type in the catalog of PostgreSQL, which is fixed for these.
fn cell(value: PgValue<'_>) -> diesel::deserialize::Result<DbCell> {
    Ok(match value.get_oid().get() {
        16 => DbCell::Bool(FromSql::<Bool, Pg>::from_sql(value)?),
        21 => DbCell::I16(FromSql::<SmallInt, Pg>::from_sql(value)?),
        23 => DbCell::I32(FromSql::<Integer, Pg>::from_sql(value)?),
        20 => DbCell::I64(FromSql::<BigInt, Pg>::from_sql(value)?),
        19 | 25 | 1042 | 1043 => DbCell::Text(FromSql::<Text, Pg>::from_sql(value)?),
        114 => DbCell::Json(FromSql::<Json, Pg>::from_sql(value)?),
        3802 => DbCell::Json(FromSql::<diesel::sql_types::Jsonb, Pg>::from_sql(value)?),
        1184 => DbCell::TimestampTz(FromSql::<Timestamptz, Pg>::from_sql(value)?),
        oid => return Err(format!("a column has a type that is not expected here, number {oid}").into()),
    })
}
