//! The walls inside a database, read from its catalogue: row-level security on every tenant's
//! table, and tables that nobody may change.

use std::collections::BTreeSet;

use sqlx::migrate::Migrator;

use crate::Database;

/// Tables that belong to no tenant: the program's own, without anybody's data.
const NOBODYS: &[&str] = &[
    "_sqlx_migrations",
    "business_clock",
    "consumer_cursor",
    "parked",
];

/// What a migration says to make a table append-only.
const APPEND_ONLY: &str = "append_only('";

/// Compares the database's walls with what its migrations built; answers what is missing or open,
/// and how many tables were looked at.
pub async fn walls(
    db: &Database,
    migrations: &[&Migrator],
) -> Result<(Vec<String>, i64), sqlx::Error> {
    let mut findings = Vec::new();
    let tables = sqlx::query!(
        r#"SELECT c.relname::text AS "name!",
                  EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                          AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS "is_tenants!",
                  c.relrowsecurity AND c.relforcerowsecurity AS "is_forced!",
                  (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled = 'O'
                          AND t.tgname IN ('append_only', 'no_truncate')) AS "guards!"
           FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           ORDER BY c.relname"#
    )
    .fetch_all(db.worker())
    .await?;
    let guarded = append_only(migrations);
    for table in &tables {
        let name = &table.name;
        if table.is_tenants && !table.is_forced {
            findings.push(format!("table {name}: row-level security is not forced"));
        }
        if !table.is_tenants && !NOBODYS.contains(&name.as_str()) {
            findings.push(format!("table {name} belongs to no tenant"));
        }
        if guarded.contains(name) && table.guards != 2 {
            findings.push(format!("table {name}: nothing refuses changes"));
        }
    }
    for name in guarded {
        if tables.iter().all(|table| table.name != name) {
            findings.push(format!("table {name} is gone"));
        }
    }
    policies(db, &mut findings).await?;
    let looked_at = tables.len().try_into().unwrap_or(i64::MAX);
    Ok((findings, looked_at))
}

/// A tenant's table lets the application at its tenant's rows; only the workers and the owner of
/// the tables pass all tenants' rows.
async fn policies(db: &Database, findings: &mut Vec<String>) -> Result<(), sqlx::Error> {
    let roles = crate::Roles::of(db.service);
    let open = sqlx::query_scalar!(
        r#"SELECT format('table %s: policy %s is not as it was made', tablename, policyname)
               AS "finding!"
           FROM pg_policies WHERE schemaname = 'public' AND NOT CASE policyname
               WHEN 'tenant' THEN roles = ARRAY[$1::name] AND qual = '(tenant_id = app_tenant())'
                   AND with_check = '(tenant_id = app_tenant())'
               WHEN 'worker' THEN roles = ARRAY[$2::name]
               WHEN 'migrator' THEN roles = ARRAY[$3::name]
               ELSE false END
           UNION ALL
           SELECT format('table %s: the application sees no rows of its tenant', c.relname)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
             AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'public'
                             AND p.tablename = c.relname AND p.policyname = 'tenant')"#,
        roles.app as _,
        roles.worker as _,
        roles.owner as _,
    )
    .fetch_all(db.worker())
    .await?;
    findings.extend(open);
    Ok(())
}

fn append_only(migrations: &[&Migrator]) -> BTreeSet<String> {
    let texts = migrations.iter().flat_map(|list| list.iter());
    let named = texts.flat_map(|migration| migration.sql.as_str().split(APPEND_ONLY).skip(1));
    let names = named.filter_map(|rest| rest.split('\'').next());
    names.map(str::to_owned).collect()
}
