//! Decisions about escrow: who may, once and not twice, and many at once.

use std::sync::Arc;

use authz::Role;
use contracts::accounting as pb;
use contracts::projects as told_by_projects;
use ids::ClaimId;
use link::Refusal;
use testkit::Person;
use tokio::task::JoinSet;

use crate::house::{House, ask, code, minor, usd};
use crate::project::{Project, executing, second_person_above};

pub fn invoice(project: &Project, key: &str, minor: i64) -> pb::RequestDisbursementRequest {
    pb::RequestDisbursementRequest {
        idempotency_key: key.to_owned(),
        project_id: project.id.to_string(),
        cost_kind: "GOODS".to_owned(),
        payee: "Ningbo Haoyuan".to_owned(),
        invoice: format!("NH-{key}"),
        amount: usd(minor),
        line_name: String::new(),
        document_id: String::new(),
    }
}

async fn requested(house: &House, project: &Project, key: &str, minor: i64) -> pb::Disbursement {
    let message = invoice(project, key, minor);
    let reply = ask!(house, &project.owner, request_disbursement, message).unwrap();
    reply.disbursement.unwrap()
}

pub async fn agree(
    house: &House,
    by: &Person,
    key: &str,
    one: &pb::Disbursement,
) -> Result<pb::DisbursementReply, Refusal> {
    let message = pb::AgreeDisbursementRequest {
        idempotency_key: key.to_owned(),
        disbursement_id: one.disbursement_id.clone(),
    };
    ask!(house, by, agree_disbursement, message)
}

pub async fn pay(
    house: &House,
    by: &Person,
    (key, reference): (&str, &str),
    id: &str,
) -> Result<pb::DisbursementReply, Refusal> {
    let message = pb::PayDisbursementRequest {
        idempotency_key: key.to_owned(),
        disbursement_id: id.to_owned(),
        bank_reference: reference.to_owned(),
    };
    ask!(house, by, pay_disbursement, message)
}

