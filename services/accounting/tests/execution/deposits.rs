//! Deposits that are nobody's, found and returned.

use authz::Role;
use contracts::accounting as pb;
use ids::UserId;
use link::Refusal;
use testkit::Person;

use crate::house::{House, ask, code, minor, usd};

pub fn unmatched(key: &str, reference: &str) -> pb::BookUnmatchedDepositRequest {
    pb::BookUnmatchedDepositRequest {
        idempotency_key: key.to_owned(),
        amount: usd(500),
        bank_reference: reference.to_owned(),
        note: "for the lamps".to_owned(),
    }
}

pub async fn suspense(house: &House, by: &Person) -> Vec<pb::Deposit> {
    let reply = ask!(house, by, suspense, pb::SuspenseRequest {});
    reply.unwrap().deposits
}

pub async fn match_to(
    house: &House,
    by: &Person,
    id: &str,
    user: UserId,
) -> Result<pb::DepositReply, Refusal> {
    let message = pb::MatchDepositRequest {
        idempotency_key: format!("match {id} {user}"),
        transfer_id: id.to_owned(),
        user_id: user.to_string(),
    };
    ask!(house, by, match_deposit, message)
}

pub async fn give_back(
    house: &House,
    by: &Person,
    id: &str,
    reference: &str,
) -> Result<pb::DepositReply, Refusal> {
    let message = pb::ReturnDepositRequest {
        idempotency_key: format!("return {id} {reference}"),
        transfer_id: id.to_owned(),
        reason: "sent to the wrong platform".to_owned(),
        bank_reference: reference.to_owned(),
    };
    ask!(house, by, return_deposit, message)
}

pub async fn balance(house: &House, whose: &Person) -> i64 {
    let message = pb::WalletRequest {
        currency: "USD".to_owned(),
        ..Default::default()
    };
    let wallet = ask!(house, whose, wallet, message).unwrap();
    minor(wallet.balance.as_ref())
}

#[tokio::test]
async fn a_receipt_of_nobody_waits_in_suspense_until_its_user_is_found() {
    let house = House::open().await;
    let [treasurer, ana] = [Role::Treasurer, Role::Investor].map(|role| house.person(role));
    let message = pb::BookDepositRequest {
        idempotency_key: "k".to_owned(),
        user_id: ana.id.to_string(),
        amount: usd(500),
        bank_reference: "IN-1".to_owned(),
    };
    let stranger = ask!(house, &treasurer, book_deposit, message);
    assert_eq!(code(stranger), "no_such_user");

    let booked = ask!(
        house,
        &treasurer,
        book_unmatched_deposit,
        unmatched("k", "IN-1")
    );
    let booked = booked.unwrap().deposit.unwrap();
    let again = ask!(
        house,
        &treasurer,
        book_unmatched_deposit,
        unmatched("k", "IN-1")
    );
    assert_eq!(again.unwrap().deposit.unwrap(), booked);
    let used = ask!(
        house,
        &treasurer,
        book_unmatched_deposit,
        unmatched("l", " in-1 ")
    );
    assert_eq!(code(used), "bank_reference_used");
    let [waits] = suspense(&house, &treasurer).await.try_into().unwrap();
    assert_eq!(
        (waits.transfer_id.as_str(), waits.note.as_str()),
        (booked.transfer_id.as_str(), "for the lamps")
    );

    let id = &booked.transfer_id;
    let unknown = match_to(&house, &treasurer, id, ana.id).await;
    assert_eq!(code(unknown), "no_such_user");
    house.registered(ana.id).await;
    let matched = match_to(&house, &treasurer, id, ana.id).await.unwrap();
    assert_eq!(
        match_to(&house, &treasurer, id, ana.id).await.unwrap(),
        matched
    );
    assert_eq!(balance(&house, &ana).await, 500);
    assert!(suspense(&house, &treasurer).await.is_empty());
    let ben = house.person(Role::Investor);
    house.registered(ben.id).await;
    let twice = match_to(&house, &treasurer, id, ben.id).await;
    assert_eq!(code(twice), "deposit_matched");
    for (event, times) in [("DepositUnmatched", 1), ("DepositBooked", 1)] {
        assert_eq!(house.recorded(event).await, times, "{event}");
    }

    // It was somebody else's after all: it goes back while the money is free.
    give_back(&house, &treasurer, id, "OUT-1").await.unwrap();
    assert_eq!(balance(&house, &ana).await, 0);
    let again = give_back(&house, &treasurer, id, "OUT-2").await;
    assert_eq!(code(again), "deposit_returned");
    house.assert_sound().await;
}

#[tokio::test]
async fn what_was_spent_does_not_go_back_and_what_is_nobodys_does() {
    let house = House::open().await;
    let [treasurer, ana] = [Role::Treasurer, Role::Investor].map(|role| house.person(role));
    let booked = ask!(
        house,
        &treasurer,
        book_unmatched_deposit,
        unmatched("k", "IN-1")
    );
    let first = booked.unwrap().deposit.unwrap().transfer_id;
    let returned = give_back(&house, &treasurer, &first, "OUT-1")
        .await
        .unwrap();
    assert!(returned.deposit.unwrap().returned);
    assert!(suspense(&house, &treasurer).await.is_empty());
    let late = match_to(&house, &treasurer, &first, treasurer.id).await;
    assert_eq!(code(late), "no_such_user");
    house.registered(ana.id).await;
    let late = match_to(&house, &treasurer, &first, ana.id).await;
    assert_eq!(code(late), "deposit_returned");

    house.deposit(&treasurer, ana.id, 300, "IN-2").await;
    let project = crate::project::Project::new(&house.person(Role::Owner));
    house.told(&project.funding_opened()).await.unwrap();
    let held = crate::project::Project::request(ana.id, 1, "PROFIT_ONLY");
    house.told(&project.requested(&held)).await.unwrap();
    let message = pb::WalletEntriesRequest {
        currency: "USD".to_owned(),
        first: 10,
        ..Default::default()
    };
    let page = ask!(house, &ana, wallet_entries, message).unwrap();
    let deposit = page.entries.iter().find(|one| one.kind == "DEPOSIT");
    let id = deposit.unwrap().transfer_id.clone();
    let spent = give_back(&house, &treasurer, &id, "OUT-3").await;
    assert_eq!(code(spent), "exceeds_credits");
    assert_eq!(balance(&house, &ana).await, 300);
    house.assert_sound().await;
}
