//! The ledger's own record: what every unit of work booked, and the ledger made anew from it.

use contracts::accounting as pb;
use contracts::journal::Check;
use contracts::money::Money as PbMoney;
use ids::AccountId;
use journal::Record as _;
use ledger::Transfer;
use pg::Uow;
use sqlx::PgPool;
use uow::StoreError;

use super::postgres::{kind_of, owner_of};
use super::verify::check;
use crate::application::ports::{Book, Label};

/// An event tells of no more transfers: the largest run fits into few events, each of a size that a
/// feed carries.
const IN_ONE_EVENT: usize = 500;

/// Records the transfers that were booked, in their order.
pub(super) async fn booked(
    uow: &mut Uow,
    book: &Book,
    created: &[Transfer],
) -> Result<(), StoreError> {
    for part in created.chunks(IN_ONE_EVENT) {
        let transfers = part.iter().map(|one| told(book, one));
        let event = pb::LedgerTransfersBooked {
            transfers: transfers.collect::<Result<_, _>>()?,
        };
        uow.record(part[0].id.as_uuid(), &event).await?;
    }
    Ok(())
}

fn told(book: &Book, transfer: &Transfer) -> Result<pb::LedgerTransfer, StoreError> {
    let account = |id: AccountId| {
        let key = book.chart.key(id);
        let key = key.ok_or_else(|| StoreError::failed("a transfer of an account not opened"))?;
        Ok::<_, StoreError>(Some(pb::LedgerAccount {
            kind: key.kind().to_string(),
            owner_id: owner_of(key).to_string(),
        }))
    };
    let Label { purpose, project } = book.label(transfer.id);
    let (kind, pending) = kind_of(transfer.kind);
    Ok(pb::LedgerTransfer {
        transfer_id: transfer.id.to_string(),
        kind: kind.to_owned(),
        pending_id: pending.map(|id| id.to_string()).unwrap_or_default(),
        debit: account(transfer.debit)?,
        credit: account(transfer.credit)?,
        amount: Some(PbMoney {
            currency: transfer.currency.code().to_owned(),
            minor: transfer.amount_minor,
        }),
        purpose: purpose.to_string(),
        project_id: project.map(|id| id.to_string()).unwrap_or_default(),
    })
}

/// Every transfer against the record, field by field: nothing was booked that is not told, and
/// nothing that was told is gone.
pub(super) async fn transfers(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH told AS (
               SELECT j.tenant_id, t ->> 'transferId' AS id,
                      concat_ws('|', t ->> 'kind', coalesce(t ->> 'pendingId', ''),
                          t #>> '{debit,kind}',
                          t #>> '{debit,ownerId}', t #>> '{credit,kind}',
                          t #>> '{credit,ownerId}', t #>> '{amount,minor}',
                          t #>> '{amount,currency}', t ->> 'purpose',
                          coalesce(t ->> 'projectId', '')) AS says
               FROM journal j
               CROSS JOIN jsonb_array_elements(j.body::jsonb #> '{data,transfers}') t
               WHERE j.type = 'fondeo.accounting.v1.LedgerTransfersBooked'),
           kept AS (
               SELECT t.tenant_id, t.transfer_id::text AS id,
                      concat_ws('|', t.kind, coalesce(t.pending_id::text, ''), d.kind, d.owner_id,
                          c.kind, c.owner_id, t.amount, t.currency, t.purpose,
                          coalesce(t.project_id::text, '')) AS says
               FROM transfers t
               JOIN accounts d ON d.tenant_id = t.tenant_id AND d.account_id = t.debit_account
               JOIN accounts c ON c.tenant_id = t.tenant_id AND c.account_id = t.credit_account
               WHERE NOT EXISTS (SELECT FROM unrecorded_transfers u
                   WHERE u.tenant_id = t.tenant_id AND u.transfer_id = t.transfer_id))
           SELECT id AS "id!", kept.says IS NOT DISTINCT FROM told.says AS "same!"
           FROM kept FULL JOIN told USING (tenant_id, id)"#
    )
    .fetch_all(pool)
    .await?;
    let wrong = rows.iter().filter(|row| !row.same);
    let findings = wrong.map(|row| format!("transfer {} is not what the record says", row.id));
    let name = "every transfer is as the record tells";
    Ok(check(name, rows.len(), findings.collect()))
}

/// The record played from its beginning gives every account's sums, posted and pending.
pub(super) async fn replay(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH booked AS (
               SELECT j.tenant_id, (t ->> 'transferId')::uuid AS id, t ->> 'kind' AS kind,
                      nullif(t ->> 'pendingId', '')::uuid AS pending,
                      t #>> '{debit,kind}' AS debit, (t #>> '{debit,ownerId}')::uuid AS debtor,
                      t #>> '{credit,kind}' AS credit, (t #>> '{credit,ownerId}')::uuid AS creditor,
                      (t #>> '{amount,minor}')::bigint AS amount,
                      t #>> '{amount,currency}' AS currency
               FROM journal j
               CROSS JOIN jsonb_array_elements(j.body::jsonb #> '{data,transfers}') t
               WHERE j.type = 'fondeo.accounting.v1.LedgerTransfersBooked'
               UNION ALL
               SELECT t.tenant_id, t.transfer_id, t.kind, t.pending_id, d.kind, d.owner_id, c.kind,
                      c.owner_id, t.amount, t.currency
               FROM unrecorded_transfers u JOIN transfers t USING (tenant_id, transfer_id)
               JOIN accounts d ON d.tenant_id = t.tenant_id AND d.account_id = t.debit_account
               JOIN accounts c ON c.tenant_id = t.tenant_id AND c.account_id = t.credit_account),
           moved AS (
               SELECT b.*, b.kind IN ('POSTED', 'POST_PENDING') AS posted,
                      b.kind = 'PENDING' AND NOT EXISTS (SELECT FROM booked e
                          WHERE e.tenant_id = b.tenant_id AND e.pending = b.id) AS held
               FROM booked b),
           sums AS (
               SELECT m.tenant_id, s.kind, s.owner_id, m.currency,
                      coalesce(sum(m.amount) FILTER (WHERE s.is_debit AND m.posted), 0) AS debits,
                      coalesce(sum(m.amount) FILTER (WHERE NOT s.is_debit AND m.posted), 0)
                          AS credits,
                      coalesce(sum(m.amount) FILTER (WHERE s.is_debit AND m.held), 0)
                          AS debits_held,
                      coalesce(sum(m.amount) FILTER (WHERE NOT s.is_debit AND m.held), 0)
                          AS credits_held
               FROM moved m CROSS JOIN LATERAL (VALUES (m.debit, m.debtor, true),
                   (m.credit, m.creditor, false)) AS s (kind, owner_id, is_debit)
               GROUP BY 1, 2, 3, 4)
           SELECT concat_ws(' ', kind, owner_id, currency) AS "account!",
                  (coalesce(a.debits_posted, 0), coalesce(a.credits_posted, 0),
                   coalesce(a.debits_pending, 0), coalesce(a.credits_pending, 0))
                  = (coalesce(s.debits, 0), coalesce(s.credits, 0),
                     coalesce(s.debits_held, 0), coalesce(s.credits_held, 0)) AS "same!"
           FROM accounts a FULL JOIN sums s USING (tenant_id, kind, owner_id, currency)"#
    )
    .fetch_all(pool)
    .await?;
    let wrong = rows.iter().filter(|row| !row.same);
    let findings = wrong.map(|row| {
        let account = &row.account;
        format!("the record played anew gives {account} another balance than it has")
    });
    let name = "the record played anew gives every balance";
    Ok(check(name, rows.len(), findings.collect()))
}
