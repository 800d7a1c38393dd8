//! What is refused in execution leaves everything as it was; repeated it is answered as before.

use authz::Role;
use contracts::projects as pb;
use testkit::Person;

use super::goods_stage::{Holder, Share};
use super::stage::{GOAL, Stage, outcome, refusal};

const COUNT: [(&str, i64); 5] = [
    ("AF-50", 600),
    ("BS-10", 1_500),
    ("TB-35", 1_200),
    ("DS-16", 392),
    ("LP-18", 2_000),
];

/// Half for goods, half for cash.
async fn halves(stage: &mut Stage) -> (String, Vec<Holder>) {
    let half = GOAL / 2;
    let shares = [true, false].map(|goods| Share { goods, minor: half });
    stage.executed(&shares).await
}

/// What is recorded and what is left: a refusal changes neither.
async fn standing(stage: &mut Stage, project: &str) -> (usize, Vec<pb::Product>) {
    let recorded = stage.recorded(project).await.len();
    (recorded, stage.look(project).await.products)
}

fn as_admin(person: &Person) -> Person {
    Person {
        roles: vec![Role::Admin],
        ..person.clone()
    }
}

#[tokio::test]
async fn goods_are_counted_in_execution_once_and_before_they_leave() {
    let mut stage = Stage::set(false).await;
    let (project, holders) = halves(&mut stage).await;
    let sale = stage.sell(&project, &[("AF-50", 1, 100)]).await;
    assert_eq!(sale, Err("not_received".to_owned()));
    let (id, holder) = (holders[0].participation, &holders[0].person);
    let early = stage.hand_over(holder, &project, id).await;
    assert_eq!(early, Err("not_received".to_owned()));
    let mut more = COUNT;
    more[3].1 = 401;
    let counted = stage.receive(&project, &more, "").await;
    assert_eq!(counted, Err("count_out_of_range".to_owned()));
    let counted = stage.receive(&project, &COUNT[..4], "").await;
    assert_eq!(counted, Err("not_counted".to_owned()));
    let uncounted = refusal(&stage.declare(&project).await.unwrap_err());
    assert_eq!(uncounted.code, "not_received");

    let counted = stage.receive(&project, &COUNT, "").await.unwrap();
    assert_eq!(counted.allotments.len(), 1);
    let before = standing(&mut stage, &project).await;
    let again = stage.receive(&project, &COUNT, "").await;
    assert_eq!(again, Err("already_received".to_owned()));
    assert_eq!(standing(&mut stage, &project).await, before);
}

#[tokio::test]
async fn a_refused_step_changes_nothing_and_a_repeated_one_is_answered_as_before() {
    let mut stage = Stage::set(false).await;
    let (project, holders) = halves(&mut stage).await;
    stage.receive(&project, &COUNT, "").await.unwrap();
    let before = standing(&mut stage, &project).await;
    // Of 392 dinner sets 196 are allotted.
    for (lines, code) in [
        (vec![("DS-16", 197, 100)], "not_enough_units"),
        (
            vec![("DS-16", 196, 100), ("LP-18", 1_001, 1)],
            "not_enough_units",
        ),
        (vec![("DS-16", 0, 100)], "units_not_positive"),
        (vec![("DS-16", 1, 0)], "net_not_positive"),
        (vec![("XX-00", 1, 100)], "unknown_sku"),
        (vec![], "no_lines"),
    ] {
        assert_eq!(stage.sell(&project, &lines).await, Err(code.to_owned()));
    }
    let (cash, stranger) = (holders[1].person.clone(), stage.somebody(&[Role::Investor]));
    for (who, participation, code) in [
        (&cash, holders[0].participation, "forbidden"),
        (&stranger, holders[0].participation, "forbidden"),
        (&cash, holders[1].participation, "nothing_allotted"),
    ] {
        let answer = stage.hand_over(who, &project, participation).await;
        assert_eq!(answer, Err(code.to_owned()));
    }
    for (goods, reason, code) in [
        (("LP-18", 1_001), "wet", "not_enough_units"),
        (("LP-18", 1), " ", "reason_required"),
    ] {
        let answer = stage.write_off(&project, goods, reason).await;
        assert_eq!(answer, Err(code.to_owned()));
    }
    assert_eq!(standing(&mut stage, &project).await, before);

    repeat_sale(&mut stage, &project).await;
    let (id, person) = (holders[0].participation, &holders[0].person);
    stage.hand_over(person, &project, id).await.unwrap();
    let again = stage.hand_over(person, &project, id).await;
    assert_eq!(again, Err("already_handed_over".to_owned()));
    assert_eq!(stage.findings().await, [""; 0]);
}

/// One key sells once; another body is refused.
async fn repeat_sale(stage: &mut Stage, project: &str) {
    let request = Stage::sale(project, "sale", &[("DS-16", 196, 4_900)]);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let call = stage.by(&stage.rosa, request.clone());
        let reply = stage.client.report_sale(call).await.unwrap().into_inner();
        let shown = reply.project.unwrap();
        assert_eq!(shown.sales.len(), 1);
        let mut products = shown.products.iter();
        let sets = products.find(|one| one.sku == "DS-16").unwrap();
        assert_eq!((sets.sold, shown.sales[0].matched), (196, false));
        ids.push(reply.sale_id);
    }
    assert_eq!(ids[0], ids[1]);
    let other = Stage::sale(project, "sale", &[("AF-50", 1, 100)]);
    let call = stage.by(&stage.rosa, other);
    let status = stage.client.report_sale(call).await.unwrap_err();
    assert_eq!(refusal(&status).code, "idempotency_key_reused");
}

