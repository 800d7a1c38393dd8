//! A cancelled project: before it began everything goes back, in execution it is liquidated.

use authz::Role;
use contracts::accounting as pb;
use contracts::projects as told_by_projects;
use ids::{ClaimId, ProjectId};
use testkit::Person;

use crate::house::{House, ask, code, minor, usd};
use crate::project::{Project, funded, start, take};
use crate::runs::{approve, propose};

async fn available(house: &House, whose: &Person) -> i64 {
    let message = pb::WalletRequest {
        currency: "USD".to_owned(),
        ..Default::default()
    };
    let wallet = ask!(house, whose, wallet, message).unwrap();
    minor(wallet.available.as_ref())
}

async fn snapshot(house: &House, by: &Person, project: ProjectId) -> pb::SnapshotReply {
    let project_id = project.to_string();
    let message = pb::SnapshotRequest {
        project_id,
        version: 0,
    };
    ask!(house, by, snapshot, message).unwrap()
}

#[tokio::test]
async fn after_the_approval_everything_goes_back_and_the_snapshot_is_void() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    for refund_first in [true, false] {
        let (project, investor) = funded(&house, &treasurer).await;
        house.told(&project.sealed()).await.unwrap();
        let approved = project.approved(&treasurer);
        house.told(&approved).await.unwrap();
        let before = snapshot(&house, &treasurer, project.id).await;
        assert!(!before.void);

        let [refunded] = project.refunds().try_into().unwrap();
        let cancelled = project.cancelled("APPROVED");
        if !refund_first {
            house.told(&cancelled).await.unwrap();
        }
        house.told(&refunded).await.unwrap();
        house.told(&refunded).await.unwrap();
        if refund_first {
            house.told(&cancelled).await.unwrap();
        }
        let escrow = house.escrow(&treasurer, project.id).await;
        let left = [escrow.capital, escrow.held, escrow.captured, escrow.paid];
        assert_eq!(left.map(|one| minor(one.as_ref())), [0; 4]);
        assert_eq!(available(&house, &investor).await, project.goal_minor);
        let after = snapshot(&house, &treasurer, project.id).await;
        assert!(after.void);
        assert_eq!(after.hash, before.hash);
        // Nothing begins any more, and no fee is earned.
        assert!(house.told(&project.started()).await.is_err());
    }
    assert_eq!(house.recorded("FundsRefunded").await, 2);
    assert_eq!(house.recorded("PlatformFeePosted").await, 0);
}

#[tokio::test]
async fn a_refund_that_overtakes_the_opening_of_the_books_is_remembered() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let ana = house.person(Role::Investor);
    house.deposit(&treasurer, ana.id, 100, "BANK").await;
    let project = Project::new(&house.person(Role::Owner));
    let one = Project::request(ana.id, 60, "PROFIT_ONLY");
    house.told(&project.requested(&one)).await.unwrap();
    house.told(&project.refunded(&one)).await.unwrap();
    house.told(&project.funding_opened()).await.unwrap();
    house.told(&project.cancelled("FUNDING")).await.unwrap();
    assert_eq!(available(&house, &ana).await, 100);
    assert_eq!(house.recorded("FundsHeld").await, 0);
    assert_eq!(house.recorded("FundsReleased").await, 1);
}

/// A lamp of the container was sold for this much, and the bank has it.
async fn sold(house: &House, by: &Person, project: &Project, net: i64) {
    let counted = project.costing.products.iter();
    let counted = counted.map(|one| told_by_projects::ReceivedProduct {
        sku: one.sku.clone(),
        ordered: one.quantity.into(),
        received: 10,
    });
    let received = told_by_projects::GoodsReceived {
        project_id: project.id.to_string(),
        products: counted.collect(),
        allotments: Vec::new(),
    };
    house.told(&received).await.unwrap();
    let claim = ClaimId::new().to_string();
    let sale = told_by_projects::SaleReported {
        project_id: project.id.to_string(),
        sale_id: claim.clone(),
        net: usd(net),
        lines: vec![told_by_projects::SaleLine {
            sku: "AF-50".to_owned(),
            units: 10,
            net: usd(net),
        }],
    };
    house.told(&sale).await.unwrap();
    let receipt = pb::MatchProceedsRequest {
        idempotency_key: "sale".to_owned(),
        project_id: project.id.to_string(),
        claim_id: claim,
        amount: usd(net),
        bank_reference: "IN-SALE".to_owned(),
    };
    ask!(house, by, match_proceeds, receipt).unwrap();
}

