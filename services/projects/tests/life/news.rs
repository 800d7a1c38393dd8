//! What stands beside a project: files that are what they say, steps in their order, questions and
//! answers, each seen by whom it is for.

use authz::Role;
use blob::Media;
use contracts::projects as pb;
use ids::EventId;
use testkit::Person;
use tonic::Status;

use super::goods_stage::Share;
use super::stage::{GOAL, Stage, refusal};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

fn key() -> String {
    EventId::new().to_string()
}

fn code(status: Status) -> String {
    refusal(&status).code
}

/// Sends bytes for a file of this kind; the request that attaches what came.
async fn send(
    stage: &mut Stage,
    project: &str,
    (kind, media): (&str, Media),
    (bytes, length): (&[u8], i64),
) -> Result<pb::AttachDocumentRequest, String> {
    let request = pb::RequestUploadRequest {
        project_id: project.to_owned(),
        kind: kind.to_owned(),
        media_type: media.mime().to_owned(),
        length,
    };
    let call = stage.by(&stage.rosa, request);
    let ticket = stage.client.request_upload(call).await;
    let ticket = ticket.map_err(code)?.into_inner();
    stage.objects.send(&ticket.url, media, bytes).await;
    Ok(pb::AttachDocumentRequest {
        idempotency_key: key(),
        project_id: project.to_owned(),
        upload_id: ticket.upload_id,
        kind: kind.to_owned(),
        title: "A paper".to_owned(),
        visibility: "PARTICIPANTS".to_owned(),
        supersedes: String::new(),
    })
}

async fn attach(stage: &mut Stage, request: pb::AttachDocumentRequest) -> Result<String, String> {
    let call = stage.by(&stage.rosa, request);
    let answer = stage.client.attach_document(call).await.map_err(code)?;
    Ok(answer.into_inner().document_id)
}

async fn seen(stage: &mut Stage, who: &Person, project: &str) -> usize {
    let request = pb::DocumentListRequest {
        project_id: project.to_owned(),
    };
    let call = stage.by(who, request);
    let list = stage.client.document_list(call).await.unwrap().into_inner();
    assert!(list.documents.iter().all(|one| one.url.starts_with("http")));
    list.documents.len()
}

fn length(bytes: &[u8]) -> i64 {
    bytes.len().try_into().unwrap()
}

