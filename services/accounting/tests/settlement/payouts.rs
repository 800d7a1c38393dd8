//! Money out of a wallet: held, confirmed once, and only for a person whose identity is verified.

use contracts::accounting as pb;
use contracts::users::{KycRejected, KycVerified};
use tonic::Status;

use crate::story::{CCI, Story, code, wire};

async fn request(story: &Story, who: &str, key: &str, amount: &str) -> Result<pb::Payout, Status> {
    let message = pb::RequestPayoutRequest {
        idempotency_key: key.to_owned(),
        amount: wire(&amount.into()),
    };
    let request = story.ask(story.person(who), message);
    let reply = story.client().request_payout(request).await?;
    Ok(reply.into_inner().payout.unwrap())
}

async fn confirm(story: &Story, key: &str, id: &str, bank: &str) -> Result<pb::Payout, Status> {
    let message = pb::ConfirmPayoutRequest {
        idempotency_key: key.to_owned(),
        payout_id: id.to_owned(),
        bank_reference: bank.to_owned(),
    };
    let request = story.ask(story.person("elena"), message);
    let reply = story.client().confirm_payout(request).await?;
    Ok(reply.into_inner().payout.unwrap())
}

async fn queue(story: &Story) -> Vec<pb::Payout> {
    let request = story.ask(story.person("elena"), pb::PayoutQueueRequest {});
    let reply = story.client().payout_queue(request).await;
    reply.unwrap().into_inner().payouts
}

