//! Many decisions at once: one lock, one unit of work, an answer for each.

use ids::ParticipationId;
use participation::application::decide_participations::{
    Decided, Decision, Verdict, decide_participations,
};
use participation::application::{DecisionError, ports::Page, ports::Sort};
use participation::domain::{ParticipationState as S, ShareType};

use crate::house::Round;

async fn decide(
    round: &Round,
    key: &str,
    decisions: &[(ParticipationId, Verdict)],
) -> Result<Vec<Decided>, DecisionError> {
    let decisions = decisions.iter().map(|(id, verdict)| Decision {
        id: *id,
        verdict: verdict.clone(),
    });
    let (owner, key) = (round.owner(), key.to_owned());
    decide_participations(&round.app, &owner, key, round.project, decisions.collect()).await
}

fn codes(decided: &[Decided]) -> Vec<&str> {
    let code = |one: &Decided| {
        one.outcome
            .as_ref()
            .map_or_else(|refused| refused.code.clone(), |one| one.state.to_string())
    };
    decided.iter().map(code).map(|code| &*code.leak()).collect()
}

#[tokio::test]
async fn each_decision_has_its_answer_and_the_same_key_gets_the_same_answers() {
    let round = Round::open().await;
    let (taken, turned_down, unfunded) = (
        round.held(300).await,
        round.held(300).await,
        round.requested(300).await,
    );
    let foreign = round.beside(|_terms| {}).await.held(300).await;
    let waits = round.waits(300, false).await;
    let no = Verdict::Reject("too late".to_owned());
    let decisions = [
        (taken.id, Verdict::Approve),
        (turned_down.id, no.clone()),
        (unfunded.id, Verdict::Approve),
        (foreign.id, Verdict::Approve),
        (taken.id, no.clone()),
        (waits.id, no),
    ];
    let decided = decide(&round, "all", &decisions).await.unwrap();
    let expected = [
        "APPROVED",
        "REJECTED",
        "not_held",
        "no_such_participation",
        "already_approved",
        "already_waitlisted",
    ];
    assert_eq!(codes(&decided), expected);
    assert_eq!(round.state(waits.id).await, S::Requested, "promoted");
    let events = round.recorded().await.len();
    let again = decide(&round, "all", &decisions).await.unwrap();
    assert_eq!(codes(&again), expected);
    assert_eq!(round.recorded().await.len(), events);
    assert_eq!(round.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_batch_has_one_to_two_hundred_decisions_of_the_owner() {
    let round = Round::open().await;
    let one = (ParticipationId::new(), Verdict::Approve);
    for (count, fits) in [(0, false), (200, true), (201, false)] {
        let decisions = vec![one.clone(); count];
        let answer = decide(&round, &count.to_string(), &decisions).await;
        assert_eq!(answer.is_ok(), fits, "{count}");
    }
    let stranger = round.investor().await;
    let decision = Decision {
        id: one.0,
        verdict: Verdict::Approve,
    };
    let key = "mine".to_owned();
    let answer =
        decide_participations(&round.app, &stranger, key, round.project, vec![decision]).await;
    assert!(matches!(answer, Err(DecisionError::Forbidden)));
}

#[tokio::test]
async fn a_list_is_filtered_sorted_and_read_page_by_page() {
    let round = Round::open().await;
    let mut ids = Vec::new();
    for minor in [200, 100, 300, 100] {
        ids.push(round.requested(minor).await.id);
    }
    let page = |sort, after| Page {
        first: 3,
        after,
        states: vec![S::Requested],
        share_type: Some(ShareType::ProfitOnly),
        sort,
    };
    let read = async |page: Page| {
        let (reads, system) = (&round.app.reads, round.system());
        let seen = reads.participations_of_project(&system, round.project, &page);
        let seen = seen.await.unwrap().into_iter();
        seen.map(|seen| seen.participation.id).collect::<Vec<_>>()
    };
    let newest = [ids[3], ids[2], ids[1], ids[0]];
    let largest = [ids[2], ids[0], ids[3], ids[1]];
    for (sort, order) in [(Sort::Newest, newest), (Sort::Amount, largest)] {
        assert_eq!(read(page(sort, None)).await, order[..3]);
        assert_eq!(read(page(sort, Some(order[2]))).await, order[3..]);
    }
    let none = Page {
        states: vec![S::Approved],
        ..page(Sort::Newest, None)
    };
    assert_eq!(read(none).await, []);
}
