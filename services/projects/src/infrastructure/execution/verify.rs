//! Every counter of a product is the sum of what is recorded beside it.

use contracts::journal::Check;
use pg::Database;

pub async fn verify(db: &Database) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT p.project_id, p.sku, p.allotted, p.handed_over, p.sold, p.written_off,
                  p.bought_back, a.allotted AS "a_allotted!", a.handed_over AS "a_handed_over!",
                  s.sold AS "s_sold!", c.written_off AS "c_written_off!",
                  c.bought_back AS "c_bought_back!"
           FROM products p
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(units) FILTER (WHERE lapsed_at IS NULL), 0)::bigint
                          AS allotted,
                      coalesce(sum(units) FILTER (WHERE handed_over_at IS NOT NULL), 0)::bigint
                          AS handed_over
               FROM allotments WHERE tenant_id = p.tenant_id AND project_id = p.project_id
                 AND sku = p.sku) a
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(units), 0)::bigint AS sold
               FROM sale_lines WHERE tenant_id = p.tenant_id AND project_id = p.project_id
                 AND sku = p.sku) s
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(units) FILTER (WHERE kind = 'WRITE_OFF'), 0)::bigint
                          AS written_off,
                      coalesce(sum(units) FILTER (WHERE kind = 'BUY_BACK'), 0)::bigint
                          AS bought_back
               FROM stock_closures WHERE tenant_id = p.tenant_id AND project_id = p.project_id
                 AND sku = p.sku AND agreed_by IS NOT NULL) c
           WHERE p.received IS NOT NULL"#
    )
    .fetch_all(db.worker())
    .await?;
    let examined = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let findings = rows
        .into_iter()
        .filter_map(|row| {
            let counters = [
                ("allotted", row.allotted, row.a_allotted),
                ("handed over", row.handed_over, row.a_handed_over),
                ("sold", row.sold, row.s_sold),
                ("written off", row.written_off, row.c_written_off),
                ("bought back", row.bought_back, row.c_bought_back),
            ];
            let wrong = counters.iter().find(|(_, stated, sum)| stated != sum)?;
            let (what, stated, sum) = wrong;
            Some(format!(
                "project {}: {stated} units of {} are {what}, but its records say {sum}",
                row.project_id, row.sku
            ))
        })
        .collect();
    Ok(Check {
        name: "every unit of goods is where its records say".to_owned(),
        findings,
        examined,
    })
}
