//! Two commands about one project's escrow at the same moment, on two replicas: what is there is
//! spent once, who comes too late is told why, and both identities hold.

use authz::Role;
use contracts::accounting as pb;
use testkit::Person;

use crate::decisions::{agree, end, invoice, match_claim, pay, sold};
use crate::house::{House, ask, minor, usd};
use crate::project::{Project, executing, second_person_above};
use crate::wallets_at_once::told_once;

const ROUNDS: usize = 4;

async fn asked(house: &House, project: &Project, key: &str, minor: i64) -> pb::Disbursement {
    let message = invoice(project, key, minor);
    let reply = ask!(house, &project.owner, request_disbursement, message);
    reply.unwrap().disbursement.unwrap()
}

async fn available(house: &House, whose: &Person) -> i64 {
    let message = pb::WalletRequest {
        currency: "USD".to_owned(),
        ..Default::default()
    };
    let wallet = ask!(house, whose, wallet, message).unwrap();
    minor(wallet.available.as_ref())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_capture_and_a_refund_the_money_comes_back_and_once() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    for round in 0..3 * ROUNDS {
        let ana = house.person(Role::Investor);
        let reference = format!("IN-{round}");
        house.deposit(&treasurer, ana.id, 100, &reference).await;
        let mut project = Project::new(&house.person(Role::Owner));
        house.told(&project.funding_opened()).await.unwrap();
        let others = Project::request(ana.id, 40, "PROFIT_ONLY");
        let one = Project::request(ana.id, 60, "PROFIT_ONLY");
        for of in [&others, &one] {
            house.told(&project.requested(of)).await.unwrap();
        }
        let approved = project.take(&others);
        house.told(&approved).await.unwrap();
        // The owner takes it at the moment at which its investor withdraws it, and the other one
        // withdraws as well: both change the figures of one escrow.
        let approved = project.take(&one);
        let [gone, other_gone] = [&one, &others].map(|of| withdrawn(&project, of));
        let (captured, back, other_back) = tokio::join!(
            house.told(&approved),
            house.told(&gone),
            house.told(&other_gone),
        );
        back.unwrap();
        other_back.unwrap();
        if captured.is_ok() {
            house.told(&gone).await.unwrap();
        }
        let escrow = house.escrow(&treasurer, project.id).await;
        let left = [escrow.capital, escrow.held, escrow.captured];
        assert_eq!(left.map(|one| minor(one.as_ref())), [0; 3]);
        assert_eq!(available(&house, &ana).await, 100);
    }
    house.assert_sound().await;
}

