//! Accounting's own invariants, looked at as a whole, for all tenants (domain.md §7, security.md).

use contracts::journal::Check;
use pg::Database;
use settlement::RunKind;
use sqlx::PgPool;

use super::old_holds::old_holds;
use super::{ledger_record, recorded};
use crate::application::canonical::hash;
use crate::domain::run_of;

/// Everything that must always be true of the books.
pub async fn verify(db: Database) -> Result<Vec<Check>, sqlx::Error> {
    let pool = db.worker();
    let mut checks = vec![trial_balance(pool).await?];
    checks.extend(accounts(pool).await?);
    checks.extend(escrows(pool).await?);
    checks.push(captures(pool).await?);
    checks.push(disbursements(pool).await?);
    checks.push(payouts(pool).await?);
    checks.push(snapshots(pool).await?);
    checks.extend(runs(pool).await?);
    checks.push(recorded::postings(pool).await?);
    checks.push(recorded::documents(pool).await?);
    checks.push(recorded::payouts(pool).await?);
    checks.push(ledger_record::transfers(pool).await?);
    checks.push(ledger_record::replay(pool).await?);
    checks.push(old_holds(pool).await?);
    Ok(checks)
}

pub(super) fn check(name: &str, examined: usize, findings: Vec<String>) -> Check {
    Check {
        name: name.to_owned(),
        findings,
        examined: i64::try_from(examined).unwrap_or(i64::MAX),
    }
}

async fn trial_balance(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT tenant_id, currency, sum(debits_posted)::text AS "debits!",
                  sum(credits_posted)::text AS "credits!",
                  sum(debits_pending) = sum(credits_pending) AS "holds_balance!"
           FROM accounts GROUP BY tenant_id, currency"#
    )
    .fetch_all(pool)
    .await?;
    let examined = rows.len();
    let unbalanced = rows
        .into_iter()
        .filter(|row| row.debits != row.credits || !row.holds_balance);
    let findings = unbalanced.map(|row| {
        format!(
            "tenant {}, {}: debits are {}, credits {}",
            row.tenant_id, row.currency, row.debits, row.credits
        )
    });
    let name = "debits are credits, per tenant and currency";
    Ok(check(name, examined, findings.collect()))
}

/// Each account against the transfers that made it, and against zero.
async fn accounts(pool: &PgPool) -> Result<[Check; 3], sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH sides AS (
               SELECT t.tenant_id, s.account, s.debit, t.amount,
                      t.kind IN ('POSTED', 'POST_PENDING') AS posted,
                      t.kind = 'PENDING' AND NOT EXISTS (SELECT FROM transfers e
                          WHERE e.tenant_id = t.tenant_id AND e.pending_id = t.transfer_id)
                          AS open
               FROM transfers t
               CROSS JOIN LATERAL (VALUES (t.debit_account, true), (t.credit_account, false))
                   AS s (account, debit)),
           sums AS (
               SELECT tenant_id, account,
                      coalesce(sum(amount) FILTER (WHERE posted AND debit), 0) AS debits,
                      coalesce(sum(amount) FILTER (WHERE posted AND NOT debit), 0) AS credits,
                      coalesce(sum(amount) FILTER (WHERE open AND debit), 0) AS debits_held,
                      coalesce(sum(amount) FILTER (WHERE open AND NOT debit), 0) AS credits_held
               FROM sides GROUP BY tenant_id, account)
           SELECT a.account_id, a.kind,
                  (a.debits_posted, a.credits_posted)
                      = (coalesce(s.debits, 0), coalesce(s.credits, 0)) AS "balance_holds!",
                  (a.debits_pending, a.credits_pending)
                      = (coalesce(s.debits_held, 0), coalesce(s.credits_held, 0))
                      AS "pending_holds!",
                  CASE a.kind WHEN 'CUSTODY_BANK'
                      THEN a.debits_posted - a.credits_posted - a.credits_pending
                      ELSE a.credits_posted - a.debits_posted - a.debits_pending END
                      AS "available!"
           FROM accounts a LEFT JOIN sums s
             ON s.tenant_id = a.tenant_id AND s.account = a.account_id"#
    )
    .fetch_all(pool)
    .await?;
    let [mut balances, mut pending, mut below] = [const { Vec::new() }; 3];
    for row in &rows {
        let account = format!("account {} ({})", row.account_id, row.kind);
        if !row.balance_holds {
            balances.push(format!("{account} is not the sum of its postings"));
        }
        if !row.pending_holds {
            pending.push(format!("{account} holds what no open hold explains"));
        }
        if row.available < 0 {
            below.push(format!("{account} has {} available", row.available));
        }
    }
    let examined = rows.len();
    Ok([
        check(
            "every balance is the sum of its postings",
            examined,
            balances,
        ),
        check(
            "what is pending is the sum of the open holds",
            examined,
            pending,
        ),
        check("no account is below zero, holds counted", examined, below),
    ])
}