/// Balance, held, available, in minor units.
async fn stands(story: &Story, who: &str) -> [i64; 3] {
    let wallet = story.wallet(who).await;
    [wallet.balance, wallet.held, wallet.available].map(|amount| amount.unwrap().minor)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_is_held_and_leaves_when_the_bank_confirms_it() {
    let story = Story::completed().await;
    // Camila's second request was for 12,500.00 of her 22,000.00.
    assert_eq!(stands(&story, "camila").await, [950_000, 0, 950_000]);
    let nowhere = request(&story, "camila", "k", "1.00").await;
    assert_eq!(code(nowhere), "no_payout_account");
    story.set_account("camila", CCI).await.unwrap();
    let too_much = request(&story, "camila", "k", "9500.01").await;
    assert_eq!(code(too_much), "exceeds_credits");
    let nothing = request(&story, "camila", "k", "0.00").await;
    assert_eq!(code(nothing), "amount_must_be_positive");
    assert_eq!(stands(&story, "camila").await, [950_000, 0, 950_000]);

    let payout = request(&story, "camila", "k", "9000.00").await.unwrap();
    assert_eq!(payout.state, "REQUESTED");
    let again = request(&story, "camila", "k", "9000.00").await.unwrap();
    assert_eq!(again, payout, "repeated");
    assert_eq!(stands(&story, "camila").await, [950_000, 900_000, 50_000]);
    assert_eq!(queue(&story).await, std::slice::from_ref(&payout));

    let id = &payout.payout_id;
    // A disbursement of the story was paid under this reference.
    let used = confirm(&story, "c", id, " out-31").await;
    assert_eq!(code(used), "bank_reference_used");
    let nameless = confirm(&story, "c", id, " ").await;
    assert_eq!(code(nameless), "no_bank_reference");
    let paid = confirm(&story, "c", id, "BCP-251007").await.unwrap();
    assert_eq!(paid.state, "PAID");
    let again = confirm(&story, "c", id, "BCP-251007").await.unwrap();
    assert_eq!(again, paid, "repeated");
    let twice = confirm(&story, "c2", id, "BCP-251008").await;
    assert_eq!(code(twice), "already_decided");
    assert_eq!(stands(&story, "camila").await, [50_000, 0, 50_000]);
    assert!(queue(&story).await.is_empty());
    let newest = &story.entries("camila").await[0];
    assert_eq!(
        (newest.kind.as_str(), newest.phase.as_str()),
        ("PAYOUT", "POSTED")
    );
    assert_eq!(newest.amount.as_ref().unwrap().minor, -900_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_paid_out_to_without_a_verified_identity() {
    let story = Story::completed().await;
    let martin = story.person("martin").id;
    story.set_account("martin", CCI).await.unwrap();
    assert!(!story.wallet("martin").await.blocked);
    let payout = request(&story, "martin", "k", "100.00").await.unwrap();
    let rejected = KycRejected {
        user_id: martin.to_string(),
        reason: "The document has expired".to_owned(),
        rejected_by: story.person("patricia").id.to_string(),
    };
    story.users_say(&rejected).await;
    let before = stands(&story, "martin").await;
    assert!(story.wallet("martin").await.blocked);
    let blocked = request(&story, "martin", "k2", "100.00").await;
    assert_eq!(code(blocked), "wallet_blocked");
    let held = confirm(&story, "c", &payout.payout_id, "BCP-251007").await;
    assert_eq!(code(held), "wallet_blocked");
    // Of the admins Users never spoke.
    let unknown = request(&story, "andres", "k", "1.00").await;
    assert_eq!(code(unknown), "forbidden", "an admin has no payouts");
    assert_eq!(stands(&story, "martin").await, before);

    let verified = KycVerified {
        user_id: martin.to_string(),
        country: "MX".to_owned(),
        valid_until: "2999-01-01T00:00:00Z".to_owned(),
        verified_by: story.person("patricia").id.to_string(),
    };
    story.users_say(&verified).await;
    confirm(&story, "c", &payout.payout_id, "BCP-251007")
        .await
        .unwrap();
    let [balance, held, _] = stands(&story, "martin").await;
    assert_eq!((before[0] - balance, held), (10_000, 0));
}

async fn fail(story: &Story, key: &str, id: &str, reason: &str) -> Result<pb::Payout, Status> {
    let message = pb::FailPayoutRequest {
        idempotency_key: key.to_owned(),
        payout_id: id.to_owned(),
        reason: reason.to_owned(),
    };
    let request = story.ask(story.person("elena"), message);
    let reply = story.client().fail_payout(request).await?;
    Ok(reply.into_inner().payout.unwrap())
}

async fn agree(story: &Story, who: &str, key: &str, id: &str) -> Result<pb::Payout, Status> {
    let message = pb::AgreePayoutRequest {
        idempotency_key: key.to_owned(),
        payout_id: id.to_owned(),
    };
    let request = story.ask(story.person(who), message);
    let reply = story.client().agree_payout(request).await?;
    Ok(reply.into_inner().payout.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_the_bank_did_not_make_is_back_in_the_wallet() {
    let story = Story::completed().await;
    let payout = story.pay_out("camila", "9000.00").await;
    let id = &payout.payout_id;
    assert_eq!(code(fail(&story, "f", id, " ").await), "reason_required");
    let failed = fail(&story, "f", id, "the account is closed")
        .await
        .unwrap();
    assert_eq!(
        (failed.state.as_str(), failed.failure.as_str()),
        ("FAILED", "the account is closed")
    );
    let again = fail(&story, "f", id, "the account is closed")
        .await
        .unwrap();
    assert_eq!(again, failed, "repeated");
    assert_eq!(stands(&story, "camila").await, [950_000, 0, 950_000]);
    let late = confirm(&story, "c", id, "BCP-251007").await;
    assert_eq!(code(late), "already_decided");
    assert!(queue(&story).await.is_empty());
    assert_eq!(story.entries("camila").await[0].phase, "VOIDED");
    // The reference of the refused confirmation is free.
    let other = request(&story, "camila", "k2", "1.00").await.unwrap();
    confirm(&story, "c2", &other.payout_id, "BCP-251007")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_payout_needs_a_second_person_also_in_slices() {
    let story = Story::completed().await;
    let run = story.propose("elena", "k").await.unwrap();
    story
        .approve(story.person("andres"), "a", &run.run_id)
        .await
        .unwrap();
    let small = story.pay_out("valentina", "9999.00").await;
    assert!(!small.needs_agreement);
    let id = small.payout_id;
    assert_eq!(
        code(agree(&story, "patricia", "g", &id).await),
        "nothing_to_agree"
    );
    confirm(&story, "c", &id, "OUT-V1").await.unwrap();
    let slice = request(&story, "valentina", "k2", "2.00").await.unwrap();
    assert!(slice.needs_agreement, "it takes the sum above the limit");
    let id = slice.payout_id;
    assert_eq!(
        code(confirm(&story, "d", &id, "OUT-V2").await),
        "needs_agreement"
    );
    assert_eq!(code(agree(&story, "elena", "g", &id).await), "forbidden");
    let agreed = agree(&story, "patricia", "g", &id).await.unwrap();
    assert_eq!(agreed.state, "AGREED");
    assert_eq!(agree(&story, "patricia", "g", &id).await.unwrap(), agreed);
    assert_eq!(queue(&story).await, [agreed]);
    let paid = confirm(&story, "d", &id, "OUT-V2").await.unwrap();
    assert_eq!(paid.state, "PAID");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_account_pauses_payouts() {
    let story = Story::completed().await;
    for (country, number, refusal) in [
        (
            "PE",
            "002-193-002214477061-12",
            "payout_account_check_digits",
        ),
        ("PE", "1234", "payout_account_malformed"),
        ("KP", "1234", "payout_country_unsupported"),
    ] {
        let refused = story.set_account("camila", (country, number)).await;
        assert_eq!(code(refused), refusal);
    }
    let open = story.pay_out("camila", "100.00").await;
    // The same again changes nothing.
    let same = story
        .set_account("camila", ("PE", "00219300221447706111"))
        .await;
    assert_eq!(same.unwrap().masked, "PE ···6111");
    request(&story, "camila", "k1", "1.00").await.unwrap();

    let iban = ("ES", "ES91 2100 0418 4502 0005 1332");
    story.set_account("camila", iban).await.unwrap();
    let paused = request(&story, "camila", "k2", "1.00").await;
    assert_eq!(code(paused), "payout_account_paused");
    let elsewhere = confirm(&story, "c", &open.payout_id, "OUT-C1").await;
    assert_eq!(code(elsewhere), "payout_account_changed");
    let mut tx = story.begin().await;
    tx.advance_business_time(72 * 3600).await.unwrap();
    tx.commit().await.unwrap();
    let paid = request(&story, "camila", "k2", "1.00").await.unwrap();
    assert_eq!(paid.bank_account, "ES9121000418450200051332");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_adds_up_and_pages_leave_nothing_out() {
    let story = Story::completed().await;
    let camila = story.person("camila");
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let message = pb::WalletEntriesRequest {
            currency: "USD".to_owned(),
            first: 1,
            after,
            ..Default::default()
        };
        let page = story
            .client()
            .wallet_entries(story.ask(camila, message))
            .await;
        let page = page.unwrap().into_inner();
        seen.extend(page.entries);
        after = page.next;
        if after.is_empty() {
            break;
        }
    }
    assert_eq!(seen, story.entries("camila").await);
    let message = pb::WalletEntriesRequest {
        currency: "USD".to_owned(),
        first: 100,
        kind: "HOLD".to_owned(),
        project_id: story.project.to_string(),
        ..Default::default()
    };
    let holds = story
        .client()
        .wallet_entries(story.ask(camila, message))
        .await;
    let holds = holds.unwrap().into_inner().entries;
    assert!(!holds.is_empty() && holds.iter().all(|one| one.kind == "HOLD"));

    let statement = |from: &str, to: &str| {
        let message = pb::WalletStatementRequest {
            currency: "USD".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            ..Default::default()
        };
        let mut client = story.client();
        let request = story.ask(camila, message);
        async move { client.wallet_statement(request).await }
    };
    let now = clock::real_now();
    let [before, after] = [-1, 1].map(|days| clock::to_text(now + time::Duration::days(days)));
    let all = statement(&before, &after).await.unwrap().into_inner();
    let minor = |amount: &Option<contracts::money::Money>| amount.as_ref().unwrap().minor;
    let moved: i64 = all.entries.iter().map(|one| minor(&one.amount)).sum();
    assert_eq!(
        [minor(&all.opening), moved, minor(&all.closing)],
        [0, 950_000, 950_000]
    );
    let later = clock::to_text(now + time::Duration::days(2));
    let none = statement(&after, &later).await.unwrap().into_inner();
    assert_eq!(
        [minor(&none.opening), minor(&none.closing)],
        [950_000, 950_000]
    );
    assert!(none.entries.is_empty());
    assert_eq!(code(statement(&after, &before).await), "malformed");
}
