//! Two commands about one project at the same moment, on two replicas: it comes out as if one had
//! come after the other, and who comes too late is told why.

use std::fmt::Write as _;

use contracts::participation as part;
use contracts::projects as pb;
use contracts::projects::projects_client::ProjectsClient;
use ids::{EventId, UserId};
use link::Link;
use projects::application::sweep::sweep_due;
use projects::interfaces::OfParticipation;

use super::goods_stage::Share;
use super::stage::{GOAL, Stage, outcome, story_terms};

/// How far the project is when the two meet.
#[derive(Clone, Copy, Debug)]
enum Start {
    Draft,
    Published,
    /// Full, and the money is there: its list is not sealed yet.
    Full,
    Ready,
    Approved,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    SetTerms,
    Publish,
    OpenFunding,
    /// By its owner.
    GiveUp,
    /// By an admin.
    Cancel,
    Seal,
    Reopen,
    Approve,
    Suspend,
    Begin,
}

use Act::*;
use Start::*;

const PAIRS: [(Start, Act, Act); 12] = [
    (Draft, SetTerms, Publish),
    (Draft, Publish, GiveUp),
    (Published, OpenFunding, GiveUp),
    (Full, Seal, Cancel),
    (Full, Seal, Suspend),
    (Full, Reopen, Cancel),
    (Full, Reopen, Suspend),
    (Ready, Approve, Cancel),
    (Ready, Approve, Suspend),
    (Approved, Begin, Cancel),
    (Approved, Begin, Suspend),
    (Approved, Cancel, Cancel),
];

struct Case {
    project: String,
    seal: part::OfferingSealed,
}

impl Case {
    async fn new(stage: &mut Stage, start: Start) -> Self {
        let key = EventId::new().to_string();
        let project = match start {
            Full | Ready | Approved => stage.funding().await,
            Draft | Published => stage.draft(&key).await,
        };
        if matches!(start, Draft | Published) {
            stage.set_terms(&project, story_terms()).await.unwrap();
            stage.verify(stage.rosa.id).await;
        }
        if matches!(start, Published) {
            stage.publish(&project, "").await.unwrap();
        }
        let mut list = Vec::new();
        if matches!(start, Full | Ready | Approved) {
            let investor = UserId::new();
            let id = stage.request(&project, investor, GOAL).await;
            stage.take(&project, id, GOAL).await;
            stage.filled(&project, GOAL).await.unwrap();
            stage.escrow(&project, GOAL).await;
            list.push((id, investor, GOAL));
        }
        let seal = Stage::seal(&list, &project);
        let case = Self { project, seal };
        if matches!(start, Ready | Approved) {
            let sealed = case.act(stage, stage.client.clone(), Seal).await;
            assert_eq!(sealed, "ok");
        }
        if matches!(start, Approved) {
            let patricia = stage.patricia.clone();
            stage.approve(&patricia, &case.project).await.unwrap();
            stage.frozen(&case.project, 1).await;
        }
        case
    }

    /// Does it on one replica.
    async fn act(&self, stage: &Stage, client: ProjectsClient<Link>, act: Act) -> String {
        match act {
            Seal => heard(stage.hear(&OfParticipation, &self.seal).await),
            Reopen => heard(stage.reopened(&self.project, GOAL - 1).await),
            _command => self.command(stage, client, act).await,
        }
    }

    async fn command(&self, stage: &Stage, mut client: ProjectsClient<Link>, act: Act) -> String {
        let (idempotency_key, project_id) = (EventId::new().to_string(), self.project.clone());
        let (rosa, patricia) = (&stage.rosa, &stage.patricia);
        let answer = match act {
            Seal | Reopen => unreachable!("words of another service"),
            SetTerms => {
                let mut terms = story_terms();
                terms.margin_ppm = 290_000;
                let request = pb::SetTermsRequest {
                    idempotency_key,
                    project_id,
                    terms: Some(terms),
                };
                client.set_terms(stage.by(rosa, request)).await
            }
            Publish => {
                let request = pb::PublishProjectRequest {
                    idempotency_key,
                    project_id,
                    funding_opens_at: String::new(),
                };
                client.publish_project(stage.by(rosa, request)).await
            }
            OpenFunding => {
                let request = pb::OpenFundingRequest {
                    idempotency_key,
                    project_id,
                };
                client.open_funding(stage.by(rosa, request)).await
            }
            GiveUp | Cancel => {
                let request = pb::CancelProjectRequest {
                    idempotency_key,
                    project_id,
                    reason: "the supplier is gone".to_owned(),
                };
                let by = if matches!(act, Cancel) {
                    patricia
                } else {
                    rosa
                };
                client.cancel_project(stage.by(by, request)).await
            }
            Approve => {
                let request = pb::ApproveProjectRequest {
                    idempotency_key,
                    project_id,
                };
                client.approve_project(stage.by(patricia, request)).await
            }
            Suspend => {
                let request = pb::SetFlagRequest {
                    idempotency_key,
                    project_id,
                    flag: "SUSPENDED".to_owned(),
                    reason: "an inquiry".to_owned(),
                };
                client.set_flag(stage.by(patricia, request)).await
            }
            Begin => {
                let request = pb::StartExecutionRequest {
                    idempotency_key,
                    project_id,
                };
                client.start_execution(stage.by(rosa, request)).await
            }
        };
        outcome(answer).map_or_else(|code| code, |_project| "ok".to_owned())
    }

