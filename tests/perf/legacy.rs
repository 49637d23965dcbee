//! Tables of findings as old versions wrote them.

use crate::cluster::{Cluster, Database};

/// The name of the database that copies are made of.
pub const SEEDED: &str = "seeded";

/// A database with so many legacy findings in so many tenants, one in ten a duplicate; vacuumed and analysed.
pub fn seed(cluster: &Cluster, findings: usize, tenants: usize) -> Database {
    let database = cluster.create(SEEDED);
    let each = findings / tenants;
    assert_eq!(each * tenants, findings, "as many findings for every tenant are expected");
    database.execute(&include_str!("legacy.sql").replace(":tenants", &tenants.to_string()).replace(":each", &each.to_string()));
    database.execute("VACUUM (ANALYZE)");
    database
}

/// Over every finding with all its columns but `updated_at`, which alone comes from the clock.
pub fn digest(database: &Database) -> String {
    let columns = database.word(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name = 'findings' AND column_name <> 'updated_at'",
    );
    database.word(&format!(
        "SELECT count(*) || ':' || coalesce(sum(hashtextextended(ROW({columns})::text, 0)::numeric), 0) FROM findings"
    ))
}
