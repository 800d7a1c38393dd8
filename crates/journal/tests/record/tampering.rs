//! Whoever owns the database can change anything in it: the signed heads and the walls' own check
//! show what the chain alone can't.

use std::path::Path;

use journal::{HeadKey, Heads};
use sqlx::{AssertSqlSafe, Executor as _};
use tempfile::TempDir;

use super::*;

/// Chains the record anew from its first place, as an owner would who hides a change.
const REHASH: &str =
    "DO $$ DECLARE one record; last bytea := decode(repeat('00', 32), 'hex'); BEGIN
    FOR one IN SELECT seq, body FROM journal_order JOIN journal USING (event_id) ORDER BY seq LOOP
        last := sha256(last || convert_to(one.body, 'UTF8'));
        UPDATE journal_order SET hash = last WHERE seq = one.seq;
    END LOOP; END $$";
/// Closes the gaps between places.
const RENUMBER: &str = "UPDATE journal_order SET seq = seq + 1000000;
    UPDATE journal_order o SET seq = n.place
    FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM journal_order) n
    WHERE n.seq = o.seq";

fn heads(folder: &Path) -> Heads {
    let key = HeadKey::open(&folder.join("heads.key"), &folder.join("public.pem")).unwrap();
    Heads::new(folder.to_owned(), key)
}

/// Ten events of ten aggregates but for the first two, signed after the fifth and the last.
async fn signed_record() -> (TestDatabase, TempDir, Producer) {
    let test = TestDatabase::start("auth", &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let producer = produce(&test.db);
    let (tenant, one) = (TenantId::new(), Uuid::from(EventId::new()));
    for user in 1..=10_i64 {
        let other = Uuid::from(EventId::new());
        let aggregate = if user <= 2 { one } else { other };
        record(&test.db, tenant, aggregate, &user.to_string()).await;
        until("in order", || async {
            count(&test.db, "journal_order").await == user
        })
        .await;
        if user % 5 == 0 {
            heads(folder.path()).sign(&test.db).await.unwrap();
        }
    }
    (test, folder, producer)
}

async fn found(test: &TestDatabase, folder: &Path) -> Vec<String> {
    let check = heads(folder).check(&test.db).await.unwrap();
    check.findings
}

async fn as_owner(test: &TestDatabase, statements: &[&'static str]) {
    let mut superuser = test.superuser_connection().await;
    let off = "SET session_replication_role = replica";
    superuser.execute(off).await.unwrap();
    for statement in statements {
        superuser.execute(AssertSqlSafe(*statement)).await.unwrap();
    }
}

#[tokio::test]
async fn a_record_that_its_owner_chained_anew_is_not_the_one_that_was_signed() {
    let cases: [(&str, &[&str], &str); 5] = [
        (
            "a changed event",
            &[
                "UPDATE journal SET body = replace(body, '\"3\"', '\"8\"')",
                REHASH,
            ],
            "rewritten",
        ),
        (
            "an event put between two others",
            &[
                "UPDATE journal_order SET seq = seq + 1000000 WHERE seq > 3",
                "UPDATE journal_order SET seq = seq - 999999 WHERE seq > 3",
                "WITH new AS (INSERT INTO journal (event_id, tenant_id, aggregate,
                     aggregate_version, type, body, actor)
                 SELECT gen_random_uuid(), tenant_id, gen_random_uuid(), 1, type, body, actor
                 FROM journal LIMIT 1 RETURNING event_id, tenant_id)
                 INSERT INTO journal_order SELECT 4, tenant_id, event_id, sha256('') FROM new",
                REHASH,
            ],
            "rewritten",
        ),
        (
            "a tail that was cut",
            &["DELETE FROM journal_order WHERE seq > 8"],
            "cut",
        ),
        (
            "an aggregate that was removed",
            &[
                "DELETE FROM journal_order WHERE seq <= 2",
                "DELETE FROM journal_mention WHERE seq <= 2",
                RENUMBER,
                REHASH,
            ],
            "cut",
        ),
        (
            "everything",
            &["TRUNCATE journal, journal_order, journal_mention"],
            "cut",
        ),
    ];
    for (what, statements, word) in cases {
        let (test, folder, _producer) = signed_record().await;
        assert_eq!(found(&test, folder.path()).await, Vec::<String>::new());
        as_owner(&test, statements).await;
        let findings = found(&test, folder.path()).await;
        assert!(
            findings.iter().any(|one| one.contains(word)),
            "{what}: {findings:?}"
        );
    }
}