#[tokio::test]
async fn a_large_payment_needs_four_eyes_and_is_made_once() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, investor) = executing(&house, &treasurer).await;
    let large = second_person_above() + 1;

    // Not the owner of this project, not a line of its budget, not the platform's own line.
    let stranger = house.person(Role::Owner);
    let message = invoice(&project, "a", large);
    let refused = ask!(house, &stranger, request_disbursement, message);
    assert_eq!(code(refused), "not_the_owner");
    for kind in ["EXCISE", "PLATFORM_FEE"] {
        let mut message = invoice(&project, "b", large);
        kind.clone_into(&mut message.cost_kind);
        let refused = ask!(house, &project.owner, request_disbursement, message);
        assert_eq!(code(refused), "no_such_budget_line");
    }

    let one = requested(&house, &project, "one", large).await;
    assert_eq!(requested(&house, &project, "one", large).await, one);
    let other = invoice(&project, "one", large + 1);
    let reused = ask!(house, &project.owner, request_disbursement, other);
    assert_eq!(code(reused), "idempotency_key_reused");

    let id = &one.disbursement_id;
    let early = pay(&house, &treasurer, ("p", "OUT-1"), id).await;
    assert_eq!(code(early), "needs_agreement");
    let mut invested = investor.clone();
    invested.roles = vec![Role::Admin];
    assert_eq!(
        code(agree(&house, &invested, "k", &one).await),
        "takes_part"
    );
    let mut owner = project.owner.clone();
    owner.roles = vec![Role::Admin, Role::Treasurer];
    assert_eq!(code(agree(&house, &owner, "k", &one).await), "same_person");
    let denied = agree(&house, &treasurer, "k", &one).await;
    assert_eq!(code(denied), "forbidden");
    let mut admin = house.person(Role::Admin);
    let agreed = agree(&house, &admin, "k", &one).await.unwrap();
    assert_eq!(agree(&house, &admin, "k", &one).await.unwrap(), agreed);
    admin.roles = vec![Role::Treasurer];
    let twice = pay(&house, &admin, ("p", "OUT-1"), id).await;
    assert_eq!(code(twice), "same_person");
    let escrow = house.escrow(&treasurer, project.id).await;
    let before = minor(escrow.capital.as_ref());

    let paid = pay(&house, &treasurer, ("p", "OUT-1"), id).await.unwrap();
    let again = pay(&house, &treasurer, ("p", "OUT-1"), id).await.unwrap();
    assert_eq!(again, paid);
    let more = pay(&house, &treasurer, ("q", "OUT-2"), id).await;
    assert_eq!(code(more), "already_paid");
    // What was agreed does not count against the limit of what passes alone.
    let small = requested(&house, &project, "small", 1).await;
    assert!(!small.needs_agreement);
    let used = pay(
        &house,
        &treasurer,
        ("r", " OUT-1\n"),
        &small.disbursement_id,
    )
    .await;
    assert_eq!(code(used), "bank_reference_used");
    let escrow = house.escrow(&treasurer, project.id).await;
    assert_eq!(minor(escrow.capital.as_ref()), before - large);

    // Payments are for those whom they concern; the escrow's figures are for everybody.
    let project_id = project.id.to_string();
    let message = pb::DisbursementsRequest { project_id };
    let outside = ask!(house, &stranger, disbursements, message.clone());
    assert_eq!(code(outside), "no_such_project");
    let inside = ask!(house, &investor, disbursements, message).unwrap();
    assert_eq!(inside.disbursements.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_at_once_never_overdraw_escrow() {
    let house = Arc::new(House::open().await);
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    let project = Arc::new(project);
    let escrow = house.escrow(&treasurer, project.id).await;
    let capital = minor(escrow.capital.as_ref());
    // Nine of them would fit nine times over the limit of four eyes, ten do not fit at all.
    let each = capital / 9;
    assert!(each < second_person_above());
    let mut all = JoinSet::new();
    for number in 0..16 {
        let (house, project) = (Arc::clone(&house), Arc::clone(&project));
        let treasurer = treasurer.clone();
        all.spawn(async move {
            let message = invoice(&project, &format!("r{number}"), each);
            let one = match ask!(house, &project.owner, request_disbursement, message) {
                Ok(reply) => reply.disbursement.unwrap(),
                Err(refusal) => {
                    assert_eq!(refusal.code, "overrun_needs_advance");
                    return 0;
                }
            };
            if one.needs_agreement {
                let admin = house.person(Role::Admin);
                agree(&house, &admin, "g", &one).await.unwrap();
            }
            let id = &one.disbursement_id;
            let (first, second) = (format!("a{number}"), format!("b{number}"));
            let (first, second) = tokio::join!(
                pay(&house, &treasurer, (&first, &first), id),
                pay(&house, &treasurer, (&second, &second), id),
            );
            usize::from(first.is_ok()) + usize::from(second.is_ok())
        });
    }
    let paid: usize = all.join_all().await.into_iter().sum();
    assert_eq!(paid, 9);
    let escrow = house.escrow(&treasurer, project.id).await;
    let left = i64::try_from(paid).unwrap() * each;
    assert_eq!(minor(escrow.capital.as_ref()), capital - left);
}

pub async fn match_claim(
    house: &House,
    by: &Person,
    message: &pb::MatchProceedsRequest,
    key: &str,
) -> Result<pb::EscrowReply, Refusal> {
    let message = pb::MatchProceedsRequest {
        idempotency_key: key.to_owned(),
        ..message.clone()
    };
    ask!(house, by, match_proceeds, message)
}

/// Ten units of every product arrived, and one lamp was sold for 5.00.
pub async fn sold(house: &House, project: &Project) -> ClaimId {
    let products = project.costing.products.iter();
    let received = told_by_projects::GoodsReceived {
        project_id: project.id.to_string(),
        products: products
            .map(|one| told_by_projects::ReceivedProduct {
                sku: one.sku.clone(),
                ordered: one.quantity.into(),
                received: 10,
            })
            .collect(),
        allotments: Vec::new(),
    };
    house.told(&received).await.unwrap();
    let claim = ClaimId::new();
    let sale = told_by_projects::SaleReported {
        project_id: project.id.to_string(),
        sale_id: claim.to_string(),
        net: usd(500),
        lines: vec![told_by_projects::SaleLine {
            sku: "AF-50".to_owned(),
            units: 1,
            net: usd(500),
        }],
    };
    house.told(&sale).await.unwrap();
    claim
}

pub async fn end(
    house: &House,
    by: &Person,
    key: &str,
    id: &str,
) -> Result<pb::DisbursementReply, Refusal> {
    let message = pb::EndDisbursementRequest {
        idempotency_key: key.to_owned(),
        disbursement_id: id.to_owned(),
        reason: "a wrong invoice".to_owned(),
    };
    ask!(house, by, end_disbursement, message)
}

#[tokio::test]
async fn a_sum_in_slices_needs_a_second_person_too() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    let slice = second_person_above() - 1;
    let first = requested(&house, &project, "a", slice).await;
    assert!(!first.needs_agreement);
    // The same payee, in another spelling; another payee of the same project.
    for (key, payee) in [("b", " NINGBO  haoyuan"), ("c", "Somebody else")] {
        let mut message = invoice(&project, key, slice);
        payee.clone_into(&mut message.payee);
        let one = ask!(house, &project.owner, request_disbursement, message);
        assert!(
            one.unwrap().disbursement.unwrap().needs_agreement,
            "{payee}"
        );
    }
    // What is not paid after all does not count.
    let ended = end(&house, &project.owner, "w", &first.disbursement_id).await;
    assert_eq!(ended.unwrap().disbursement.unwrap().state, "WITHDRAWN");
    assert!(
        !requested(&house, &project, "d", slice)
            .await
            .needs_agreement
    );
}