fn withdrawn(
    project: &Project,
    one: &crate::project::Taken,
) -> contracts::participation::ParticipationWithdrawn {
    contracts::participation::ParticipationWithdrawn {
        participation_id: one.id.to_string(),
        project_id: project.id.to_string(),
        investor_id: one.investor.to_string(),
        amount: usd(one.minor),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disbursement_is_agreed_once_and_ends_once() {
    let house = House::open().await;
    let [elena, marta] = [Role::Treasurer; 2].map(|role| house.person(role));
    let admins = [Role::Admin; 2].map(|role| house.person(role));
    let (project, _) = executing(&house, &elena).await;
    let large = second_person_above() + 1;
    let mut paid = 0;
    for round in 0..ROUNDS {
        let key = |of: &str| format!("{of}{round}");
        let one = asked(&house, &project, &key("pay"), 100)
            .await
            .disbursement_id;
        let (a, b) = (key("a"), key("b"));
        let (first, second) = tokio::join!(
            pay(&house, &elena, (&a, &a), &one),
            pay(&house, &marta, (&b, &b), &one),
        );
        told_once(first, second, "already_paid");
        paid += 100;

        let one = asked(&house, &project, &key("end"), 100)
            .await
            .disbursement_id;
        let c = key("c");
        let (first, second) = tokio::join!(
            pay(&house, &elena, (&c, &c), &one),
            end(&house, &project.owner, &c, &one),
        );
        if first.is_ok() {
            paid += 100;
        }
        let late = if first.is_ok() {
            "already_paid"
        } else {
            "disbursement_ended"
        };
        told_once(first, second, late);

        let one = asked(&house, &project, &key("twice"), 100)
            .await
            .disbursement_id;
        let d = key("d");
        let (first, second) = tokio::join!(
            end(&house, &marta, &d, &one),
            end(&house, &project.owner, &d, &one),
        );
        told_once(first, second, "disbursement_ended");

        let one = asked(&house, &project, &key("agree"), large).await;
        let agrees = key("g");
        let (first, second) = tokio::join!(
            agree(&house, &admins[0], &agrees, &one),
            agree(&house, &admins[1], &agrees, &one),
        );
        told_once(first, second, "nothing_to_agree");
        // Agreed or not: it ends, and nothing stays set aside for it.
        let id = one.disbursement_id;
        end(&house, &project.owner, &key("f"), &id).await.unwrap();
        let escrow = house.escrow(&elena, project.id).await;
        let fee = minor(project.started().platform_fee.as_ref());
        assert_eq!(minor(escrow.paid.as_ref()), fee + paid);
    }
    house.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_alone_is_within_the_limit_and_an_invoice_is_asked_for_once() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (here, _) = executing(&house, &treasurer).await;
    let (there, _) = executing(&house, &treasurer).await;
    let slice = second_person_above() - 1;
    for round in 0..ROUNDS {
        for other in [&here, &there] {
            let keys = ["a", "b"].map(|one| format!("{one}{round}{}", other.id));
            let payee = format!("Payee of {}", keys[0]);
            let messages = [(&here, &keys[0]), (other, &keys[1])].map(|(project, key)| {
                let mut message = invoice(project, key, slice);
                message.payee.clone_from(&payee);
                message
            });
            let [one, second] = messages;
            let (one, second) = tokio::join!(
                async { ask!(house, &here.owner, request_disbursement, one) },
                async { ask!(house, &other.owner, request_disbursement, second) },
            );
            let both = [one, second].map(|one| one.unwrap().disbursement.unwrap());
            let needs = both.iter().filter(|one| one.needs_agreement);
            assert_eq!(needs.count(), 1, "in one project: {}", here.id == other.id);
            for (one, key) in both.iter().zip(&keys) {
                let id = &one.disbursement_id;
                end(&house, &treasurer, key, id).await.unwrap();
            }
        }
        let [one, other] = ["a", "b"].map(|key| pb::RequestDisbursementRequest {
            idempotency_key: format!("{key}{round}"),
            invoice: if key == "a" { "NH 7" } else { "nh  7" }.to_owned(),
            ..invoice(&here, "", 1)
        });
        let (one, other) = tokio::join!(
            async { ask!(house, &here.owner, request_disbursement, one) },
            async { ask!(house, &here.owner, request_disbursement, other) },
        );
        let both = [one, other];
        let taken = both.iter().flatten().next().cloned();
        let [one, other] = both;
        told_once(one, other, "invoice_used");
        let id = taken.unwrap().disbursement.unwrap().disbursement_id;
        let key = format!("end{round}");
        end(&house, &treasurer, &key, &id).await.unwrap();
    }
    house.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_comes_back_than_was_paid_and_a_sale_is_paid_once() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    for round in 0..ROUNDS {
        let mut vat = invoice(&project, &format!("vat{round}"), 100);
        "VAT".clone_into(&mut vat.cost_kind);
        let asked = ask!(house, &project.owner, request_disbursement, vat).unwrap();
        let id = asked.disbursement.unwrap().disbursement_id;
        let out = format!("OUT-{round}");
        pay(&house, &treasurer, (&out, &out), &id).await.unwrap();
        let recovery = |of: &str| pb::RecordRecoveryRequest {
            idempotency_key: format!("{of}{round}"),
            project_id: project.id.to_string(),
            line_name: "VAT".to_owned(),
            amount: usd(100),
            bank_reference: format!("REC-{of}{round}"),
            kind: "TAX".to_owned(),
            document: String::new(),
        };
        let (one, other) = tokio::join!(
            async { ask!(house, &treasurer, record_recovery, recovery("a")) },
            async { ask!(house, &treasurer, record_recovery, recovery("b")) },
        );
        told_once(one, other, "recovery_above_paid");

        let claim = sold(&house, &project).await;
        let receipt = |of: &str| pb::MatchProceedsRequest {
            idempotency_key: String::new(),
            project_id: project.id.to_string(),
            claim_id: claim.to_string(),
            amount: usd(500),
            bank_reference: format!("IN-{of}{round}"),
        };
        let (one, other) = (receipt("a"), receipt("b"));
        let keys = ["a", "b"].map(|of| format!("{of}{round}"));
        let (one, other) = tokio::join!(
            match_claim(&house, &treasurer, &one, &keys[0]),
            match_claim(&house, &treasurer, &other, &keys[1]),
        );
        told_once(one, other, "already_matched");
        let escrow = house.escrow(&treasurer, project.id).await;
        let rounds = i64::try_from(round + 1).unwrap();
        let figures = [escrow.recovered, escrow.proceeds].map(|one| minor(one.as_ref()));
        assert_eq!(figures, [100 * rounds, 500 * rounds]);
    }
    house.assert_sound().await;
}
