//! The FINAL run: line by line the golden one, four eyes, posted once, all or nothing.

use accounting::application::SettleError;
use accounting::application::approve_run::approve_run;
use accounting::application::record_recovery::{RecordRecovery, record_recovery};
use accounting::domain::{RunRefusal, SettlementRun, postings, run_of};
use authz::{Actor, Role, Subject};
use contracts::accounting as pb;
use ids::{RunId, TransferId, UserId};
use settlement::RunKind;
use testkit::Person;
use tonic::Code;

use crate::story::{Story, code, list, text, usd, wire};

fn outsider(story: &Story, roles: &[Role]) -> Person {
    Person {
        id: UserId::new(),
        roles: roles.to_vec(),
        ..story.person("andres").clone()
    }
}

/// The same person with one more role.
fn also(person: &Person, role: Role) -> Person {
    let mut person = person.clone();
    person.roles.push(role);
    person
}

/// Every line, total and wallet of the story against the other calculation.
fn compare(story: &Story, run: &pb::RunView) {
    let golden = &story.golden["run"];
    let lines = list(&golden["lines"]);
    assert_eq!(run.lines.len(), lines.len());
    for theirs in lines {
        let request = text(&theirs["request"]);
        let id = story.requests[request].to_string();
        let ours = run.lines.iter().find(|line| line.participation_id == id);
        let ours = ours.unwrap();
        let investor = story.person(text(&theirs["investor"])).id.to_string();
        assert_eq!(ours.investor_id, investor, "{request}");
        let table = [
            ("unspent", &ours.unspent),
            ("capital", &ours.capital),
            ("fraction_cash", &ours.fraction_cash),
            ("owner_split", &ours.owner_split),
            ("profit", &ours.profit),
            ("fee", &ours.fee),
            ("tax", &ours.tax),
            ("net", &ours.net),
        ];
        for (name, figure) in table {
            assert_eq!(*figure, wire(&theirs[name]), "{request} {name}");
        }
    }
    let advances = usd(&golden["advance_unused"]).minor() + usd(&golden["advance_repaid"]).minor();
    assert_eq!(run.distributed, wire(&golden["distributed"]));
    assert_eq!(run.owner_share, wire(&golden["owner_split"]));
    assert_eq!(run.fees, wire(&golden["fee"]));
    assert_eq!(run.tax, wire(&golden["tax"]));
    assert_eq!(run.advances_returned.as_ref().unwrap().minor, advances);
    assert_eq!(run.held_back.as_ref().unwrap().minor, 0);
}

