//! A run that may not be proposed or approved, two about one run at once, and a process that dies
//! in the middle of a posting: all of it or nothing.

use authz::Role;
use contracts::accounting as pb;
use testkit::Person;

use crate::decisions::{end, invoice, match_claim};
use crate::house::{House, ask, code};
use crate::runs::{Settling, approve, propose};
use crate::wallets_at_once::told_once;

fn also(person: &Person, role: Role) -> Person {
    let mut person = person.clone();
    person.roles.push(role);
    person
}

#[tokio::test]
async fn nobody_settles_for_themselves_and_an_open_run_waits_for_its_approval() {
    let settling = Settling::open().await;
    let Settling {
        house,
        project,
        treasurer,
        people,
        ..
    } = &settling;
    let nothing = settling.propose("empty", "INTERIM").await;
    assert_eq!(code(nothing), "nothing_to_distribute");
    settling.happens(0).await;
    for who in [&settling.admin, &project.owner, &people["ben"]] {
        let refused = propose(house, who, "k", (project, "INTERIM")).await;
        assert_eq!(code(refused), "forbidden");
    }
    let run = settling.propose("k", "INTERIM").await.unwrap();
    let second = settling.propose("l", "INTERIM").await;
    assert_eq!(code(second), "run_already_proposed");
    let before = settling.balances().await;
    for (who, refusal) in [
        (treasurer.clone(), "forbidden"),
        (also(treasurer, Role::Admin), "approver_proposed"),
        (also(&project.owner, Role::Admin), "approver_is_owner"),
        (also(&people["ana"], Role::Admin), "approver_takes_part"),
    ] {
        let refused = approve(house, &who, "a", &run.run_id).await;
        assert_eq!(code(refused), refusal);
    }
    let unknown = approve(house, &settling.admin, "a", &ids::RunId::new().to_string()).await;
    assert_eq!(code(unknown), "no_such_run");
    assert_eq!(settling.balances().await, before);
    assert_eq!(house.recorded("RunPosted").await, 0);
}

