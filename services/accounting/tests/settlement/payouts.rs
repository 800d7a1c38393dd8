//! Money out of a wallet: held, confirmed once, and only for a person whose identity is verified.

use contracts::accounting as pb;
use contracts::users::{KycRejected, KycVerified};
use tonic::Status;

use crate::story::{Story, code, wire};

async fn request(story: &Story, who: &str, key: &str, amount: &str) -> Result<pb::Payout, Status> {
    let message = pb::RequestPayoutRequest {
        idempotency_key: key.to_owned(),
        amount: wire(&amount.into()),
        bank_account: "PE-191-0042".to_owned(),
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
    let used = confirm(&story, "c", id, " OUT-31").await;
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
    let newest = &story.wallet("camila").await.entries[0];
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
    let payout = request(&story, "martin", "k", "100.00").await.unwrap();
    let rejected = KycRejected {
        user_id: martin.to_string(),
        reason: "The document has expired".to_owned(),
        rejected_by: story.person("patricia").id.to_string(),
    };
    story.users_say(&rejected).await;
    let before = stands(&story, "martin").await;
    let blocked = request(&story, "martin", "k2", "100.00").await;
    assert_eq!(code(blocked), "kyc_not_verified");
    let held = confirm(&story, "c", &payout.payout_id, "BCP-251007").await;
    assert_eq!(code(held), "kyc_not_verified");
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
