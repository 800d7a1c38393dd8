//! The books against the record: no money moved that no event tells of, and what stands beside the
//! ledger is what was recorded when it was made.

use contracts::journal::Check;
use sqlx::PgPool;

use super::verify::check;

/// The postings of each kind, per person or project, against the events that tell of them. What a
/// run moves besides its distributions is in its document, whose hash is recorded.
pub(super) async fn postings(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH event AS (
               SELECT tenant_id, split_part(type, '.', 4) AS name, body::jsonb -> 'data' AS data
               FROM journal WHERE type LIKE 'fondeo.accounting.%'),
           told AS (
               SELECT e.tenant_id, w.kind, w.purpose,
                      coalesce(e.data ->> w.whose, '') AS whose,
                      coalesce(nullif(e.data -> 'last', 'null'), e.data -> 'amount') AS amount
               FROM event e JOIN (VALUES
                   ('DepositBooked', 'POSTED', 'DEPOSIT', 'userId'),
                   ('DepositUnmatched', 'POSTED', 'UNMATCHED_DEPOSIT', ''),
                   ('DepositReturned', 'POSTED', 'DEPOSIT_RETURNED', 'userId'),
                   ('FundsHeld', 'PENDING', 'HOLD', 'investorId'),
                   ('FundsCaptured', 'POST_PENDING', 'CAPTURE', 'investorId'),
                   ('FundsRefunded', 'POSTED', 'REFUND', 'investorId'),
                   ('AdvancePaid', 'POSTED', 'ADVANCE', 'ownerId'),
                   ('PlatformFeePosted', 'POSTED', 'PLATFORM_FEE', 'projectId'),
                   ('DisbursementPaid', 'POSTED', 'DISBURSEMENT', 'projectId'),
                   ('RecoveryReceived', 'POSTED', 'RECOVERY', 'projectId'),
                   ('ProceedsReceived', 'POSTED', 'PROCEEDS', 'projectId'),
                   ('ProceedsMatched', 'POSTED', 'PROCEEDS', 'projectId'),
                   ('PayoutRequested', 'PENDING', 'PAYOUT', 'userId'),
                   ('PayoutPaid', 'POST_PENDING', 'PAYOUT', 'userId'))
                   AS w (name, kind, purpose, whose) USING (name)
               UNION ALL
               SELECT e.tenant_id, 'POSTED', 'DISTRIBUTION', d ->> 'investorId', d -> 'net'
               FROM event e CROSS JOIN jsonb_array_elements(e.data -> 'distributions') d
               WHERE e.name = 'RunPosted'),
           events AS (
               SELECT tenant_id, kind, purpose, whose, amount ->> 'currency' AS currency,
                      sum(coalesce(amount ->> 'minor', '0')::bigint) AS told
               FROM told GROUP BY 1, 2, 3, 4, 5),
           postings AS (
               SELECT t.tenant_id, t.kind, CASE t.purpose WHEN 'DEPOSIT_MATCHED' THEN 'DEPOSIT'
                          ELSE t.purpose END AS purpose,
                      coalesce(coalesce(w.owner_id, t.project_id)::text, '') AS whose, t.currency,
                      sum(t.amount) AS moved
               FROM transfers t
               LEFT JOIN accounts w ON w.tenant_id = t.tenant_id AND w.kind = 'WALLET'
                AND w.account_id IN (t.debit_account, t.credit_account)
               LEFT JOIN run_transfers r
                 ON r.tenant_id = t.tenant_id AND r.transfer_id = t.transfer_id
               WHERE t.kind NOT IN ('VOID_PENDING', 'EXPIRE_PENDING')
                 AND (r.transfer_id IS NULL OR t.purpose = 'DISTRIBUTION')
               GROUP BY 1, 2, 3, 4, 5)
           SELECT purpose AS "purpose!", coalesce(whose, '') AS "whose!",
                  currency AS "currency!", coalesce(told, 0)::bigint AS "told!",
                  coalesce(moved, 0)::bigint AS "moved!"
           FROM events FULL JOIN postings USING (tenant_id, kind, purpose, whose, currency)"#
    )
    .fetch_all(pool)
    .await?;
    let examined = rows.len();
    let wrong = rows.into_iter().filter(|row| row.told != row.moved);
    let findings = wrong.map(|row| {
        format!(
            "{} of {}: {} {} were moved, the record tells of {}",
            row.purpose, row.whose, row.moved, row.currency, row.told
        )
    });
    let name = "no money moved but what the record tells of";
    Ok(check(name, examined, findings.collect()))
}