/// Both identities of domain.md §5, and what runs paid.
async fn escrows(pool: &PgPool) -> Result<[Check; 3], sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT b.project_id,
                  captured + advances + recovered - costs - unspent_paid - advances_returned
                      AS "capital!",
                  proceeds + unspent_paid - paid_gross - advances_repaid - owner_split_paid
                      AS "proceeds!",
                  paid_gross AS "paid!",
                  coalesce(c.balance, 0) AS "capital_there!",
                  coalesce(p.balance, 0) AS "proceeds_there!",
                  coalesce(i.paid, 0)::bigint AS "paid_there!"
           FROM project_books b
           LEFT JOIN LATERAL (SELECT a.credits_posted - a.debits_posted AS balance FROM accounts a
               WHERE a.tenant_id = b.tenant_id AND a.owner_id = b.project_id
                 AND a.currency = b.currency AND a.kind = 'ESCROW_CAPITAL') c ON true
           LEFT JOIN LATERAL (SELECT a.credits_posted - a.debits_posted AS balance FROM accounts a
               WHERE a.tenant_id = b.tenant_id AND a.owner_id = b.project_id
                 AND a.currency = b.currency AND a.kind = 'ESCROW_PROCEEDS') p ON true
           LEFT JOIN LATERAL (SELECT sum(n.paid_gross) AS paid FROM participants n
               WHERE n.tenant_id = b.tenant_id AND n.project_id = b.project_id) i ON true"#
    )
    .fetch_all(pool)
    .await?;
    let [mut capital, mut proceeds, mut paid] = [const { Vec::new() }; 3];
    for row in &rows {
        let compared = [
            (&mut capital, row.capital, row.capital_there),
            (&mut proceeds, row.proceeds, row.proceeds_there),
            (&mut paid, row.paid, row.paid_there),
        ];
        for (findings, figures, there) in compared {
            if figures != there {
                let project = row.project_id;
                findings.push(format!(
                    "project {project}: its figures give {figures}, there is {there}"
                ));
            }
        }
    }
    let examined = rows.len();
    Ok([
        check(
            "escrow:capital is what its figures add up to",
            examined,
            capital,
        ),
        check(
            "escrow:proceeds is what its figures add up to",
            examined,
            proceeds,
        ),
        check(
            "what runs paid is what the participations received",
            examined,
            paid,
        ),
    ])
}

/// Every sealed participation was captured, once and in full.
async fn captures(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT p.participation_id, e.amount IS NOT DISTINCT FROM p.amount AS "captured!"
           FROM participants p LEFT JOIN transfers e
             ON e.tenant_id = p.tenant_id AND e.pending_id = p.participation_id
            AND e.kind = 'POST_PENDING'"#
    )
    .fetch_all(pool)
    .await?;
    let missing = rows.iter().filter(|row| !row.captured);
    let findings = missing.map(|row| {
        let id = row.participation_id;
        format!("participation {id} has no posted transfer of its amount")
    });
    let name = "every sealed participation has its posted transfer";
    Ok(check(name, rows.len(), findings.collect()))
}

