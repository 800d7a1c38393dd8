//! What must be true of all projects after every step, by queries of their own: none of them asks
//! the services' code (docs/security.md, "Invariants to check").

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use futures::try_join;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::look::Look;

/// Each finds what must not be there; `what` is the rule.
const NEVER: &[(&str, &str, &str)] = &[
    (
        "participation",
        "reserved + approved is at most the goal, and both are the sums of their participations",
        "SELECT o.project_id, goal_minor, reserved_minor, approved_minor, stake_minor
         FROM offerings o LEFT JOIN LATERAL (SELECT
             coalesce(sum(amount_minor) FILTER (WHERE state = 'REQUESTED'), 0) AS asked,
             coalesce(sum(amount_minor) FILTER (WHERE state IN
                 ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')), 0) AS taken,
             coalesce(sum(amount_minor) FILTER (WHERE owner_stake AND state IN
                 ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')), 0) AS stake
             FROM participations p WHERE p.project_id = o.project_id) s ON true
         WHERE reserved_minor + approved_minor > goal_minor
            OR (reserved_minor, approved_minor, stake_minor) <> (s.asked, s.taken, s.stake)
            OR (status IN ('FULL', 'SEALED') AND s.taken <> goal_minor)",
    ),
    (
        "participation",
        "a sealed round has its first loss borne, and everybody's state fits the round's",
        "SELECT o.project_id, o.status, p.participation_id, p.state, p.funding
         FROM offerings o JOIN participations p USING (tenant_id, project_id)
         WHERE (o.status = 'SEALED' AND (o.stake_minor < o.first_loss_minor
                OR p.state = 'REQUESTED'))
            OR (o.status = 'OPEN' AND p.state IN ('ACTIVE', 'SETTLED', 'LIQUIDATED'))
            OR (p.state IN ('ACTIVE', 'SETTLED', 'LIQUIDATED') AND p.funding <> 'CAPTURED')
            OR (p.state = 'WAITLISTED' AND p.funding <> 'NONE')",
    ),
    (
        "participation",
        "what an investor has in projects is the sum of what counts",
        "SELECT * FROM (SELECT p.tenant_id, investor_id, o.currency, sum(amount_minor) AS minor
             FROM participations p JOIN offerings o USING (tenant_id, project_id)
             WHERE p.state IN ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')
             GROUP BY 1, 2, 3) c
         FULL JOIN investor_exposure e USING (tenant_id, investor_id, currency)
         WHERE coalesce(c.minor, 0) <> coalesce(e.committed_minor, 0)",
    ),
    (
        "accounting",
        "every account is the sum of its transfers, and none is below zero, holds counted",
        "SELECT a.kind, a.owner_id, a.currency, a.debits_posted, a.credits_posted,
             a.debits_pending, a.credits_pending, s.*
         FROM accounts a LEFT JOIN (
             SELECT tenant_id, account, sum(amount) FILTER (WHERE posted AND debit) AS d,
                 sum(amount) FILTER (WHERE posted AND NOT debit) AS c,
                 sum(amount) FILTER (WHERE open AND debit) AS dp,
                 sum(amount) FILTER (WHERE open AND NOT debit) AS cp
             FROM (SELECT t.tenant_id, side.account, side.debit, t.amount,
                     t.kind IN ('POSTED', 'POST_PENDING') AS posted,
                     t.kind = 'PENDING' AND e.transfer_id IS NULL AS open
                 FROM transfers t
                 LEFT JOIN transfers e
                     ON e.tenant_id = t.tenant_id AND e.pending_id = t.transfer_id
                 CROSS JOIN LATERAL (VALUES (t.debit_account, true), (t.credit_account, false))
                     side (account, debit)) sides
             GROUP BY tenant_id, account) s
             ON s.tenant_id = a.tenant_id AND s.account = a.account_id
         WHERE (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
             <> (coalesce(s.d, 0), coalesce(s.c, 0), coalesce(s.dp, 0), coalesce(s.cp, 0))
            OR CASE a.kind WHEN 'CUSTODY_BANK'
                 THEN a.debits_posted - a.credits_posted - a.credits_pending
                 ELSE a.credits_posted - a.debits_posted - a.debits_pending END < 0",
    ),
    (
        "accounting",
        "debits are credits, posted and pending, per tenant and currency",
        "SELECT tenant_id, currency FROM accounts GROUP BY 1, 2
         HAVING sum(debits_posted) <> sum(credits_posted)
             OR sum(debits_pending) <> sum(credits_pending)",
    ),
    (
        "accounting",
        "both escrow accounts are what the project's figures add up to",
        "SELECT b.project_id, a.kind, a.credits_posted - a.debits_posted AS there
         FROM project_books b
         JOIN accounts a ON a.tenant_id = b.tenant_id AND a.owner_id = b.project_id
         WHERE a.kind LIKE 'ESCROW%' AND a.credits_posted - a.debits_posted <> CASE a.kind
             WHEN 'ESCROW_CAPITAL' THEN captured + advances + recovered - costs - unspent_paid
                 - advances_returned
             ELSE b.proceeds + unspent_paid - paid_gross - advances_repaid - owner_split_paid END",
    ),
    (
        "accounting",
        "what is held for something else than a share is an open payout's",
        "SELECT h.transfer_id, h.purpose, h.amount FROM transfers h
         WHERE h.kind = 'PENDING' AND h.purpose <> 'HOLD'
             AND NOT EXISTS (SELECT FROM transfers e
                 WHERE e.tenant_id = h.tenant_id AND e.pending_id = h.transfer_id)
             AND NOT EXISTS (SELECT FROM payouts p WHERE p.tenant_id = h.tenant_id
                 AND p.payout_id = h.transfer_id AND p.state IN ('REQUESTED', 'AGREED'))",
    ),
    (
        "projects",
        "a state has what led to it",
        "SELECT project_id, state FROM projects
         WHERE (state IN ('APPROVED', 'IN_EXECUTION', 'COMPLETED', 'SETTLED')
                AND (seal_total_minor IS DISTINCT FROM goal_minor OR seal_hash IS NULL))
            OR (state IN ('IN_EXECUTION', 'COMPLETED', 'SETTLED') AND snapshot_version = 0)
            OR (state IN ('COMPLETED', 'SETTLED')
                AND (open_disbursements <> 0 OR NOT completion_declared))",
    ),
];

#[derive(Deserialize)]
struct Taken {
    participation_id: Uuid,
    project_id: Uuid,
    minor: i64,
    state: String,
    funding: String,
}

#[derive(Deserialize)]
struct Hold {
    transfer_id: Uuid,
    amount: i64,
    ended: Option<String>,
    refunded: bool,
}

#[derive(Deserialize)]
struct Stands {
    project_id: Uuid,
    state: String,
    liquidation: String,
}

#[derive(Deserialize)]
struct Round {
    project_id: Uuid,
    status: String,
}

#[derive(Deserialize)]
struct Bank {
    currency: String,
    balance: i64,
}

/// What is not as it must be, when all events have arrived.
pub async fn findings(look: &Look) -> anyhow::Result<Vec<String>> {
    let mut all = Vec::new();
    for (service, what, query) in NEVER {
        let rows: Vec<Value> = look.rows(service, query).await?;
        all.extend(
            rows.iter()
                .map(|row| format!("{service}: not so: {what}: {row}")),
        );
    }
    all.extend(holds(look).await?);
    all.extend(states(look).await?);
    Ok(all)
}

/// What a walk paid in and out for its project, in minor units.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Paid {
    /// Costs paid to suppliers, carriers and authorities.
    pub costs: i64,
    /// What came back of them, and indemnities.
    pub recovered: i64,
    /// Receipts for sales and buy-backs, with what was paid above them.
    pub receipts: i64,
}

#[derive(Deserialize)]
struct Account {
    #[serde(flatten)]
    paid: Paid,
    captured: i64,
    fee: i64,
    advances: i64,
    overpaid: i64,
    shared_out: i64,
    left: i64,
}

/// Whether every cent of a project that is over is accounted for: what the walk itself paid is
/// what was booked, and what came in went out.
pub async fn accounted(look: &Look, project: Uuid, paid: &Paid) -> anyhow::Result<()> {
    let of = format!("project_id = '{project}'");
    let sum = |what: &str| {
        format!(
            "(SELECT coalesce(sum(amount), 0)::bigint FROM transfers WHERE {of} \
             AND kind IN ('POSTED', 'POST_PENDING') AND purpose IN ({what}))"
        )
    };
    let query = format!(
        "SELECT {} AS costs, {} AS recovered, {} - {} AS captured, {} AS fee, {} AS advances,
            {} + o.overpaid AS receipts, o.overpaid, {} AS shared_out,
            (SELECT coalesce(sum(credits_posted - debits_posted), 0)::bigint FROM accounts
             WHERE kind LIKE 'ESCROW%' AND owner_id = '{project}') AS left
         FROM (SELECT coalesce(sum(t.amount), 0)::bigint AS overpaid
             FROM claims c JOIN deposits d ON d.note = 'OVERPAID ' || c.claim_id
             JOIN transfers t ON t.transfer_id = d.transfer_id WHERE c.{of}) o",
        sum("'DISBURSEMENT'"),
        sum("'RECOVERY'"),
        sum("'CAPTURE'"),
        sum("'REFUND'"),
        sum("'PLATFORM_FEE'"),
        sum("'ADVANCE'"),
        sum("'PROCEEDS'"),
        sum("'DISTRIBUTION', 'SUCCESS_FEE', 'TAX_WITHHELD', 'OWNER_SPLIT', 'ADVANCE_RETURNED'"),
    );
    let rows: Vec<Account> = look.rows("accounting", &query).await?;
    let booked = rows.first().context("no account of it")?;
    let came = booked.captured + booked.advances + booked.paid.recovered + booked.paid.receipts;
    let went = booked.paid.costs + booked.fee + booked.shared_out + booked.overpaid;
    ensure!(
        booked.paid == *paid,
        "it paid {paid:?}, booked is {:?}",
        booked.paid
    );
    ensure!(
        came == went && booked.left == 0,
        "{came} came in, {went} went out, {} is left in escrow",
        booked.left
    );
    Ok(())
}

/// In custody at the bank, by currency.
pub async fn custody(look: &Look) -> anyhow::Result<BTreeMap<String, i64>> {
    let rows: Vec<Bank> = look
        .rows(
            "accounting",
            "SELECT currency, debits_posted - credits_posted AS balance
             FROM accounts WHERE kind = 'CUSTODY_BANK'",
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.currency, row.balance))
        .collect())
}

/// Every open hold is a request's, every approved participation has exactly one posted transfer,
/// and its reverse when it is over before it was at work.
async fn holds(look: &Look) -> anyhow::Result<Vec<String>> {
    let (taken, holds) = try_join!(
        look.rows::<Taken>(
            "participation",
            "SELECT participation_id, project_id, amount_minor AS minor, state, funding
             FROM participations",
        ),
        look.rows::<Hold>(
            "accounting",
            "SELECT h.transfer_id, h.amount, e.kind AS ended,
                 EXISTS (SELECT FROM refunds r WHERE r.participation_id = h.transfer_id)
                     AS refunded
             FROM transfers h LEFT JOIN transfers e
                 ON e.tenant_id = h.tenant_id AND e.pending_id = h.transfer_id
             WHERE h.kind = 'PENDING' AND h.purpose = 'HOLD'",
        ),
    )?;
    let mut holds: BTreeMap<Uuid, Hold> = holds
        .into_iter()
        .map(|one| (one.transfer_id, one))
        .collect();
    let mut findings = Vec::new();
    for one in taken {
        let hold = holds.remove(&one.participation_id);
        let there = hold
            .as_ref()
            .map(|hold| (hold.ended.as_deref(), hold.refunded));
        let fits = match (one.state.as_str(), one.funding.as_str()) {
            ("WAITLISTED", _) | (_, "REFUSED" | "NONE") => there.is_none(),
            ("REQUESTED", "HELD") => there == Some((None, false)),
            ("APPROVED" | "ACTIVE" | "SETTLED" | "LIQUIDATED", "CAPTURED") => {
                there == Some((Some("POST_PENDING"), false))
            }
            // Let go: given free before it was captured, or back after it.
            ("WITHDRAWN" | "REFUNDED" | "REJECTED" | "EXPIRED", _) => matches!(
                there,
                None | Some((Some("VOID_PENDING"), false) | (Some("POST_PENDING"), true))
            ),
            _ => false,
        };
        let amount_fits = hold.as_ref().is_none_or(|hold| hold.amount == one.minor);
        if !fits || !amount_fits {
            let (id, project) = (one.participation_id, one.project_id);
            let amounts = (one.minor, hold.as_ref().map(|hold| hold.amount));
            findings.push(format!(
                "participation {id} of {project} is {} {}, its hold is {there:?}; {amounts:?}",
                one.state, one.funding
            ));
        }
    }
    findings.extend(
        holds
            .keys()
            .map(|id| format!("hold {id} is no participation's")),
    );
    Ok(findings)
}

/// What the services say of one project fits together.
async fn states(look: &Look) -> anyhow::Result<Vec<String>> {
    let (projects, rounds, books) = try_join!(
        look.rows::<Stands>(
            "projects",
            "SELECT project_id, state, liquidation FROM projects"
        ),
        look.rows::<Round>("participation", "SELECT project_id, status FROM offerings"),
        look.rows::<Round>(
            "accounting",
            "SELECT project_id, phase AS status FROM project_books"
        ),
    )?;
    let by_project = |rows: Vec<Round>| -> BTreeMap<Uuid, String> {
        rows.into_iter()
            .map(|one| (one.project_id, one.status))
            .collect()
    };
    let (rounds, books) = (by_project(rounds), by_project(books));
    let mut findings = Vec::new();
    for one in projects {
        let round = rounds.get(&one.project_id).map(String::as_str);
        let phase = books.get(&one.project_id).map(String::as_str);
        let fits = match (one.state.as_str(), one.liquidation.as_str()) {
            ("DRAFT" | "PUBLISHED", _) => round.is_none() && phase.is_none(),
            // Below 100 % again, or filled again, before Projects was told: both are events.
            ("FUNDING", _) => round == Some("OPEN") && phase == Some("FUNDING"),
            ("FULLY_FUNDED" | "READY_FOR_APPROVAL", _) => {
                matches!(round, Some("FULL" | "SEALED")) && phase == Some("FUNDING")
            }
            ("APPROVED", _) => round == Some("SEALED") && phase == Some("APPROVED"),
            ("IN_EXECUTION", _) => round == Some("SEALED") && phase == Some("EXECUTION"),
            ("COMPLETED", _) => phase == Some("COMPLETED"),
            ("CANCELLED", "OPEN") => phase == Some("LIQUIDATION"),
            ("SETTLED", _) | ("CANCELLED", "CLOSED") => phase == Some("SETTLED"),
            ("CANCELLED", _) => {
                matches!(round, None | Some("CLOSED")) && matches!(phase, None | Some("CANCELLED"))
            }
            _ => false,
        };
        if !fits {
            let (id, state, liquidation) = (one.project_id, one.state, one.liquidation);
            findings.push(format!(
                "project {id} is {state}, liquidation {liquidation}; its round is {round:?}, its \
                 books are {phase:?}"
            ));
        }
    }
    Ok(findings)
}
