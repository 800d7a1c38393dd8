//! Who may see which project, and how much of it.

use authz::Role;
use contracts::projects as pb;
use ids::TenantId;
use testkit::Person;

use super::stage::{Stage, outcome, story_terms};

fn list(states: &[&str], mine: bool, first: i32, after: &str) -> pb::ProjectListRequest {
    pb::ProjectListRequest {
        states: states.iter().map(ToString::to_string).collect(),
        mine,
        first,
        after: after.to_owned(),
        ..pb::ProjectListRequest::default()
    }
}

fn ids(reply: pb::ProjectListReply) -> Vec<String> {
    let projects = reply.projects.into_iter();
    projects.map(|project| project.project_id).collect()
}

#[tokio::test]
async fn drafts_are_hidden_and_lists_are_read_page_by_page() {
    let mut stage = Stage::set(false).await;
    stage.verify(stage.rosa.id).await;
    let mut all = Vec::new();
    for key in ["one", "two", "three"] {
        let project = stage.draft(key).await;
        if key != "two" {
            stage.set_terms(&project, story_terms()).await.unwrap();
            stage.publish(&project, "").await.unwrap();
        }
        all.insert(0, project);
    }
    let shown = vec![all[0].clone(), all[2].clone()];
    let investor = stage.somebody(&[Role::Investor]);
    let elsewhere = Person {
        tenant: TenantId::new(),
        ..stage.patricia.clone()
    };
    for (person, request, expected) in [
        (&stage.rosa, list(&[], true, 0, ""), &all),
        (&stage.patricia, list(&[], false, 0, ""), &all),
        (&investor, list(&[], false, 0, ""), &shown),
        (&investor, list(&[], true, 0, ""), &Vec::new()),
        (&investor, list(&["DRAFT"], false, 0, ""), &Vec::new()),
        (
            &stage.rosa,
            list(&["DRAFT"], false, 0, ""),
            &vec![all[1].clone()],
        ),
        (
            &stage.rosa,
            list(&[], false, 1, &all[0]),
            &vec![all[1].clone()],
        ),
        (&elsewhere, list(&[], false, 0, ""), &Vec::new()),
    ] {
        let call = stage.by(person, request);
        let reply = stage.client.clone().project_list(call).await.unwrap();
        assert_eq!(ids(reply.into_inner()), *expected);
    }
    let call = stage.by(&stage.rosa, list(&[], false, 2, ""));
    let page = stage.client.project_list(call).await.unwrap().into_inner();
    assert_eq!(page.next, all[1]);
}

#[tokio::test]
async fn who_is_not_signed_in_sees_what_is_offered_and_no_more() {
    let mut stage = Stage::set(false).await;
    let draft = stage.draft("draft").await;
    let request = |id: &str| pb::ProjectRequest {
        project_id: id.to_owned(),
    };
    let hidden = stage.client.project(stage.anonymous(request(&draft))).await;
    assert_eq!(outcome(hidden), Err("no_such_project".to_owned()));
    stage.set_terms(&draft, story_terms()).await.unwrap();
    stage.verify(stage.rosa.id).await;
    stage.publish(&draft, "").await.unwrap();
    let seen = stage.client.project(stage.anonymous(request(&draft))).await;
    let seen = outcome(seen).unwrap();
    assert_eq!(
        seen.totals.unwrap().goal,
        stage.look(&draft).await.totals.unwrap().goal
    );
    assert_eq!((seen.costing_json.as_str(), seen.cost_lines.len()), ("", 0));
    assert!(
        seen.products
            .iter()
            .all(|product| product.unit_price.is_empty())
    );
    assert!(!stage.look(&draft).await.costing_json.is_empty());
}