fn net_of(run: &pb::RunView, who: &Person) -> i64 {
    let mut lines = run.lines.iter();
    let line = lines.find(|line| line.investor_id == who.id.to_string());
    minor(line.unwrap().net.as_ref())
}

#[tokio::test]
async fn in_execution_it_is_liquidated_and_the_owner_bears_the_first_loss() {
    let house = House::open().await;
    let [treasurer, admin] = [Role::Treasurer, Role::Admin].map(|role| house.person(role));
    let owner = house.person(Role::Owner);
    let ana = house.person(Role::Investor);
    let mut project = Project::new(&owner);
    project.first_loss_minor = 100_000;
    house.told(&project.funding_opened()).await.unwrap();
    let (goal, stake) = (project.goal_minor, project.goal_minor / 5);
    take(&house, &treasurer, &mut project, (owner.id, stake)).await;
    take(&house, &treasurer, &mut project, (ana.id, goal - stake)).await;
    start(&house, &project).await;
    let request = pb::RequestDisbursementRequest {
        idempotency_key: "goods".to_owned(),
        project_id: project.id.to_string(),
        cost_kind: "GOODS".to_owned(),
        payee: "Ningbo Haoyuan".to_owned(),
        invoice: "NH-1".to_owned(),
        amount: usd(900_000),
        line_name: String::new(),
        document_id: String::new(),
    };
    let asked = ask!(house, &owner, request_disbursement, request).unwrap();
    house
        .told(&project.cancelled("IN_EXECUTION"))
        .await
        .unwrap();
    sold(&house, &treasurer, &project, 200_000).await;

    for kind in ["FINAL", "INTERIM", "ADJUSTMENT"] {
        let refused = propose(&house, &treasurer, kind, (&project, kind)).await;
        assert_eq!(code(refused), "run_not_due");
    }
    let waits = propose(&house, &treasurer, "k", (&project, "LIQUIDATION")).await;
    assert_eq!(code(waits), "open_disbursement");
    let pay = pb::PayDisbursementRequest {
        idempotency_key: "pay".to_owned(),
        disbursement_id: asked.disbursement.unwrap().disbursement_id,
        bank_reference: "OUT-1".to_owned(),
    };
    ask!(house, &treasurer, pay_disbursement, pay).unwrap();

    let run = propose(&house, &treasurer, "k", (&project, "LIQUIDATION")).await;
    let run = run.unwrap();
    let own = approve(&house, &treasurer, "a", &run.run_id).await;
    assert_eq!(code(own), "forbidden");
    let posted = approve(&house, &admin, "a", &run.run_id).await.unwrap();
    let again = approve(&house, &admin, "a", &run.run_id).await.unwrap();
    assert_eq!(again, posted);

    // What was spent is lost but for the sale; of the loss the owner's stake bears 1,000.00 first.
    let escrow = house.escrow(&treasurer, project.id).await;
    let balances = [escrow.capital, escrow.proceeds].map(|one| minor(one.as_ref()));
    assert_eq!(balances, [0, 0]);
    let spent = minor(escrow.paid.as_ref());
    assert_eq!(minor(posted.distributed.as_ref()), goal - spent + 200_000);
    let (unspent, at_work) = (goal - spent, i128::from(spent));
    let mine = unspent * stake / goal;
    let weight = i128::from(stake - mine - 100_000);
    let expected = i128::from(mine) + 200_000 * weight / (at_work - 100_000);
    let paid = [&owner, &ana].map(|who| net_of(&posted, who));
    assert!(
        (i128::from(paid[0]) - expected).abs() <= 1,
        "{paid:?} {expected}"
    );
    assert_eq!(paid[0] + paid[1], goal - spent + 200_000);
    assert_eq!(available(&house, &owner).await, paid[0]);
    assert_eq!(available(&house, &ana).await, paid[1]);
    assert_eq!(house.recorded("RunPosted").await, 1);
    let again = propose(&house, &admin, "k", (&project, "LIQUIDATION")).await;
    assert_eq!(code(again), "forbidden");
    let other = house.person(Role::Treasurer);
    let again = propose(&house, &other, "k", (&project, "LIQUIDATION")).await;
    assert_eq!(code(again), "run_not_due");
}
