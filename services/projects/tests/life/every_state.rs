//! Every command in every state: an edge, or a refusal that names where the project stands and
//! where it would have to.

use contracts::projects as pb;
use ids::{ClosureId, EventId, ParticipationId, UserId};
use link::Refusal;
use tonic::Status;

use super::goods_stage::Share;
use super::stage::{GOAL, Stage, refusal, story_terms, usd};

const STATES: [&str; 10] = [
    "DRAFT",
    "PUBLISHED",
    "FUNDING",
    "FULLY_FUNDED",
    "READY_FOR_APPROVAL",
    "APPROVED",
    "IN_EXECUTION",
    "COMPLETED",
    "SETTLED",
    "CANCELLED",
];

/// One column a state, in their order; `x`: the state allows it, whatever else is missing.
const COMMANDS: [(&str, &str); 17] = [
    ("set_terms", "x........."),
    ("publish", "x........."),
    ("open_funding", ".x........"),
    ("approve", "....x....."),
    ("start", ".....x...."),
    ("receive", "......x..."),
    ("sell", "......x..."),
    ("hand_over", "......x..."),
    ("write_off", "......x..."),
    ("buy_back", "......x..."),
    ("agree", "......x..."),
    ("declare", "......x..."),
    ("confirm", "......x..."),
    ("cancel_by_owner", "xxx......."),
    ("cancel_by_admin", "...xxxx..."),
    ("flag", ".xxxxxxxxx"),
    ("notify", ".xxxxx...."),
];

/// The refusals that are about the state alone.
const OF_THE_STATE: [&str; 5] = [
    "illegal_transition",
    "wrong_state",
    "terms_immutable",
    "not_in_execution",
    "not_yours_to_cancel",
];

/// A project that stands there.
async fn standing(stage: &mut Stage, state: &str) -> String {
    let step = STATES.iter().position(|one| *one == state).unwrap();
    let cash = Share {
        goods: false,
        minor: GOAL,
    };
    let project = match step {
        0 | 1 => {
            let project = stage.draft(&EventId::new().to_string()).await;
            stage.set_terms(&project, story_terms()).await.unwrap();
            if step == 1 {
                stage.publish(&project, "").await.unwrap();
            }
            project
        }
        2 | 3 | 9 => stage.funding().await,
        4 | 5 => stage.ready().await,
        _ => stage.executed(&[cash]).await.0,
    };
    let (rosa, patricia) = (stage.rosa.clone(), stage.patricia.clone());
    match step {
        3 => {
            let id = stage.request(&project, UserId::new(), GOAL).await;
            stage.take(&project, id, GOAL).await;
            stage.filled(&project, GOAL).await.unwrap();
        }
        5 => {
            stage.approve(&patricia, &project).await.unwrap();
            stage.frozen(&project, 1).await;
        }
        7 | 8 => {
            let none = ["AF-50", "BS-10", "TB-35", "DS-16", "LP-18"].map(|sku| (sku, 0));
            stage.receive(&project, &none, "").await.unwrap();
            stage.declare(&project).await.unwrap();
            stage.confirm(&patricia, &project).await.unwrap();
            if step == 8 {
                stage.run_posted(&project, "FINAL").await.unwrap();
            }
        }
        9 => {
            stage.cancel(&rosa, &project, "no supplier").await.unwrap();
        }
        _ => {}
    }
    assert_eq!(stage.look(&project).await.state, state);
    project
}

