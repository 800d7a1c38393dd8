//! What is signed is the very text, and it is kept.

use authz::Actor;
use participation::application::agreement::{participation_agreement, signed_agreement};
use participation::application::request_participation::{
    RequestParticipation, RequestParticipationError, request_participation,
};
use participation::domain::{Language, Refusal, ShareType, Signature};

use crate::house::{Round, usd};

#[tokio::test]
async fn a_request_signs_the_text_in_either_language_and_no_other() {
    let round = Round::open().await;
    let investor = round.investor().await;
    let asked = (usd(400), ShareType::ProfitOnly);
    let app = &round.app;
    let agreement =
        |language| participation_agreement(app, &investor, round.project, asked, language);
    let spanish = agreement(Language::Es).await.unwrap();
    let english = agreement(Language::En).await.unwrap();
    let ask = async |sha256: &str| {
        let cmd = RequestParticipation {
            signature: Signature {
                version: english.version.clone(),
                sha256: sha256.to_owned(),
            },
            ..round.signed(&investor, 400).await
        };
        request_participation(&round.app, &investor, "one".to_owned(), cmd).await
    };
    for other in [
        "",
        &"0".repeat(64),
        &round.agreement(&investor, 401).await.sha256,
    ] {
        let Err(RequestParticipationError::Refused(refusal)) = ask(other).await else {
            panic!("a refusal expected");
        };
        let changed = Refusal::AgreementChanged {
            version: "1",
            hash_es: spanish.sha256.clone(),
            hash_en: english.sha256.clone(),
        };
        assert_eq!(refusal, changed);
    }
    assert_eq!(round.sums().await, (1_000, 0, 0));
    let one = ask(&spanish.sha256).await.unwrap();

    let owner = round.owner();
    for who in [&investor, &owner] {
        let kept = signed_agreement(&round.app, who, one.id).await.unwrap();
        let kept = kept.expect("theirs to read");
        assert_eq!((&kept.text, kept.language), (&spanish.text, Language::Es));
        assert!(kept.agreed_at.is_some());
    }
    let stranger: Actor = round.investor().await;
    let hidden = signed_agreement(&round.app, &stranger, one.id).await;
    assert_eq!(hidden.unwrap(), None);
}