#[tokio::test]
async fn stock_is_closed_by_two_people_without_money_in_it() {
    let mut stage = Stage::set(false).await;
    let (project, holders) = halves(&mut stage).await;
    stage.receive(&project, &COUNT, "").await.unwrap();
    let wet = ("LP-18", 1_000);
    let closure = stage.write_off(&project, wet, "wet").await.unwrap();
    let bought = stage.buy_back(&project, ("DS-16", 196)).await.unwrap();
    let before = standing(&mut stage, &project).await;
    let (rosa, investor) = (as_admin(&stage.rosa), as_admin(&holders[1].person));
    let patricia = stage.patricia.clone();
    for (who, closure, code) in [
        (&rosa, &closure, "is_owner"),
        (&investor, &closure, "is_participant"),
        (&holders[0].person, &closure, "forbidden"),
        (&patricia, &project, "no_such_stock_closure"),
    ] {
        let answer = stage.agree(who, &project, closure).await;
        assert_eq!(answer, Err(code.to_owned()));
    }
    assert_eq!(standing(&mut stage, &project).await, before);

    let agreed = stage.agree(&patricia, &project, &closure).await.unwrap();
    let states: Vec<bool> = agreed.stock_closures.iter().map(|one| one.agreed).collect();
    assert_eq!(states, [true, false]);
    let again = stage.agree(&patricia, &project, &closure).await;
    assert_eq!(again, Err("already_agreed".to_owned()));
    let sale = stage.sell(&project, &[("LP-18", 1, 100)]).await;
    assert_eq!(sale, Err("not_enough_units".to_owned()));

    stage.sell(&project, &[("DS-16", 1, 100)]).await.unwrap();
    let late = stage.agree(&patricia, &project, &bought).await;
    assert_eq!(
        late,
        Err("not_enough_units".to_owned()),
        "one was sold meanwhile"
    );
    assert_eq!(stage.findings().await, [""; 0]);
}

#[tokio::test]
async fn completion_names_all_that_is_missing() {
    let mut stage = Stage::set(false).await;
    let (project, holders) = halves(&mut stage).await;
    stage.matched_unknown(&project).await;
    let mut count = COUNT.map(|(sku, _)| (sku, 0));
    count[0].1 = 2;
    stage.receive(&project, &count, "").await.unwrap();
    let sale = stage.sell(&project, &[("AF-50", 1, 100)]).await.unwrap();
    stage.disbursement_requested(&project).await;
    let before = standing(&mut stage, &project).await;

    let refused = refusal(&stage.declare(&project).await.unwrap_err());
    assert_eq!(refused.code, "still_open");
    let mut args = refused.args;
    args.sort();
    let expected = [
        ("disbursements", "1"),
        ("stock", "AF-50=1"),
        ("unmatched", &sale),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(args, expected);
    let patricia = stage.patricia.clone();
    let early = stage.confirm(&patricia, &project).await;
    assert_eq!(early, Err("still_open".to_owned()));
    assert_eq!(standing(&mut stage, &project).await, before);

    let (id, person) = (holders[0].participation, holders[0].person.clone());
    stage.hand_over(&person, &project, id).await.unwrap();
    stage.matched(&project, &sale).await;
    stage.disbursement_paid(&project).await;
    let early = stage.confirm(&patricia, &project).await;
    assert_eq!(early, Err("not_declared".to_owned()));
    stage.declare(&project).await.unwrap();

    // What opens after the declaration still counts.
    stage.disbursement_requested(&project).await;
    let open = stage.confirm(&patricia, &project).await;
    assert_eq!(open, Err("still_open".to_owned()));
    stage.disbursement_paid(&project).await;
    confirm_by_a_second_person(&mut stage, &project, &person).await;
    let late = stage.sell(&project, &[("AF-50", 1, 100)]).await;
    assert_eq!(late, Err("not_in_execution".to_owned()));
}

/// Neither the owner nor somebody with money in it, and freshly signed in; repeated it is the same.
async fn confirm_by_a_second_person(stage: &mut Stage, project: &str, investor: &Person) {
    let (rosa, investor) = (as_admin(&stage.rosa), as_admin(investor));
    for (who, code) in [(&rosa, "is_owner"), (&investor, "is_participant")] {
        assert_eq!(stage.confirm(who, project).await, Err(code.to_owned()));
    }
    let request = pb::ConfirmCompletionRequest {
        idempotency_key: "confirm".to_owned(),
        project_id: project.to_owned(),
    };
    let stale = stage.signed_in(&stage.patricia, request.clone(), 600);
    let stale = outcome(stage.client.confirm_completion(stale).await);
    assert_eq!(stale, Err("fresh_sign_in_required".to_owned()));
    for _ in 0..2 {
        let call = stage.by(&stage.patricia, request.clone());
        let completed = outcome(stage.client.confirm_completion(call).await);
        assert_eq!(completed.unwrap().state, "COMPLETED");
    }
}

#[tokio::test]
async fn who_has_no_part_in_it_sees_neither_buyers_nor_holders() {
    let mut stage = Stage::set(false).await;
    let (project, holders) = halves(&mut stage).await;
    stage.receive(&project, &COUNT, "").await.unwrap();
    stage.sell(&project, &[("DS-16", 1, 100)]).await.unwrap();
    let treasurer = stage.somebody(&[Role::Treasurer]);
    let stranger = stage.somebody(&[Role::Investor]);
    let rosa = stage.rosa.clone();
    for (who, seen) in [
        (&rosa, (1, 1)),
        (&treasurer, (1, 1)),
        (&holders[0].person, (1, 1)),
        (&holders[1].person, (1, 0)),
        (&stranger, (0, 0)),
    ] {
        let shown = stage.shown_to(who, &project).await;
        assert_eq!((shown.sales.len(), shown.allotments.len()), seen);
        assert_eq!(shown.products.iter().map(|one| one.sold).sum::<i64>(), 1);
    }
}