async fn compare_wallets(story: &Story) {
    let golden = &story.golden["final"];
    for (name, balance) in golden["wallets"].as_object().unwrap() {
        let mut expected = wire(balance).unwrap();
        if name == "valentina" {
            // In the story she has taken her payout already.
            expected.minor += 2_000_000;
        }
        assert_eq!(story.wallet(name).await.balance, Some(expected), "{name}");
    }
    let message = pb::TrialBalanceRequest {
        currency: "USD".to_owned(),
    };
    let request = story.ask(story.person("elena"), message);
    let trial = story.client().trial_balance(request).await.unwrap();
    let trial = trial.into_inner();
    assert!(trial.balanced);
    let of = |kind: &str| {
        let account = trial.accounts.iter().find(|one| one.kind == kind).unwrap();
        account.credits.as_ref().unwrap().minor - account.debits.as_ref().unwrap().minor
    };
    assert_eq!(of("PLATFORM_FEES"), usd(&golden["platform_fees"]).minor());
    assert_eq!(of("TAX_PAYABLE"), usd(&golden["tax_payable"]).minor());
    assert_eq!((of("ESCROW_CAPITAL"), of("ESCROW_PROCEEDS")), (0, 0));
    let custody = usd(&golden["custody_bank"]).minor() + 2_000_000;
    assert_eq!(of("CUSTODY_BANK"), -custody);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_final_run_of_the_story_is_that_of_the_other_calculation() {
    let story = Story::completed().await;
    assert_eq!(code(story.propose("andres", "k").await), "forbidden");
    let run = story.propose("elena", "k").await.unwrap();
    compare(&story, &run);
    assert_eq!((run.number, run.state.as_str()), (1, "PROPOSED"));
    assert_eq!(
        accounting::application::canonical::hash(&run.document),
        run.hash
    );
    assert_eq!(story.propose("elena", "k").await.unwrap(), run, "repeated");
    assert_eq!(
        code(story.propose("elena", "k2").await),
        "run_already_proposed"
    );

    let before = story.wallet("lucia").await;
    let id = &run.run_id;
    let table = [
        (story.person("elena").clone(), "forbidden"),
        (
            also(story.person("elena"), Role::Admin),
            "approver_proposed",
        ),
        (also(story.person("rosa"), Role::Admin), "approver_is_owner"),
        (
            also(story.person("jorge"), Role::Admin),
            "approver_takes_part",
        ),
    ];
    for (who, refusal) in table {
        assert_eq!(code(story.approve(&who, "a", id).await), refusal);
    }
    assert_eq!(story.wallet("lucia").await, before, "nothing moved");

    let andres = story.person("andres");
    let posted = story.approve(andres, "a", id).await.unwrap();
    assert_eq!(posted.state, "POSTED");
    assert_eq!(posted.approved_by, andres.id.to_string());
    compare(&story, &posted);
    compare_wallets(&story).await;
    assert_eq!(story.approve(andres, "a", id).await.unwrap(), posted);
    assert_eq!(code(story.approve(andres, "b", id).await), "already_posted");
    compare_wallets(&story).await;
    sees_one_line(&story, id).await;
}

/// Who takes part sees the own line and no document, a stranger sees nothing.
async fn sees_one_line(story: &Story, id: &str) {
    let message = pb::RunsRequest {
        project_id: story.project.to_string(),
    };
    let request = story.ask(story.person("lucia"), message.clone());
    let runs = story
        .client()
        .runs(request)
        .await
        .unwrap()
        .into_inner()
        .runs;
    let [run] = runs.as_slice() else {
        panic!("one run")
    };
    let [line] = run.lines.as_slice() else {
        panic!("one line")
    };
    assert_eq!(line.investor_id, story.person("lucia").id.to_string());
    assert_eq!((run.run_id.as_str(), run.document.as_str()), (id, ""));

    let stranger = outsider(story, &[Role::Investor]);
    let runs = story.client().runs(story.ask(&stranger, message)).await;
    assert!(runs.unwrap().into_inner().runs.is_empty());
    let message = pb::RunRequest {
        run_id: id.to_owned(),
    };
    let run = story.client().run(story.ask(&stranger, message)).await;
    assert_eq!(run.unwrap_err().code(), Code::NotFound);

    // The distribution stands in her statement, newest first.
    let entries = story.entries("lucia").await;
    let kinds: Vec<&str> = entries.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["DISTRIBUTION", "DISTRIBUTION", "HOLD", "DEPOSIT"]);
    let signed = entries.iter().map(|one| one.amount.as_ref().unwrap().minor);
    let balance = story.wallet("lucia").await.balance.unwrap().minor;
    assert_eq!(signed.sum::<i64>(), balance);
    assert!(entries.iter().all(|one| one.phase == "POSTED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_approvals_at_once_one_posts() {
    let story = Story::completed().await;
    let run = story.propose("elena", "k").await.unwrap();
    let id: RunId = run.run_id.parse().unwrap();
    crash_before_the_commit(&story, id).await;

    let mut approvals = tokio::task::JoinSet::new();
    for n in 0..8 {
        let app = story.app.clone();
        let admin = Actor {
            subject: Subject::User(UserId::new()),
            roles: vec![Role::Admin],
            ..story.system()
        };
        approvals.spawn(async move { approve_run(&app, &admin, format!("a{n}"), id).await });
    }
    let answers = approvals.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    // The others waited for the lock and were told; the unique keys below it refused nobody.
    let told = |answer: &Result<_, _>| {
        matches!(
            answer,
            Ok(_) | Err(SettleError::Refused(RunRefusal::AlreadyPosted))
        )
    };
    assert!(answers.iter().all(told), "{answers:?}");
    compare_wallets(&story).await;
}

/// Everything of an approval but its last word: no trace of it is left.
async fn crash_before_the_commit(story: &Story, id: RunId) {
    let before = story.wallet("diego").await;
    let mut tx = story.begin().await;
    let (mut books, run) = tx.run_for_update(id).await.unwrap().unwrap();
    let known = tx.settlement_facts(run.project).await.unwrap().unwrap();
    let accounts = known.accounts(&books);
    let book = tx.book_for_update(&accounts, books.currency, &[]).await;
    let mut book = book.unwrap();
    let stored = story.app.reads.run(&story.system(), id).await.unwrap();
    let computed = run_of(&stored.unwrap().document).unwrap();
    let transfers: Vec<_> = postings(&computed, &books)
        .unwrap()
        .into_iter()
        .map(|posting| (TransferId::new(), posting))
        .collect();
    book.post_all(&transfers).unwrap();
    books.post_run(&computed).unwrap();
    tx.save_book(&book).await.unwrap();
    tx.add_run_transfers(&run, &transfers).await.unwrap();
    tx.save_books(&books).await.unwrap();
    tx.record_run_posted(&run, &books, &computed).await.unwrap();
    drop(tx);
    assert_eq!(story.wallet("diego").await, before);
    let runs = story.app.reads.runs(&story.system(), story.project).await;
    let runs: Vec<SettlementRun> = runs.unwrap().into_iter().map(|one| one.run).collect();
    assert_eq!(runs, [run]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_stale_when_its_facts_have_changed() {
    let story = Story::completed().await;
    let run = story.propose("elena", "k").await.unwrap();
    let late = RecordRecovery {
        project: story.project,
        kind: "TAX".to_owned(),
        document: String::new(),
        line_name: "TAX_ADVANCE".to_owned(),
        amount: usd(&"1.00".into()),
        bank_reference: "BCP-LATE".to_owned(),
    };
    let elena = story.actor(&"elena".into());
    record_recovery(&story.app, &elena, "late".to_owned(), late)
        .await
        .unwrap();
    let andres = story.person("andres");
    let stale = story.approve(andres, "a", &run.run_id).await;
    assert_eq!(code(stale), RunRefusal::FactsChanged.code());

    let second = story.propose("elena", "k2").await.unwrap();
    assert_eq!(second.number, 2);
    let old = story.approve(andres, "a", &run.run_id).await;
    assert_eq!(code(old), "run_stale", "it gave way to the second");
    let posted = story.approve(andres, "b", &second.run_id).await.unwrap();
    assert_eq!(posted.kind, RunKind::Final.name());
    let more = posted.distributed.unwrap().minor - run.distributed.unwrap().minor;
    assert_eq!(more, 100);
}