#[tokio::test]
async fn an_invoice_is_asked_for_once_until_it_is_withdrawn_or_rejected() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, investor) = executing(&house, &treasurer).await;
    let owner = &project.owner;
    let one = requested(&house, &project, "a", 100).await;
    let mut again = invoice(&project, "b", 100);
    " nh-A ".clone_into(&mut again.invoice);
    let used = ask!(house, owner, request_disbursement, again.clone());
    assert_eq!(code(used), "invoice_used");
    let other_payee = pb::RequestDisbursementRequest {
        payee: "Somebody else".to_owned(),
        idempotency_key: "e".to_owned(),
        ..again.clone()
    };
    ask!(house, owner, request_disbursement, other_payee).unwrap();

    let id = &one.disbursement_id;
    let stranger = house.person(Role::Owner);
    assert_eq!(
        code(end(&house, &stranger, "x", id).await),
        "no_such_disbursement"
    );
    assert_eq!(code(end(&house, &investor, "x", id).await), "forbidden");
    let rejected = end(&house, &treasurer, "x", id).await.unwrap();
    assert_eq!(end(&house, &treasurer, "x", id).await.unwrap(), rejected);
    let rejected = rejected.disbursement.unwrap();
    assert_eq!(
        (rejected.state.as_str(), rejected.end_reason.as_str()),
        ("REJECTED", "a wrong invoice")
    );
    let late = pay(&house, &treasurer, ("p", "OUT-1"), id).await;
    assert_eq!(code(late), "disbursement_ended");
    assert_eq!(house.recorded("DisbursementWithdrawn").await, 1);
    let anew = ask!(house, owner, request_disbursement, again).unwrap();
    let id = anew.disbursement.unwrap().disbursement_id;
    pay(&house, &treasurer, ("q", "OUT-1"), &id).await.unwrap();
    assert_eq!(code(end(&house, owner, "y", &id).await), "already_paid");
    house.assert_sound().await;
}

#[tokio::test]
async fn a_suspended_project_pays_nothing() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    let small = requested(&house, &project, "a", 100).await;
    let large = requested(&house, &project, "b", second_person_above() + 1).await;
    let flag = |flag: &str| told_by_projects::FlagSet {
        project_id: project.id.to_string(),
        flag: flag.to_owned(),
        reason: "an inquiry".to_owned(),
        set_by: treasurer.id.to_string(),
    };
    house.told(&flag("SUSPENDED")).await.unwrap();
    let message = invoice(&project, "c", 1);
    let refused = ask!(house, &project.owner, request_disbursement, message);
    assert_eq!(code(refused), "suspended");
    let admin = house.person(Role::Admin);
    assert_eq!(code(agree(&house, &admin, "g", &large).await), "suspended");
    let id = &small.disbursement_id;
    assert_eq!(
        code(pay(&house, &treasurer, ("p", "OUT-1"), id).await),
        "suspended"
    );
    house.told(&flag("NONE")).await.unwrap();
    pay(&house, &treasurer, ("p", "OUT-1"), id).await.unwrap();
}