/// Gives the command; the refusal, if it is one.
#[expect(clippy::too_many_lines, reason = "one arm for each command")]
async fn give(stage: &mut Stage, command: &str, project: &str) -> Option<Refusal> {
    let project_id = project.to_owned();
    let idempotency_key = EventId::new().to_string();
    let (rosa, patricia) = (stage.rosa.clone(), stage.patricia.clone());
    macro_rules! call {
        ($who:expr, $rpc:ident, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {{
            let request = pb::$request { idempotency_key, project_id, $($field: $value),* };
            let call = stage.by($who, request);
            stage.client.$rpc(call).await.map(drop)
        }};
    }
    let sku = || "LP-18".to_owned();
    let answer: Result<(), Status> = match command {
        "set_terms" => call!(
            &rosa,
            set_terms,
            SetTermsRequest {
                terms: Some(story_terms())
            }
        ),
        "publish" => call!(
            &rosa,
            publish_project,
            PublishProjectRequest {
                funding_opens_at: String::new(),
            }
        ),
        "open_funding" => call!(&rosa, open_funding, OpenFundingRequest {}),
        "approve" => call!(&patricia, approve_project, ApproveProjectRequest {}),
        "start" => call!(&rosa, start_execution, StartExecutionRequest {}),
        "receive" => call!(
            &rosa,
            record_goods_received,
            RecordGoodsReceivedRequest {
                counted: vec![],
                note: String::new(),
            }
        ),
        "sell" => call!(
            &rosa,
            report_sale,
            ReportSaleRequest {
                buyer: "Ana".to_owned(),
                lines: vec![pb::SaleLine {
                    sku: sku(),
                    units: 1,
                    net: usd(1)
                }],
            }
        ),
        "hand_over" => call!(
            &rosa,
            hand_over_goods,
            HandOverGoodsRequest {
                participation_id: ParticipationId::new().to_string(),
            }
        ),
        "write_off" => call!(
            &rosa,
            propose_write_off,
            ProposeWriteOffRequest {
                sku: sku(),
                units: 1,
                reason: "wet".to_owned(),
            }
        ),
        "buy_back" => call!(
            &rosa,
            propose_buy_back,
            ProposeBuyBackRequest {
                sku: sku(),
                units: 1,
            }
        ),
        "agree" => call!(
            &patricia,
            agree_stock_closure,
            AgreeStockClosureRequest {
                closure_id: ClosureId::new().to_string(),
            }
        ),
        "declare" => call!(&rosa, declare_completion, DeclareCompletionRequest {}),
        "confirm" => call!(&patricia, confirm_completion, ConfirmCompletionRequest {}),
        "cancel_by_owner" | "cancel_by_admin" => {
            let who = if command == "cancel_by_owner" {
                &rosa
            } else {
                &patricia
            };
            call!(
                who,
                cancel_project,
                CancelProjectRequest {
                    reason: "no supplier".to_owned()
                }
            )
        }
        "flag" => call!(
            &patricia,
            set_flag,
            SetFlagRequest {
                flag: "LATE".to_owned(),
                reason: "the ship is late".to_owned(),
            }
        ),
        "notify" => call!(
            &rosa,
            notify_material_change,
            NotifyMaterialChangeRequest {
                text: "The ship is late.".to_owned(),
                renew: false,
                renew_hours: 0,
            }
        ),
        unknown => panic!("no command {unknown}"),
    };
    answer.err().map(|status| refusal(&status))
}

#[tokio::test]
async fn a_command_is_an_edge_or_says_where_the_project_stands_and_where_it_must() {
    let mut stage = Stage::set(false).await;
    stage.verify(stage.rosa.id).await;
    for (at, state) in STATES.into_iter().enumerate() {
        let still = standing(&mut stage, state).await;
        let recorded = stage.recorded(&still).await.len();
        for (command, columns) in COMMANDS {
            if columns.as_bytes()[at] == b'x' {
                let fresh = standing(&mut stage, state).await;
                let refused = give(&mut stage, command, &fresh).await;
                let of_the_state = refused.filter(|one| OF_THE_STATE.contains(&&*one.code));
                assert_eq!(of_the_state, None, "{state} {command}");
                continue;
            }
            let refused = give(&mut stage, command, &still).await;
            let refused = refused.unwrap_or_else(|| panic!("{state} allows {command}"));
            assert!(
                OF_THE_STATE.contains(&&*refused.code),
                "{state} {command} {refused:?}"
            );
            let arg = |names: [&str; 2]| {
                let found = refused.args.iter().find(|arg| names.contains(&&*arg.0));
                found.map(|arg| arg.1.clone()).unwrap_or_default()
            };
            assert_eq!(arg(["from", "state"]), state, "{command}");
            let must = arg(["needs", "who"]);
            assert!(!must.is_empty() && must != state, "{state} {command}");
        }
        assert_eq!(stage.recorded(&still).await.len(), recorded, "{state}");
    }
    assert_eq!(stage.findings().await, [""; 0]);
}