    /// What the two were told, where the project stands, and its record.
    async fn left(&self, stage: &mut Stage, told: [String; 2]) -> String {
        let project = stage.look(&self.project).await;
        let (state, flag, margin) = (project.state, project.flag, project.terms);
        let margin = margin.unwrap().margin_ppm;
        let mut left = format!("{told:?}: {state} {flag} {margin} {}", project.liquidation);
        for ty in stage.recorded_types(&self.project).await {
            write!(left, " {ty}").unwrap();
        }
        for finding in stage.findings().await {
            write!(left, "; {finding}").unwrap();
        }
        left
    }
}

fn heard(heard: Result<(), journal::ApplyError>) -> String {
    match heard {
        Ok(()) => "ok".to_owned(),
        Err(journal::ApplyError::Contradiction(why)) => why,
        Err(fault) => panic!("{fault:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_meets_on_one_project_comes_out_as_one_after_the_other() {
    let mut stage = Stage::set(false).await;
    let mut wrong = Vec::new();
    for (start, first, second) in PAIRS {
        let case = Case::new(&mut stage, start).await;
        let a = case.act(&stage, stage.client.clone(), first).await;
        let b = case.act(&stage, stage.other.clone(), second).await;
        assert_eq!(a, "ok", "{start:?}: {first:?}");
        let forward = case.left(&mut stage, [a, b]).await;

        let case = Case::new(&mut stage, start).await;
        let b = case.act(&stage, stage.other.clone(), second).await;
        let a = case.act(&stage, stage.client.clone(), first).await;
        assert_eq!(b, "ok", "{start:?}: {second:?}");
        let backward = case.left(&mut stage, [a, b]).await;

        for _ in 0..3 {
            let case = Case::new(&mut stage, start).await;
            let (a, b) = tokio::join!(
                case.act(&stage, stage.client.clone(), first),
                case.act(&stage, stage.other.clone(), second),
            );
            let left = case.left(&mut stage, [a, b]).await;
            if ![&forward, &backward].contains(&&left) {
                let pair = format!("{start:?}: {first:?} × {second:?}");
                wrong.push(format!("{pair}\n  {left}\n  {forward}\n  {backward}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_who_comes_in_the_last_moment_has_the_goods_or_they_are_for_sale() {
    let mut stage = Stage::set(false).await;
    for _ in 0..6 {
        let whole = Share {
            goods: true,
            minor: GOAL,
        };
        let (project, holders) = stage.executed(&[whole]).await;
        let skus = ["AF-50", "BS-10", "TB-35", "DS-16", "LP-18"];
        let count = skus.map(|sku| (sku, if sku == "AF-50" { 600 } else { 0 }));
        stage.receive(&project, &count, "").await.unwrap();
        stage.wait(15 * 24 + 1).await;
        let app = stage.app.clone();
        let holder = &holders[0];
        let (taken, swept) = tokio::join!(
            stage.hand_over(&holder.person, &project, holder.participation),
            sweep_due(&app),
        );
        assert_eq!(swept.unwrap(), 1);
        if let Err(late) = &taken {
            assert_eq!(late, "allotment_lapsed");
        }
        let shown = stage.look(&project).await;
        let mut fryers = shown.products.iter().filter(|one| one.sku == "AF-50");
        let fryers = fryers.next().unwrap();
        let expected = if taken.is_ok() { (600, 600) } else { (0, 0) };
        assert_eq!((fryers.allotted, fryers.handed_over), expected);
        let types = stage.recorded_types(&project).await;
        let ends = types
            .iter()
            .filter(|ty| matches!(ty.as_str(), "GoodsHandedOver" | "AllotmentLapsed"));
        assert_eq!(ends.count(), 1, "{types:?}");
    }
    assert_eq!(stage.findings().await, [""; 0]);
}
