//! Every invariant finds what somebody with the database in hands changes behind the books' back.

use sqlx::{Connection as _, PgConnection};

use crate::story::Story;

/// The check, what is planted, and what undoes it.
const PLANTED: [(&str, &str, &str); 19] = [
    (
        "debits are credits, per tenant and currency",
        "UPDATE accounts SET credits_posted = credits_posted + 1 WHERE kind = 'PLATFORM_FEES'",
        "UPDATE accounts SET credits_posted = credits_posted - 1 WHERE kind = 'PLATFORM_FEES'",
    ),
    (
        "every balance is the sum of its postings",
        "UPDATE transfers SET amount = amount + 1 WHERE purpose = 'ADVANCE'",
        "UPDATE transfers SET amount = amount - 1 WHERE purpose = 'ADVANCE'",
    ),
    (
        "what is pending is the sum of the open holds",
        "UPDATE accounts SET debits_pending = debits_pending + 1 WHERE kind = 'TAX_PAYABLE'",
        "UPDATE accounts SET debits_pending = debits_pending - 1 WHERE kind = 'TAX_PAYABLE'",
    ),
    (
        "no account is below zero, holds counted",
        "UPDATE accounts SET debits_posted = debits_posted + 1 WHERE kind = 'ESCROW_PROCEEDS'",
        "UPDATE accounts SET debits_posted = debits_posted - 1 WHERE kind = 'ESCROW_PROCEEDS'",
    ),
    (
        "escrow:capital is what its figures add up to",
        "UPDATE project_books SET recovered = recovered + 1",
        "UPDATE project_books SET recovered = recovered - 1",
    ),
    (
        "escrow:proceeds is what its figures add up to",
        "UPDATE project_books SET proceeds = proceeds + 1",
        "UPDATE project_books SET proceeds = proceeds - 1",
    ),
    (
        "what runs paid is what the participations received",
        "UPDATE participants SET paid_gross = paid_gross + 1 WHERE share = 'PRODUCTS'",
        "UPDATE participants SET paid_gross = paid_gross - 1 WHERE share = 'PRODUCTS'",
    ),
    (
        "every sealed participation has its posted transfer",
        "UPDATE participants SET amount = amount + 1 WHERE share = 'PRODUCTS'",
        "UPDATE participants SET amount = amount - 1 WHERE share = 'PRODUCTS'",
    ),
    (
        "every paid disbursement has its transfer, and no other one has",
        "UPDATE disbursements SET amount = amount + 1 WHERE cost_kind = 'STORAGE'",
        "UPDATE disbursements SET amount = amount - 1 WHERE cost_kind = 'STORAGE'",
    ),
    (
        "every payout is what its hold says",
        "UPDATE payouts SET amount = amount + 1",
        "UPDATE payouts SET amount = amount - 1",
    ),
    (
        "every snapshot matches its hash",
        "UPDATE snapshots SET canonical = canonical || ' '",
        "UPDATE snapshots SET canonical = rtrim(canonical)",
    ),
    (
        "every run's document matches its hash",
        "UPDATE runs SET document = document || ' '",
        "UPDATE runs SET document = rtrim(document)",
    ),
    (
        "distributed and held back are what was in escrow before",
        "UPDATE run_transfers SET run_id = gen_random_uuid()
             WHERE transfer_id = (SELECT min(transfer_id::text)::uuid FROM run_transfers)",
        "UPDATE run_transfers SET run_id = (SELECT run_id FROM runs)",
    ),
    // The books alone are whole: only the record knows better.
    (
        "no money moved but what the record tells of",
        "INSERT INTO transfers (tenant_id, transfer_id, kind, debit_account, credit_account,
                 amount, currency, purpose, at)
             SELECT w.tenant_id, '00000000-0000-0000-0000-000000000001', 'POSTED', b.account_id,
                 w.account_id, 7, 'USD', 'DEPOSIT', now()
             FROM accounts w JOIN accounts b ON b.kind = 'CUSTODY_BANK' WHERE w.owner_id
                 = (SELECT max(owner_id::text)::uuid FROM accounts WHERE kind = 'WALLET');
         UPDATE accounts SET debits_posted = debits_posted + 7 WHERE kind = 'CUSTODY_BANK';
         UPDATE accounts SET credits_posted = credits_posted + 7 WHERE owner_id
             = (SELECT max(owner_id::text)::uuid FROM accounts WHERE kind = 'WALLET')",
        "DELETE FROM transfers WHERE transfer_id = '00000000-0000-0000-0000-000000000001';
         UPDATE accounts SET debits_posted = debits_posted - 7 WHERE kind = 'CUSTODY_BANK';
         UPDATE accounts SET credits_posted = credits_posted - 7 WHERE owner_id
             = (SELECT max(owner_id::text)::uuid FROM accounts WHERE kind = 'WALLET')",
    ),
    (
        "snapshots, runs, disbursements and participations are as recorded",
        "UPDATE snapshots SET canonical = canonical || ' ',
             hash = encode(sha256(convert_to(canonical || ' ', 'UTF8')), 'hex')",
        "UPDATE snapshots SET canonical = rtrim(canonical),
             hash = encode(sha256(convert_to(rtrim(canonical), 'UTF8')), 'hex')",
    ),
    (
        "payouts are as recorded",
        "UPDATE payouts SET agreed_by = user_id",
        "UPDATE payouts SET agreed_by = NULL",
    ),
    (
        "every transfer is as the record tells",
        "UPDATE transfers SET project_id = NULL WHERE purpose = 'ADVANCE'",
        "UPDATE transfers SET project_id = (SELECT project_id FROM project_books)
             WHERE purpose = 'ADVANCE'",
    ),
    (
        "the record played anew gives every balance",
        "UPDATE accounts SET credits_posted = credits_posted + 1 WHERE kind = 'TAX_PAYABLE'",
        "UPDATE accounts SET credits_posted = credits_posted - 1 WHERE kind = 'TAX_PAYABLE'",
    ),
    (
        "no hold is open a day after its deadline",
        "INSERT INTO hold_deadlines SELECT tenant_id, payout_id, now() - interval '25 hours'
             FROM payouts",
        "DELETE FROM hold_deadlines h USING payouts p WHERE h.participation_id = p.payout_id",
    ),
];