#[tokio::test]
async fn the_file_of_heads_can_itself_not_be_changed_unseen() {
    let (test, folder, _producer) = signed_record().await;
    let file = folder.path().join("auth.jws");
    let whole = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 2);
    let cases = [
        ("the first line is gone", format!("{}\n", lines[1])),
        ("their order", format!("{}\n{}\n", lines[1], lines[0])),
        ("a letter", whole.replacen("eyJ", "eyK", 1)),
    ];
    for (what, text) in cases {
        std::fs::write(&file, text).unwrap();
        assert!(!found(&test, folder.path()).await.is_empty(), "{what}");
    }
    // Somebody who signs with a key of their own is not us.
    let other = tempfile::tempdir().unwrap();
    heads(other.path()).sign(&test.db).await.unwrap();
    std::fs::copy(other.path().join("auth.jws"), &file).unwrap();
    let findings = found(&test, folder.path()).await;
    assert!(findings[0].contains("our key"), "{findings:?}");
    // The public half verifies, wherever the heads were copied to.
    std::fs::write(&file, &whole).unwrap();
    let key = HeadKey::public(&folder.path().join("public.pem")).unwrap();
    let copied = Heads::new(folder.path().to_owned(), key);
    assert!(copied.check(&test.db).await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn a_head_that_a_power_cut_broke_off_is_signed_again() {
    let (test, folder, _producer) = signed_record().await;
    let file = folder.path().join("auth.jws");
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 40]).unwrap();
    assert!(found(&test, folder.path()).await.is_empty());
    heads(folder.path()).sign(&test.db).await.unwrap();
    heads(folder.path()).sign(&test.db).await.unwrap();
    let mended = std::fs::read_to_string(&file).unwrap();
    assert_eq!(mended.lines().count(), 2);
    assert!(found(&test, folder.path()).await.is_empty());
}

#[tokio::test]
async fn events_that_nobody_signed_for_minutes_are_found() {
    let (test, folder, _producer) = signed_record().await;
    std::fs::remove_file(folder.path().join("auth.jws")).unwrap();
    assert!(found(&test, folder.path()).await.is_empty());
    let old = "UPDATE journal SET at = at - interval '10 minutes' WHERE aggregate_version = 2";
    as_owner(&test, &[old]).await;
    let findings = found(&test, folder.path()).await;
    assert!(findings[0].contains("not signed"), "{findings:?}");
}

#[tokio::test]
async fn walls_that_were_taken_down_are_found() {
    let lists = [&pg::MIGRATOR, &journal::MIGRATOR];
    let test = TestDatabase::start("auth", &[]).await;
    let (findings, tables) = pg::walls(&test.db, &lists).await.unwrap();
    assert_eq!((findings, tables >= 8), (Vec::new(), true));
    let cases = [
        (
            "ALTER TABLE journal DISABLE TRIGGER append_only",
            "ALTER TABLE journal ENABLE TRIGGER append_only",
            "refuses changes",
        ),
        (
            "ALTER TABLE idempotency NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE idempotency FORCE ROW LEVEL SECURITY",
            "not forced",
        ),
        (
            "ALTER TABLE journal DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE journal ENABLE ROW LEVEL SECURITY",
            "not forced",
        ),
        (
            "ALTER POLICY tenant ON journal USING (true)",
            "ALTER POLICY tenant ON journal USING (tenant_id = app_tenant())",
            "policy tenant",
        ),
        (
            "CREATE POLICY ours ON journal USING (true)",
            "DROP POLICY ours ON journal",
            "policy ours",
        ),
        (
            "CREATE TABLE notes (text text)",
            "DROP TABLE notes",
            "no tenant",
        ),
        ("DROP POLICY tenant ON journal_order", "", "sees no rows"),
        ("DROP TABLE journal_mention", "", "journal_mention is gone"),
    ];
    let mut superuser = test.superuser_connection().await;
    for (down, up, word) in cases {
        superuser.execute(down).await.unwrap();
        let (findings, _) = pg::walls(&test.db, &lists).await.unwrap();
        let found = findings.iter().any(|one| one.contains(word));
        assert!(found, "{down}: {findings:?}");
        superuser.execute(up).await.unwrap();
    }
}