/// Every row that was recorded when it was made or decided, with what the record says of it.
pub(super) async fn documents(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH event AS (
               SELECT tenant_id, split_part(type, '.', 4) AS name, body::jsonb -> 'data' AS data
               FROM journal WHERE type LIKE 'fondeo.accounting.%'),
           kept AS (
               SELECT tenant_id, 'snapshot' AS what, concat(project_id, ' ', version) AS id,
                      hash AS says FROM snapshots
               UNION ALL SELECT tenant_id, 'run', run_id::text,
                      concat_ws(' ', hash, proposed_by, approved_by) FROM runs
               UNION ALL SELECT tenant_id, 'disbursement', disbursement_id::text,
                      concat_ws(' ', project_id, amount, currency, agreed_by, paid_by)
               FROM disbursements
               UNION ALL SELECT tenant_id, 'participation', participation_id::text,
                      concat_ws(' ', project_id, investor_id, amount) FROM participants),
           told AS (
               SELECT tenant_id, 'snapshot' AS what,
                      concat(data ->> 'projectId', ' ', data ->> 'version') AS id,
                      data ->> 'hash' AS says
               FROM event WHERE name = 'SnapshotFrozen'
               UNION ALL SELECT e.tenant_id, 'run', e.data ->> 'runId',
                      concat_ws(' ', e.data ->> 'hash', e.data ->> 'proposedBy',
                          p.data ->> 'approvedBy')
               FROM event e LEFT JOIN event p ON p.name = 'RunPosted'
                AND p.data ->> 'runId' = e.data ->> 'runId'
                AND p.data ->> 'hash' = e.data ->> 'hash'
               WHERE e.name = 'RunProposed'
               UNION ALL SELECT e.tenant_id, 'disbursement', e.data ->> 'disbursementId',
                      concat_ws(' ', e.data ->> 'projectId', e.data #>> '{amount,minor}',
                          e.data #>> '{amount,currency}', a.data ->> 'agreedBy',
                          p.data ->> 'paidBy')
               FROM event e
               LEFT JOIN event a ON a.name = 'DisbursementAgreed'
                AND a.data ->> 'disbursementId' = e.data ->> 'disbursementId'
               LEFT JOIN event p ON p.name = 'DisbursementPaid'
                AND p.data ->> 'disbursementId' = e.data ->> 'disbursementId'
               WHERE e.name = 'DisbursementRequested'
               UNION ALL SELECT e.tenant_id, 'participation', e.data ->> 'participationId',
                      concat_ws(' ', e.data ->> 'projectId', e.data ->> 'investorId',
                          e.data #>> '{amount,minor}')
               FROM event e JOIN participants p ON p.tenant_id = e.tenant_id
                AND p.participation_id::text = e.data ->> 'participationId'
               WHERE e.name = 'FundsCaptured')
           SELECT what AS "what!", id AS "id!", kept.says IS NOT NULL AS "is_kept!",
                  told.says IS NOT NULL AS "is_told!", kept.says = told.says AS "same?"
           FROM kept FULL JOIN told USING (tenant_id, what, id)"#
    )
    .fetch_all(pool)
    .await?;
    let findings = rows.iter().filter_map(|row| {
        let why = match (row.is_kept, row.is_told, row.same) {
            (_, _, Some(true)) => return None,
            (true, true, _) => "is not what the record says",
            (true, false, _) => "is not in the record",
            (false, _, _) => "is in the record, and gone",
        };
        Some(format!("{} {} {why}", row.what, row.id))
    });
    let name = "snapshots, runs, disbursements and participations are as recorded";
    Ok(check(name, rows.len(), findings.collect()))
}

/// Every payout with who agreed and what became of it.
pub(super) async fn payouts(pool: &PgPool) -> Result<Check, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH event AS (
               SELECT tenant_id, split_part(type, '.', 4) AS name, body::jsonb -> 'data' AS data
               FROM journal WHERE type LIKE 'fondeo.accounting.v1.Payout%'),
           told AS (
               SELECT e.tenant_id, e.data ->> 'payoutId' AS id,
                      concat_ws(' ', e.data ->> 'userId', e.data #>> '{amount,minor}',
                          e.data #>> '{amount,currency}', o.said) AS says
               FROM event e LEFT JOIN LATERAL (
                   SELECT string_agg(concat_ws(' ', o.name, o.data ->> 'agreedBy',
                              o.data ->> 'reason'), ' ' ORDER BY o.name) AS said
                   FROM event o WHERE o.name IN ('PayoutAgreed', 'PayoutFailed', 'PayoutPaid')
                     AND o.data ->> 'payoutId' = e.data ->> 'payoutId') o ON true
               WHERE e.name = 'PayoutRequested'),
           kept AS (
               SELECT tenant_id, payout_id::text AS id,
                      concat_ws(' ', user_id, amount, currency, 'PayoutAgreed ' || agreed_by,
                          'PayoutFailed ' || failure,
                          CASE state WHEN 'PAID' THEN 'PayoutPaid' END) AS says FROM payouts)
           SELECT id AS "id!", kept.says IS NOT DISTINCT FROM told.says AS "same!"
           FROM kept FULL JOIN told USING (tenant_id, id)"#
    )
    .fetch_all(pool)
    .await?;
    let wrong = rows.iter().filter(|row| !row.same);
    let findings = wrong.map(|row| format!("payout {} is not what the record says", row.id));
    let name = "payouts are as recorded";
    Ok(check(name, rows.len(), findings.collect()))
}
