//! What is refused leaves everything as it was; the same key gets the same answer.

use authz::Role;
use contracts::projects as pb;
use projects::application::App;
use projects::application::advance_business_time::{
    AdvanceBusinessTimeError, advance_business_time,
};
use tonic::Code;

use super::stage::{GOAL, Stage, ningbo, outcome, refusal, story_terms, usd};

#[tokio::test]
async fn every_wrong_place_of_the_two_files_is_told_at_once() {
    let mut stage = Stage::set(false).await;
    let mut request = ningbo("wrong");
    let goods = String::from_utf8(request.goods_csv).unwrap();
    let goods = goods
        .replace(",600,unit,", ",none,unit,")
        .replace("unit,9.80", "unit,-9.80");
    request.goods_csv = goods.into_bytes();
    let costs = String::from_utf8(request.costs_csv).unwrap();
    request.costs_csv = costs.replace("BY_CIF", "BY_LUCK").into_bytes();
    let call = stage.by(&stage.rosa, request);
    let status = stage.client.create_project(call).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let refused = refusal(&status);
    assert_eq!(refused.code, "sheet_invalid");
    let arg = |name: &str| {
        let arg = refused.args.iter().find(|arg| arg.0 == name);
        arg.unwrap().1.clone()
    };
    assert_eq!(arg("count"), "3");
    let places: serde_json::Value = serde_json::from_str(&arg("places")).unwrap();
    let place = |at: usize| {
        let place = &places[at];
        format!("{} {} {}", place["file"], place["row"], place["column"])
    };
    assert_eq!(place(0), r#""goods" 2 "quantity""#);
    assert_eq!(place(1), r#""goods" 3 "unit_price""#);
    assert_eq!(place(2), r#""costs" 8 "allocation""#);

    let list = stage.by(&stage.rosa, pb::ProjectListRequest::default());
    let list = stage.client.project_list(list).await.unwrap();
    assert_eq!(list.into_inner().projects, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_makes_one_project_however_often_it_is_used() {
    let mut stage = Stage::set(false).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let mut client = stage.client.clone();
        let call = stage.by(&stage.rosa, ningbo("same"));
        calls.spawn(async move { outcome(client.create_project(call).await) });
    }
    let answers = calls.join_all().await;
    let first = stage.draft("same").await;
    for answer in answers {
        match answer {
            Ok(project) => assert_eq!(project.project_id, first),
            Err(code) => assert_eq!(code, "conflict"),
        }
    }
    let mut other = ningbo("same");
    other.name = "Another".to_owned();
    let call = stage.by(&stage.rosa, other);
    let reused = outcome(stage.client.create_project(call).await);
    assert_eq!(reused, Err("idempotency_key_reused".to_owned()));
    assert_eq!(stage.recorded_types(&first).await, ["ProjectCreated"]);
}

async fn terms_are_judged(stage: &mut Stage, project: &str) {
    for (field, terms) in [
        (
            "margin_ppm",
            pb::Terms {
                margin_ppm: -1,
                ..story_terms()
            },
        ),
        (
            "min_ticket",
            pb::Terms {
                min_ticket: None,
                ..story_terms()
            },
        ),
        (
            "funding_days",
            pb::Terms {
                funding_days: 0,
                ..story_terms()
            },
        ),
        // 190 USD of 77 257.60 buys less than one of 400 dinner sets.
        (
            "products_ticket_min",
            pb::Terms {
                products_ticket_min: usd(19_000),
                ..story_terms()
            },
        ),
    ] {
        let request = pb::SetTermsRequest {
            idempotency_key: "terms".to_owned(),
            project_id: project.to_owned(),
            terms: Some(terms),
        };
        let call = stage.by(&stage.rosa, request);
        let refused = refusal(&stage.client.set_terms(call).await.unwrap_err());
        assert_eq!(refused.code, "terms_out_of_range");
        assert_eq!(refused.args, [("field".to_owned(), field.to_owned())]);
    }
}

#[tokio::test]
async fn a_draft_is_its_owners_and_its_terms_are_judged() {
    let mut stage = Stage::set(false).await;
    let project = stage.draft("draft").await;
    assert_eq!(
        stage.publish(&project, "").await,
        Err("owner_not_verified".to_owned())
    );
    stage.verify(stage.rosa.id).await;
    assert_eq!(
        stage.publish(&project, "").await,
        Err("no_terms".to_owned())
    );
    terms_are_judged(&mut stage, &project).await;

    // Somebody else does not even learn that there is one.
    let stranger = stage.somebody(&[Role::Owner]);
    let request = pb::OpenFundingRequest {
        idempotency_key: "mine".to_owned(),
        project_id: project.clone(),
    };
    let call = stage.by(&stranger, request.clone());
    let refused = outcome(stage.client.open_funding(call).await);
    assert_eq!(refused, Err("no_such_project".to_owned()));
    let call = stage.by(&stage.rosa, request.clone());
    let refused = refusal(&stage.client.open_funding(call).await.unwrap_err());
    let names = [
        ("from", "DRAFT"),
        ("needs", "PUBLISHED"),
        ("possible", "PUBLISHED, CANCELLED"),
        ("to", "FUNDING"),
    ];
    assert_eq!(refused.code, "illegal_transition");
    assert_eq!(
        refused.args,
        names.map(|(k, v)| (k.to_owned(), v.to_owned()))
    );
    assert_eq!(stage.recorded_types(&project).await, ["ProjectCreated"]);

    // Published it is known to the stranger, and still not theirs; and the terms stand.
    stage.set_terms(&project, story_terms()).await.unwrap();
    stage.reject(stage.rosa.id).await;
    assert_eq!(
        stage.publish(&project, "").await,
        Err("owner_not_verified".to_owned())
    );
    stage.verify(stage.rosa.id).await;
    stage.publish(&project, "").await.unwrap();
    let call = stage.by(&stranger, request);
    let refused = outcome(stage.client.open_funding(call).await);
    assert_eq!(refused, Err("forbidden".to_owned()));
    let refused = stage.set_terms(&project, story_terms()).await;
    assert_eq!(refused, Err("terms_immutable".to_owned()));
}

#[tokio::test]
async fn only_another_admin_approves_what_is_sealed_and_in_escrow_with_a_fresh_sign_in() {
    let mut stage = Stage::set(false).await;
    let project = stage.funding().await;
    let patricia = stage.patricia.clone();
    let early = stage.approve(&patricia, &project).await;
    assert_eq!(early, Err("illegal_transition".to_owned()));

    let investor = stage.somebody(&[Role::Investor, Role::Admin]);
    let id = stage.request(&project, investor.id, GOAL).await;
    stage.take(&project, id, GOAL).await;
    stage.filled(&project, GOAL).await.unwrap();
    stage.escrow(&project, GOAL).await;
    let unsealed = stage.approve(&patricia, &project).await;
    assert_eq!(unsealed, Err("not_sealed".to_owned()));
    let seal = Stage::seal(&[(id, investor.id, GOAL)], &project);
    stage
        .hear(&projects::interfaces::OfParticipation, &seal)
        .await
        .unwrap();

    let participant = stage.approve(&investor, &project).await;
    assert_eq!(participant, Err("is_participant".to_owned()));
    let mut rosa = stage.rosa.clone();
    rosa.roles.push(Role::Admin);
    assert_eq!(
        stage.approve(&rosa, &project).await,
        Err("is_owner".to_owned())
    );
    stage.escrow(&project, GOAL - 1).await;
    let differs = stage.approve(&patricia, &project).await;
    assert_eq!(differs, Err("escrow_differs".to_owned()));
    stage.escrow(&project, GOAL).await;

    let request = pb::ApproveProjectRequest {
        idempotency_key: "yes".to_owned(),
        project_id: project.clone(),
    };
    let call = stage.signed_in(&patricia, request.clone(), 301);
    let stale = outcome(stage.client.approve_project(call).await);
    assert_eq!(stale, Err("fresh_sign_in_required".to_owned()));
    assert_eq!(stage.look(&project).await.state, "READY_FOR_APPROVAL");

    // Two admins at once: one approves; the same key gets the same answer.
    let andres = stage.somebody(&[Role::Admin]);
    let call = stage.by(&andres, request.clone());
    let mut client = stage.client.clone();
    let (one, other) = tokio::join!(client.approve_project(call), async {
        let call = stage.by(&patricia, request.clone());
        stage.client.clone().approve_project(call).await
    });
    let (one, other) = (outcome(one), outcome(other));
    assert_ne!(one.is_ok(), other.is_ok());
    let winner = if one.is_ok() { &andres } else { &patricia };
    let call = stage.by(winner, request);
    let again = outcome(stage.client.approve_project(call).await).unwrap();
    assert_eq!(again.state, "APPROVED");
    let types = stage.recorded_types(&project).await;
    let approvals = types.iter().filter(|ty| *ty == "ProjectApproved");
    assert_eq!(approvals.count(), 1);
}

#[tokio::test]
async fn time_is_moved_in_a_demo_only_and_by_an_admin() {
    let mut demo = Stage::set(true).await;
    let advance = |key: &str, seconds| pb::AdvanceBusinessTimeRequest {
        idempotency_key: key.to_owned(),
        seconds,
    };
    let real = App {
        demo_time: false,
        ..demo.app.clone()
    };
    let admin = demo.person(&demo.patricia);
    let fixed = advance_business_time(&real, &admin, "a".to_owned(), 60).await;
    assert!(matches!(fixed, Err(AdvanceBusinessTimeError::Fixed)));

    let call = demo.by(&demo.rosa, advance("a", 60));
    let forbidden = demo.client.advance_business_time(call).await.unwrap_err();
    assert_eq!(refusal(&forbidden).code, "forbidden");
    let call = demo.by(&demo.patricia, advance("a", -60));
    let back = demo.client.advance_business_time(call).await.unwrap_err();
    assert_eq!(refusal(&back).code, "seconds_out_of_range");
    for (key, seconds, offset_s) in [("a", 60, 60), ("b", 40, 100), ("b", 40, 100)] {
        let call = demo.by(&demo.patricia, advance(key, seconds));
        let reply = demo.client.advance_business_time(call).await.unwrap();
        assert_eq!(reply.into_inner().offset_s, offset_s);
    }
    let told = demo.recorded(&demo.patricia.tenant.to_string()).await;
    let offsets: Vec<_> = told
        .iter()
        .map(|event| event.1["offsetS"].clone())
        .collect();
    assert_eq!(offsets, ["60", "100"]);
}
