//! Whatever is written past the service, the replay of its record finds it.

use participation::application::react_to_accounting::FundsWord;

use crate::house::Round;

#[tokio::test]
async fn what_is_written_past_the_service_is_found() {
    let round = Round::open().await;
    let taken = round.approved(600).await;
    round.funds(taken.id, FundsWord::Captured).await;
    round.held(400).await;
    round.waits(300, true).await;
    assert_eq!(round.findings().await, [""; 0]);
    let one = format!("WHERE participation_id = '{}'", taken.id);
    for (plant, undo) in [
        ("funding = 'HELD'", "funding = 'CAPTURED'"),
        ("state = 'ACTIVE'", "state = 'APPROVED'"),
        ("share_type = 'PRODUCTS'", "share_type = 'PROFIT_ONLY'"),
        ("agreement_hash = repeat('0', 64)", ""),
    ] {
        round
            .tamper(&format!("UPDATE participations SET {plant} {one}"))
            .await;
        assert_eq!(round.findings().await.len(), 1, "{plant}");
        if !undo.is_empty() {
            round
                .tamper(&format!("UPDATE participations SET {undo} {one}"))
                .await;
        }
    }
    let before = round.findings().await.len();
    for (plant, undo) in [
        (
            "UPDATE offerings SET goal_minor = 2000",
            "UPDATE offerings SET goal_minor = 1000",
        ),
        (
            "UPDATE offerings SET status = 'CLOSED'",
            "UPDATE offerings SET status = 'OPEN'",
        ),
        (
            "UPDATE investor_exposure SET committed_minor = committed_minor + 1
             WHERE investor_id = (SELECT min(investor_id::text)::uuid FROM investor_exposure)",
            "",
        ),
    ] {
        round.tamper(plant).await;
        assert_eq!(round.findings().await.len(), before + 1, "{plant}");
        round
            .tamper(if undo.is_empty() { "SELECT 1" } else { undo })
            .await;
    }
    round
        .tamper("DELETE FROM participations WHERE state = 'WAITLISTED'")
        .await;
    let found = round.findings().await;
    assert!(
        found
            .iter()
            .any(|finding| finding.ends_with("is in the record, and gone")),
        "{found:?}"
    );
}