/// What was found, by check; every check must have looked at something.
async fn findings(story: &Story) -> Vec<String> {
    let checks = accounting::verify(story.database.db.clone()).await.unwrap();
    assert_eq!(checks.len(), PLANTED.len(), "each check is seen to find");
    let found = checks.into_iter().filter(|check| {
        assert!(check.examined > 0, "{} examined nothing", check.name);
        !check.findings.is_empty()
    });
    found.map(|check| check.name).collect()
}

/// Triggers and checks would refuse; the superuser can take them away.
async fn disarmed(story: &Story) -> PgConnection {
    let mut superuser = PgConnection::connect_with(&story.database.superuser())
        .await
        .unwrap();
    sqlx::raw_sql(
        "SET session_replication_role = replica;
         DO $$ DECLARE c record; BEGIN
             FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
                 WHERE contype = 'c' AND conrelid::regclass::text IN ('accounts', 'transfers',
                     'project_books', 'participants', 'disbursements', 'payouts', 'snapshots',
                     'runs')
             LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP;
         END $$",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    superuser
}

#[tokio::test(flavor = "multi_thread")]
async fn each_check_finds_its_corruption_and_nothing_else_is_found_before() {
    let story = Story::completed().await;
    story.pay_out("valentina", "500.00").await;
    let run = story.propose("elena", "k").await.unwrap();
    let andres = story.person("andres");
    story.approve(andres, "a", &run.run_id).await.unwrap();
    assert!(
        findings(&story).await.is_empty(),
        "the story's books are sound"
    );

    let mut superuser = disarmed(&story).await;
    for (name, plant, undo) in PLANTED {
        sqlx::raw_sql(plant).execute(&mut superuser).await.unwrap();
        let found = findings(&story).await;
        assert!(found.iter().any(|found| found == name), "{name}: {found:?}");
        sqlx::raw_sql(undo).execute(&mut superuser).await.unwrap();
        assert!(findings(&story).await.is_empty(), "{name} was undone");
    }
}