#[tokio::test]
async fn a_run_is_posted_on_the_facts_that_it_was_proposed_on() {
    let settling = Settling::open().await;
    let (house, admin) = (&settling.house, &settling.admin);
    settling.happens(0).await;
    let run = settling.propose("k", "INTERIM").await.unwrap();
    settling.sells("late", ("AF-50", 1, 5_000)).await;
    let stale = approve(house, admin, "a", &run.run_id).await;
    assert_eq!(code(stale), "run_stale");
    let second = settling.propose("l", "INTERIM").await.unwrap();
    assert_eq!(second.number, 2);
    let old = approve(house, admin, "a", &run.run_id).await;
    assert_eq!(code(old), "run_stale", "it gave way to the second");

    // The books say that less came in than escrow holds: somebody wrote past them.
    house
        .past_the_service("UPDATE project_books SET proceeds = proceeds - 1")
        .await;
    let before = settling.balances().await;
    let mismatch = approve(house, admin, "b", &second.run_id).await;
    assert_eq!(code(mismatch), "escrow_mismatch");
    let mismatch = settling.propose("m", "INTERIM").await;
    assert_eq!(code(mismatch), "escrow_mismatch");
    assert_eq!(settling.balances().await, before);
    house
        .past_the_service("UPDATE project_books SET proceeds = proceeds + 1")
        .await;
    approve(house, admin, "b", &second.run_id).await.unwrap();

    // What was asked for is paid or withdrawn before everything is shared out.
    let asked = invoice(&settling.project, "open", 100);
    let owner = &settling.project.owner;
    let asked = ask!(house, owner, request_disbursement, asked).unwrap();
    settling.happens(1).await;
    settling.happens(2).await;
    let open = settling.propose("f", "FINAL").await;
    assert_eq!(code(open), "open_disbursement");
    let id = asked.disbursement.unwrap().disbursement_id;
    end(house, &settling.treasurer, "w", &id).await.unwrap();
    settling.propose("f", "FINAL").await.unwrap();
    house.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_about_one_run_at_once_one_counts_and_facts_that_cross_it_are_not_lost() {
    let settling = Settling::open().await;
    let (house, treasurer) = (&settling.house, &settling.treasurer);
    let admins = [Role::Admin; 2].map(|role| house.person(role));
    settling.happens(0).await;
    for round in 0..4 {
        let key = |of: &str| format!("{of}{round}");
        settling.sells(&key("sale"), ("AF-50", 1, 10_000)).await;
        let keys = ["a", "b"].map(key);
        let (one, other) = tokio::join!(
            settling.propose(&keys[0], "INTERIM"),
            settling.propose(&keys[1], "INTERIM"),
        );
        let run = one.as_ref().or(other.as_ref()).unwrap().run_id.clone();
        told_once(one, other, "run_already_proposed");
        let (one, other) = tokio::join!(
            approve(house, &admins[0], &keys[0], &run),
            approve(house, &admins[1], &keys[1], &run),
        );
        told_once(one, other, "already_posted");

        settling.sells(&key("more"), ("AF-50", 1, 10_000)).await;
        let run = settling.propose(&key("c"), "INTERIM").await.unwrap();
        let claim = settling.claims(("AF-50", 1, 10_000)).await;
        let (receipt, late) = (settling.receipt(claim, 10_000, &key("x")), key("d"));
        let (posted, matched) = tokio::join!(
            approve(house, &admins[0], &late, &run.run_id),
            match_claim(house, treasurer, &receipt, &late),
        );
        matched.unwrap();
        if let Err(stale) = posted {
            assert_eq!(stale.code, "run_stale");
        }
        let escrow = house.escrow(treasurer, settling.project.id).await;
        assert!(escrow.holds);
    }
    house.assert_sound().await;
}

/// Every kind of row that a posting writes, in any order.
const WRITTEN: [&str; 8] = [
    "INSERT ON transfers",
    "UPDATE ON accounts",
    "INSERT ON run_transfers",
    "UPDATE ON project_books",
    "UPDATE ON participants",
    "UPDATE ON runs",
    "INSERT ON journal",
    "INSERT ON idempotency",
];

#[tokio::test]
async fn a_posting_that_dies_in_its_middle_leaves_nothing_and_is_made_again() {
    let settling = Settling::open().await;
    let (house, admin) = (&settling.house, &settling.admin);
    settling.happens(0).await;
    let run = settling.propose("k", "INTERIM").await.unwrap();
    let before = settling.balances().await;
    house
        .past_the_service(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
             BEGIN
                 PERFORM pg_terminate_backend(pg_backend_pid());
                 PERFORM pg_sleep(1);
                 RETURN NEW;
             END $$",
        )
        .await;
    for written in WRITTEN {
        let table = written.rsplit(' ').next().unwrap();
        let dies =
            format!("CREATE TRIGGER dies BEFORE {written} FOR EACH ROW EXECUTE FUNCTION die()");
        house.past_the_service(&dies).await;
        dies_in_the_middle(house, admin, &run.run_id, written).await;
        let lives = format!("DROP TRIGGER dies ON {table}");
        house.past_the_service(&lives).await;

        assert_eq!(settling.balances().await, before, "{written}");
        let message = pb::RunRequest {
            run_id: run.run_id.clone(),
        };
        let stands = ask!(house, admin, run, message).unwrap().run.unwrap();
        assert_eq!(stands, run, "{written}");
        assert_eq!(house.recorded("RunPosted").await, 0, "{written}");
        house.assert_sound().await;
    }
    let posted = approve(house, admin, "a", &run.run_id).await.unwrap();
    assert_eq!(posted.state, "POSTED");
    house.assert_sound().await;
}

/// The server ends the connection at this write; the same key may come again.
async fn dies_in_the_middle(house: &House, admin: &Person, run: &str, written: &str) {
    let message = pb::ApproveRunRequest {
        idempotency_key: "a".to_owned(),
        run_id: run.to_owned(),
    };
    let request = house.request(admin, message);
    let answer = house.client().approve_run(request).await;
    assert!(answer.is_err(), "{written}: the connection is gone");
}
