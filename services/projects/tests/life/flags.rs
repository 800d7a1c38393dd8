//! What an admin says of a project, and what its owner must tell once it is shown.

use authz::Role;
use contracts::projects as pb;
use ids::EventId;

use super::stage::{GOAL, Stage, outcome};

#[tokio::test]
async fn a_flag_is_set_by_a_second_person_with_a_reason_and_stops_a_suspended_project() {
    let mut stage = Stage::set(false).await;
    let project = stage.ready().await;
    let (patricia, mut rosa) = (stage.patricia.clone(), stage.rosa.clone());
    rosa.roles.push(Role::Admin);
    let late = ("LATE", "the ship is late");
    for (who, flag, code) in [
        (&rosa, late, "is_owner"),
        (&patricia, ("LATE", " "), "text_out_of_range"),
        (&patricia, ("NONE", "never mind"), "same_flag"),
        (&patricia, ("SLOW", "why"), "malformed"),
    ] {
        let refused = stage.flag(who, &project, flag).await;
        assert_eq!(refused, Err(code.to_owned()));
    }
    let request = pb::SetFlagRequest {
        idempotency_key: EventId::new().to_string(),
        project_id: project.clone(),
        flag: "SUSPENDED".to_owned(),
        reason: "the supplier is accused of fraud".to_owned(),
    };
    let call = stage.signed_in(&patricia, request.clone(), 301);
    let stale = outcome(stage.client.set_flag(call).await);
    assert_eq!(stale, Err("fresh_sign_in_required".to_owned()));
    for _ in 0..2 {
        let call = stage.by(&patricia, request.clone());
        let flagged = outcome(stage.client.set_flag(call).await).unwrap();
        assert_eq!(flagged.flag, "SUSPENDED");
        assert_eq!(flagged.flag_reason, "the supplier is accused of fraud");
    }
    let suspended = stage.approve(&patricia, &project).await;
    assert_eq!(suspended, Err("suspended".to_owned()));
    let cleared = stage
        .flag(&patricia, &project, ("NONE", "it was not so"))
        .await;
    assert_eq!(cleared.unwrap().flag, "NONE");
    stage.approve(&patricia, &project).await.unwrap();
    stage.frozen(&project, 1).await;
    stage
        .flag(&patricia, &project, ("SUSPENDED", "it was"))
        .await
        .unwrap();
    assert_eq!(stage.start(&project).await, Err("suspended".to_owned()));
    let types = stage.recorded_types(&project).await;
    assert_eq!(types.iter().filter(|ty| *ty == "FlagSet").count(), 3);
    assert_eq!(stage.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_material_change_is_told_and_asks_for_consent_while_the_list_is_open() {
    let mut stage = Stage::set(false).await;
    let project = stage.funding().await;
    assert_eq!(
        stage.notify(&project, 12).await,
        Err("text_out_of_range".to_owned())
    );
    let told = stage.notify(&project, 120).await.unwrap();
    let change = &told.material_changes[0];
    assert_eq!(change.text, "The ship sails a month later.");
    let at = |text: &str| clock::from_text(text).unwrap();
    assert_eq!(
        at(&change.renew_by) - at(&change.notified_at),
        time::Duration::days(5)
    );
    let (ty, event) = stage.recorded(&project).await.pop().unwrap();
    assert_eq!(ty, "MaterialChangeNotified");
    assert_eq!(event["noticeId"], change.change_id);
    assert_eq!(event["renewBy"], change.renew_by);

    let sealed = stage.ready().await;
    assert_eq!(
        stage.notify(&sealed, 120).await,
        Err("nothing_to_renew".to_owned())
    );
    let told = stage.notify(&sealed, 0).await.unwrap();
    assert_eq!(told.material_changes[0].renew_by, "");
    let stranger = stage.somebody(&[Role::Owner]);
    let request = pb::NotifyMaterialChangeRequest {
        idempotency_key: "theirs".to_owned(),
        project_id: sealed.clone(),
        text: "A rumour".to_owned(),
        ..pb::NotifyMaterialChangeRequest::default()
    };
    let call = stage.by(&stranger, request.clone());
    let refused = outcome(stage.client.notify_material_change(call).await);
    assert_eq!(refused, Err("forbidden".to_owned()));
    let patricia = stage.patricia.clone();
    for _ in 0..2 {
        let call = stage.by(&patricia, request.clone());
        let told = outcome(stage.client.notify_material_change(call).await).unwrap();
        assert_eq!(told.material_changes.len(), 2);
    }
    assert_eq!(stage.findings().await, [""; 0]);
}

#[tokio::test]
async fn terms_that_nobody_could_keep_are_refused_by_name() {
    let mut stage = Stage::set(false).await;
    let project = stage.draft("draft").await;
    let story = super::stage::story_terms;
    let usd = super::stage::usd;
    for terms in [
        pb::Terms {
            margin_ppm: 10_000_001,
            ..story()
        },
        pb::Terms {
            first_loss: usd(GOAL + 1),
            ..story()
        },
        pb::Terms {
            first_loss: usd(2_500_001),
            ..story()
        },
        pb::Terms {
            collection_days: 400,
            ..story()
        },
    ] {
        let refused = stage.set_terms(&project, terms).await;
        assert_eq!(refused, Err("terms_out_of_range".to_owned()));
    }
    for (name, jurisdiction) in [
        ("Ningbo", "XX"),
        ("Nin\u{202e}gbo", "PE"),
        ("Nin\u{7}gbo", "PE"),
    ] {
        let request = pb::CreateProjectRequest {
            name: name.to_owned(),
            jurisdiction: jurisdiction.to_owned(),
            ..super::stage::ningbo(name)
        };
        let call = stage.by(&stage.rosa, request);
        let refused = outcome(stage.client.create_project(call).await);
        assert_eq!(refused, Err("text_out_of_range".to_owned()));
    }
}