#[tokio::test]
async fn a_sale_is_paid_in_parts_and_what_is_too_much_waits_in_suspense() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    let claim = sold(&house, &project).await;
    let receipt = |reference: &str, minor| pb::MatchProceedsRequest {
        idempotency_key: String::new(),
        project_id: project.id.to_string(),
        claim_id: claim.to_string(),
        amount: usd(minor),
        bank_reference: reference.to_owned(),
    };
    for (reference, part, proceeds) in [("IN-1", 200, 200), ("IN-2", 100, 300), ("IN-3", 280, 500)]
    {
        let message = receipt(reference, part);
        let reply = match_claim(&house, &treasurer, &message, reference).await;
        let escrow = reply.unwrap().escrow.unwrap();
        assert_eq!(minor(escrow.proceeds.as_ref()), proceeds);
        assert!(escrow.holds);
    }
    for (event, times) in [
        ("ProceedsReceived", 2),
        ("ProceedsMatched", 1),
        ("DepositUnmatched", 1),
    ] {
        assert_eq!(house.recorded(event).await, times, "{event}");
    }
    let waiting = ask!(house, &treasurer, suspense, pb::SuspenseRequest {}).unwrap();
    let [excess] = waiting.deposits.try_into().unwrap();
    assert_eq!(minor(excess.amount.as_ref()), 80);
    assert_eq!(excess.note, format!("OVERPAID {claim}"));
    let message = receipt("in-3", 1);
    let used = match_claim(&house, &treasurer, &message, "k").await;
    assert_eq!(code(used), "bank_reference_used");
    let message = receipt("IN-4", 1);
    let more = match_claim(&house, &treasurer, &message, "k").await;
    assert_eq!(code(more), "already_matched");
    house.assert_sound().await;
}

#[tokio::test]
async fn a_receipt_is_matched_once_to_a_claim() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, investor) = executing(&house, &treasurer).await;
    let claim = sold(&house, &project).await;
    let message = pb::MatchProceedsRequest {
        idempotency_key: String::new(),
        project_id: project.id.to_string(),
        claim_id: claim.to_string(),
        amount: usd(500),
        bank_reference: "IN-1".to_owned(),
    };
    let with = |change: &dyn Fn(&mut pb::MatchProceedsRequest)| {
        let mut message = message.clone();
        change(&mut message);
        message
    };
    let refusals = [
        (with(&|m| m.amount = usd(0)), "amount_must_be_positive"),
        (
            with(&|m| m.claim_id = ClaimId::new().to_string()),
            "no_such_claim",
        ),
        (
            with(&|m| m.bank_reference = " ".to_owned()),
            "no_bank_reference",
        ),
        // The investor's deposit came under this reference.
        (
            with(&|m| m.bank_reference = format!("BANK-{}", investor.id)),
            "bank_reference_used",
        ),
    ];
    for (message, expected) in &refusals {
        let refused = match_claim(&house, &treasurer, message, "k").await;
        assert_eq!(code(refused), *expected);
    }
    let escrow = house.escrow(&treasurer, project.id).await;
    assert_eq!(minor(escrow.proceeds.as_ref()), 0);

    let first = match_claim(&house, &treasurer, &message, "k")
        .await
        .unwrap();
    assert_eq!(minor(first.escrow.as_ref().unwrap().proceeds.as_ref()), 500);
    let again = match_claim(&house, &treasurer, &message, "k")
        .await
        .unwrap();
    assert_eq!(again, first);
    let other = with(&|m| m.bank_reference = "IN-2".to_owned());
    let twice = match_claim(&house, &treasurer, &other, "l").await;
    assert_eq!(code(twice), "already_matched");
    assert_eq!(house.recorded("ProceedsMatched").await, 1);

    // Free leftovers owe nothing: no receipt is waited for.
    let free = told_by_projects::StockBoughtBack {
        project_id: project.id.to_string(),
        closure_id: ClaimId::new().to_string(),
        sku: "LP-18".to_owned(),
        units: 2,
        price: usd(0),
        agreed_by: treasurer.id.to_string(),
    };
    house.told(&free).await.unwrap();
    assert_eq!(house.recorded("ProceedsMatched").await, 2);
}