#[tokio::test]
async fn a_document_is_what_it_says_and_is_opened_by_whom_it_is_for() {
    let mut stage = Stage::set(false).await;
    let whole = Share {
        goods: false,
        minor: GOAL,
    };
    let (project, holders) = stage.executed(&[whole]).await;
    let kept = stage.objects.kept("projects");
    let lie = b"MZ this is a program, not a paper %%EOF".as_slice();
    let paper = ("INVOICE", Media::Pdf);
    for (bytes, said, refused) in [
        (lie, length(lie), "upload_not_that"),
        (&PDF[..20], 20, "upload_not_that"),
        (&PDF[..20], length(PDF), "upload_missing"),
        (PDF, 21 << 20, "upload_length"),
    ] {
        let sent = send(&mut stage, &project, paper, (bytes, said)).await;
        let answer = match sent {
            Ok(request) => attach(&mut stage, request).await,
            Err(code) => Err(code),
        };
        assert_eq!(answer, Err(refused.to_owned()));
    }
    let image = ("IMAGE", Media::Pdf);
    let wrong = send(&mut stage, &project, image, (PDF, length(PDF))).await;
    assert_eq!(wrong.unwrap_err(), "upload_not_that");
    let (rosa, patricia) = (stage.rosa.clone(), stage.patricia.clone());
    assert_eq!(seen(&mut stage, &rosa, &project).await, 0, "no row");
    assert_eq!(stage.objects.kept("projects"), kept, "no object");

    let good = send(&mut stage, &project, paper, (PDF, length(PDF))).await;
    let good = good.unwrap();
    let id = attach(&mut stage, good.clone()).await.unwrap();
    let again = attach(&mut stage, good.clone()).await;
    assert_eq!(again, Ok(id.clone()), "the same key");
    let mut newer = pb::AttachDocumentRequest {
        idempotency_key: key(),
        visibility: "STAFF".to_owned(),
        supersedes: id,
        ..good
    };
    attach(&mut stage, newer.clone()).await.unwrap();
    newer.idempotency_key = key();
    let twice = attach(&mut stage, newer).await;
    assert_eq!(twice, Err("already_superseded".to_owned()));
    let investor = holders[0].person.clone();
    let stranger = stage.somebody(&[Role::Investor]);
    for (who, count) in [(&rosa, 2), (&patricia, 2), (&investor, 1), (&stranger, 0)] {
        assert_eq!(seen(&mut stage, who, &project).await, count);
    }
    let types = stage.recorded_types(&project).await;
    let attached = types.iter().filter(|ty| *ty == "DocumentAttached");
    assert_eq!(attached.count(), 2);
    assert_eq!(stage.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_shipment_s_steps_and_an_owner_s_updates_are_read_page_by_page() {
    let mut stage = Stage::set(false).await;
    let whole = Share {
        goods: false,
        minor: GOAL,
    };
    let (project, _) = stage.executed(&[whole]).await;
    stage.wait(24).await;
    let actor = stage.actor();
    let now = stage.app.reads.business_now(&actor).await.unwrap();
    let step = |kind: &str, hours_ago| pb::RecordMilestoneRequest {
        idempotency_key: key(),
        project_id: project.clone(),
        kind: kind.to_owned(),
        note: "on time".to_owned(),
        occurred_at: clock::to_text(now - time::Duration::hours(hours_ago)),
        document_id: String::new(),
    };
    for (request, refused) in [
        (step("PURCHASE_ORDER", 20), None),
        (step("SHIPPED", 10), None),
        (step("PRODUCTION", 9), Some("milestone_order")),
        (step("IN_TRANSIT", 11), Some("text_out_of_range")),
        (step("IN_TRANSIT", -1), Some("text_out_of_range")),
        (step("IN_TRANSIT", 5), None),
    ] {
        let call = stage.by(&stage.rosa, request);
        let answer = stage.client.record_milestone(call).await.err().map(code);
        assert_eq!(answer.as_deref(), refused);
    }
    let update = pb::PostUpdateRequest {
        idempotency_key: key(),
        project_id: project.clone(),
        title: "The ship sailed".to_owned(),
        text: "Yesterday,\nfrom Ningbo.".to_owned(),
        document_ids: vec![],
    };
    for _ in 0..2 {
        let call = stage.by(&stage.rosa, update.clone());
        stage.client.post_update(call).await.unwrap();
    }
    let page = |after: &str| pb::NewsRequest {
        project_id: project.clone(),
        first: 2,
        after: after.to_owned(),
    };
    let call = stage.anonymous(page(""));
    let first = stage.client.milestone_list(call).await.unwrap();
    let first = first.into_inner();
    let call = stage.anonymous(page(&first.next));
    let second = stage.client.milestone_list(call).await.unwrap();
    let second = second.into_inner();
    let all = first.milestones.iter().chain(&second.milestones);
    let kinds: Vec<&str> = all.map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["IN_TRANSIT", "SHIPPED", "PURCHASE_ORDER"]);
    let call = stage.anonymous(page(""));
    let updates = stage.client.update_list(call).await.unwrap();
    assert_eq!(updates.into_inner().updates.len(), 1);
    assert_eq!(stage.findings().await, [""; 0]);
}

async fn question_list(stage: &mut Stage, who: &Person, project: &str) -> Vec<pb::Question> {
    let request = pb::NewsRequest {
        project_id: project.to_owned(),
        ..pb::NewsRequest::default()
    };
    let call = stage.by(who, request);
    let list = stage.client.question_list(call).await.unwrap();
    list.into_inner().questions
}

#[tokio::test]
async fn questions_are_few_answered_once_for_all_and_hidden_with_a_reason() {
    let mut stage = Stage::set(false).await;
    let project = stage.funding().await;
    let investor = stage.somebody(&[Role::Investor]);
    let mut asked = Vec::new();
    for at in 0..6 {
        let request = pb::AskQuestionRequest {
            idempotency_key: key(),
            project_id: project.clone(),
            text: format!("Question {at}?"),
        };
        let call = stage.by(&investor, request);
        match stage.client.ask_question(call).await {
            Ok(reply) => asked.push(reply.into_inner().question_id),
            Err(status) => assert_eq!((at, code(status).as_str()), (5, "too_many_questions")),
        }
    }
    assert_eq!(asked.len(), 5);
    for (key, refused) in [("a", None), ("a", None), ("b", Some("already_answered"))] {
        let answer = pb::AnswerQuestionRequest {
            idempotency_key: key.to_owned(),
            project_id: project.clone(),
            question_id: asked[0].clone(),
            text: "Yes.".to_owned(),
        };
        let call = stage.by(&stage.rosa, answer);
        let answer = stage.client.answer_question(call).await.err().map(code);
        assert_eq!(answer.as_deref(), refused);
    }
    let hide = pb::HideQuestionRequest {
        idempotency_key: key(),
        project_id: project.clone(),
        question_id: asked[1].clone(),
        reason: "it names a person".to_owned(),
    };
    let call = stage.by(&stage.patricia, hide);
    stage.client.hide_question(call).await.unwrap();

    let (stranger, rosa) = (stage.somebody(&[Role::Investor]), stage.rosa.clone());
    for (who, count, is_named) in [
        (&investor, 5, true),
        (&rosa, 5, true),
        (&stranger, 4, false),
    ] {
        let list = question_list(&mut stage, who, &project).await;
        assert_eq!(list.len(), count);
        let named = list.iter().all(|one| !one.asked_by.is_empty());
        assert_eq!(named, is_named);
        assert_eq!(list[count - 1].answer, "Yes.");
    }
    assert_eq!(stage.findings().await, [""; 0]);
}

/// Page by page, one project each.
async fn found(stage: &mut Stage, request: pb::ProjectListRequest) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = pb::ProjectListRequest {
            first: 1,
            after,
            ..request.clone()
        };
        let call = stage.by(&stage.patricia, page);
        let reply = stage.client.project_list(call).await.unwrap().into_inner();
        found.extend(reply.projects.into_iter().map(|one| one.project_id));
        after = reply.next;
        if after.is_empty() {
            return found;
        }
    }
}

#[tokio::test]
async fn projects_are_found_by_what_they_are_and_by_their_deadline() {
    let mut stage = Stage::set(false).await;
    let early = stage.funding().await;
    stage.wait(48).await;
    let late = stage.funding().await;
    let patricia = stage.patricia.clone();
    let flagged = stage.flag(&patricia, &late, ("LATE", "the ship")).await;
    flagged.unwrap();
    let draft = stage.draft("draft").await;
    let list = |text: &str, flag: &str, order: &str| pb::ProjectListRequest {
        text: text.to_owned(),
        flag: flag.to_owned(),
        order: order.to_owned(),
        jurisdiction: "PE".to_owned(),
        currency: "USD".to_owned(),
        ..pb::ProjectListRequest::default()
    };
    for (request, expected) in [
        (list("NINGBO", "", ""), vec![&draft, &late, &early]),
        (list("50%_", "", ""), vec![]),
        (list("", "LATE", ""), vec![&late]),
        (list("", "", "DEADLINE"), vec![&early, &late, &draft]),
    ] {
        let found = found(&mut stage, request).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    }
}