async fn disbursements(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT d.disbursement_id, d.state,
                  (d.state = 'PAID') = (t.transfer_id IS NOT NULL) AS "agrees!"
           FROM disbursements d LEFT JOIN transfers t
             ON t.tenant_id = d.tenant_id AND t.transfer_id = d.disbursement_id
            AND t.kind = 'POSTED' AND t.purpose = 'DISBURSEMENT' AND t.amount = d.amount
            AND t.project_id = d.project_id"#
    )
    .fetch_all(pool)
    .await?;
    let wrong = rows.iter().filter(|row| !row.agrees);
    let findings = wrong.map(|row| {
        let (id, state) = (row.disbursement_id, &row.state);
        format!("disbursement {id} is {state}, and its transfer says otherwise")
    });
    let name = "every paid disbursement has its transfer, and no other one has";
    Ok(check(name, rows.len(), findings.collect()))
}

async fn payouts(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT p.payout_id AS "payout_id!", p.state AS "state!",
                  coalesce(t.amount = p.amount AND CASE p.state
                      WHEN 'REQUESTED' THEN e.kind IS NULL WHEN 'AGREED' THEN e.kind IS NULL
                      WHEN 'PAID' THEN e.kind = 'POST_PENDING' AND e.amount = p.amount
                      ELSE e.kind = 'VOID_PENDING' END, false) AS "agrees!"
           FROM payouts p
           LEFT JOIN transfers t ON t.tenant_id = p.tenant_id AND t.transfer_id = p.payout_id
            AND t.kind = 'PENDING' AND t.purpose = 'PAYOUT'
           LEFT JOIN transfers e ON e.tenant_id = p.tenant_id AND e.pending_id = p.payout_id"#
    )
    .fetch_all(pool)
    .await?;
    let wrong = rows.iter().filter(|row| !row.agrees);
    let findings = wrong.map(|row| {
        let (id, state) = (row.payout_id, &row.state);
        format!("payout {id} is {state}, and its hold says otherwise")
    });
    let name = "every payout is what its hold says";
    Ok(check(name, rows.len(), findings.collect()))
}

async fn snapshots(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!("SELECT project_id, version, canonical, hash FROM snapshots")
        .fetch_all(pool)
        .await?;
    let changed = rows.iter().filter(|row| hash(&row.canonical) != row.hash);
    let findings = changed.map(|row| {
        format!(
            "snapshot {} of project {} does not match its hash",
            row.version, row.project_id
        )
    });
    let name = "every snapshot matches its hash";
    Ok(check(name, rows.len(), findings.collect()))
}

/// The documents' hashes, and, of posted runs, the document against the ledger: what was taken out
/// of escrow and what was held back is what was there before.
async fn runs(pool: &PgPool) -> Result<[Check; 2], sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT r.run_id, r.state, r.document, r.hash, count(t.transfer_id) AS "transfers!",
                  coalesce(sum(t.amount), 0)::bigint AS "distributed!"
           FROM runs r
           LEFT JOIN run_transfers l USING (tenant_id, run_id)
           LEFT JOIN transfers t USING (tenant_id, transfer_id)
           GROUP BY r.tenant_id, r.run_id"#
    )
    .fetch_all(pool)
    .await?;
    let [mut changed, mut unequal] = [const { Vec::new() }; 2];
    let mut posted = 0;
    for row in &rows {
        let id = row.run_id;
        if hash(&row.document) != row.hash {
            changed.push(format!("the document of run {id} does not match its hash"));
        }
        if row.state != "POSTED" {
            continue;
        }
        posted += 1;
        let Ok(run) = run_of(&row.document) else {
            unequal.push(format!("the document of run {id} cannot be read"));
            continue;
        };
        let totals = &run.totals;
        let (before, after) = (totals.escrow_before_minor, totals.escrow_after_minor);
        let all_there = i64::try_from(run.entries().len()).is_ok_and(|all| all == row.transfers);
        let held_back = run.kind == RunKind::Interim || totals.held_back_minor == after;
        if !all_there || !held_back || row.distributed + after != before {
            unequal.push(format!(
                "run {id} found {before} in escrow, moved {} and left {after}",
                row.distributed
            ));
        }
    }
    Ok([
        check("every run's document matches its hash", rows.len(), changed),
        check(
            "distributed and held back are what was in escrow before",
            posted,
            unequal,
        ),
    ])
}