#[tokio::test]
async fn only_the_owner_advances_and_only_what_the_wallet_holds() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    let advance = |minor| pb::PayAdvanceRequest {
        idempotency_key: "k".to_owned(),
        project_id: project.id.to_string(),
        amount: usd(minor),
    };
    let empty = ask!(house, &project.owner, pay_advance, advance(300));
    assert_eq!(code(empty), "exceeds_credits");
    house
        .deposit(&treasurer, project.owner.id, 300, "BANK-O")
        .await;
    let stranger = house.person(Role::Owner);
    let refused = ask!(house, &stranger, pay_advance, advance(300));
    assert_eq!(code(refused), "forbidden");
    let none = ask!(house, &project.owner, pay_advance, advance(0));
    assert_eq!(code(none), "amount_must_be_positive");
    let first = ask!(house, &project.owner, pay_advance, advance(300)).unwrap();
    let again = ask!(house, &project.owner, pay_advance, advance(300)).unwrap();
    assert_eq!(first, again);
    let escrow = first.escrow.unwrap();
    assert_eq!(minor(escrow.advances.as_ref()), 300);
    house.assert_sound().await;
}

#[tokio::test]
async fn nobody_recovers_their_own_and_nothing_beyond_what_was_paid() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    house
        .deposit(&treasurer, project.owner.id, 300, "BANK-O")
        .await;
    let recovery = |reference: &str, line: &str| pb::RecordRecoveryRequest {
        idempotency_key: reference.to_owned(),
        project_id: project.id.to_string(),
        line_name: line.to_owned(),
        amount: usd(100),
        bank_reference: reference.to_owned(),
        kind: "TAX".to_owned(),
        document: String::new(),
    };
    let mut owner = project.owner.clone();
    owner.roles = vec![Role::Treasurer];
    let own = ask!(house, &owner, record_recovery, recovery("IN-1", "VAT"));
    assert_eq!(code(own), "forbidden");
    for (line, refusal) in [
        (" ", "no_line"),
        ("FREIGHT", "not_recoverable"),
        ("VAT", "recovery_above_paid"),
    ] {
        let refused = ask!(house, &treasurer, record_recovery, recovery("IN-1", line));
        assert_eq!(code(refused), refusal);
    }
    // 150 of it are paid: so much can come back, and no more.
    let mut vat = invoice(&project, "vat", 150);
    "VAT".clone_into(&mut vat.cost_kind);
    let asked = ask!(house, &project.owner, request_disbursement, vat).unwrap();
    let id = asked.disbursement.unwrap().disbursement_id;
    pay(&house, &treasurer, ("p", "OUT-VAT"), &id)
        .await
        .unwrap();
    let used = ask!(
        house,
        &treasurer,
        record_recovery,
        recovery("bank-o", "VAT")
    );
    assert_eq!(code(used), "bank_reference_used");
    let recovered = ask!(house, &treasurer, record_recovery, recovery("IN-1", "VAT")).unwrap();
    let escrow = recovered.escrow.unwrap();
    assert_eq!(minor(escrow.recovered.as_ref()), 100);
    assert!(escrow.holds);
    let beyond = ask!(house, &treasurer, record_recovery, recovery("IN-2", "VAT"));
    assert_eq!(
        beyond.unwrap_err().args,
        [("most".to_owned(), "0.50".to_owned())]
    );

    let indemnity = |document: &str| pb::RecordRecoveryRequest {
        kind: "INDEMNITY".to_owned(),
        document: document.to_owned(),
        ..recovery("IN-3", "GOODS")
    };
    let nameless = ask!(house, &treasurer, record_recovery, indemnity(" "));
    assert_eq!(code(nameless), "no_document");
    ask!(house, &treasurer, record_recovery, indemnity("POL-9")).unwrap();
    house.assert_sound().await;
}
