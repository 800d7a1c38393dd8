//! Events of two services overtake each other: the books come out the same.

use std::sync::Arc;

use authz::Role;
use contracts::accounting as pb;
use ids::{ProjectId, TenantId};
use testkit::Person;
use tokio::task::JoinSet;

use crate::house::{House, ask, minor, usd};
use crate::project::{Project, funded};

async fn snapshot(house: &House, by: &Person, project: ProjectId) -> Option<String> {
    let message = pb::SnapshotRequest {
        project_id: project.to_string(),
        version: 1,
    };
    ask!(house, by, snapshot, message).ok().map(|one| one.hash)
}

#[tokio::test]
async fn the_snapshot_is_frozen_when_both_halves_are_there_in_any_order() {
    let mut house = House::open().await;
    for seal_first in [true, false] {
        house.tenant = TenantId::new();
        let treasurer = house.person(Role::Treasurer);
        let (project, _) = funded(&house, &treasurer).await;
        let (sealed, approved) = (project.sealed(), project.approved(&treasurer));
        for half in [seal_first, !seal_first] {
            assert_eq!(snapshot(&house, &treasurer, project.id).await, None);
            if half {
                house.told(&sealed).await.unwrap();
            } else {
                house.told(&approved).await.unwrap();
            }
        }
        assert!(snapshot(&house, &treasurer, project.id).await.is_some());
    }
    assert_eq!(house.recorded("SnapshotFrozen").await, 2);

    // A list that is not the one that was sealed is for a person to look at.
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = funded(&house, &treasurer).await;
    let mut sealed = project.sealed();
    sealed.participations[0].investor_id = treasurer.id.to_string();
    assert!(house.told(&sealed).await.is_err());
    house.told(&project.approved(&treasurer)).await.unwrap();
    assert_eq!(snapshot(&house, &treasurer, project.id).await, None);
}

#[tokio::test]
async fn a_hold_that_overtakes_the_opening_waits_for_it() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let ana = house.person(Role::Investor).id;
    house.deposit(&treasurer, ana, 100, "BANK").await;
    let project = Project::new(&house.person(Role::Owner));
    let (kept, gone) = (
        Project::request(ana, 60, "PROFIT_ONLY"),
        Project::request(ana, 30, "PROFIT_ONLY"),
    );
    house.told(&project.requested(&kept)).await.unwrap();
    house.told(&project.requested(&gone)).await.unwrap();
    let rejected = project.rejected(&gone, "too small");
    house.told(&rejected).await.unwrap();
    assert_eq!(house.recorded("FundsHeld").await, 0);
    house.told(&project.funding_opened()).await.unwrap();
    let escrow = house.escrow(&treasurer, project.id).await;
    assert_eq!(minor(escrow.held.as_ref()), 60);
    assert_eq!(house.recorded("FundsHeld").await, 1);
    assert_eq!(house.recorded("FundsReleased").await, 1);
    assert!(
        house.told(&project.funding_opened()).await.is_err(),
        "books are opened once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hold_is_lost_between_waiting_and_the_opening() {
    let house = Arc::new(House::open().await);
    let treasurer = house.person(Role::Treasurer);
    let ana = house.person(Role::Investor).id;
    house.deposit(&treasurer, ana, 1_000, "BANK").await;
    for _ in 0..20 {
        let project = Arc::new(Project::new(&house.person(Role::Owner)));
        let mut all = JoinSet::new();
        for number in 0..6 {
            let (house, project) = (Arc::clone(&house), Arc::clone(&project));
            all.spawn(async move {
                if number == 2 {
                    return house.told(&project.funding_opened()).await.unwrap();
                }
                let one = Project::request(ana, 10, "PROFIT_ONLY");
                house.told(&project.requested(&one)).await.unwrap();
            });
        }
        all.join_all().await;
        let escrow = house.escrow(&treasurer, project.id).await;
        assert_eq!(minor(escrow.held.as_ref()), 50);
    }
}

#[tokio::test]
async fn a_cancelled_project_gives_everything_back_whatever_comes_first() {
    let mut house = House::open().await;
    for refund_first in [true, false] {
        house.tenant = TenantId::new();
        let treasurer = house.person(Role::Treasurer);
        let ana = house.person(Role::Investor);
        house.deposit(&treasurer, ana.id, 100, "BANK").await;
        let mut project = Project::new(&house.person(Role::Owner));
        house.told(&project.funding_opened()).await.unwrap();
        let (captured, held) = (
            Project::request(ana.id, 50, "PROFIT_ONLY"),
            Project::request(ana.id, 40, "PROFIT_ONLY"),
        );
        for one in [&captured, &held] {
            house.told(&project.requested(one)).await.unwrap();
        }
        let approved = project.take(&captured);
        house.told(&approved).await.unwrap();

        let cancelled = project.cancelled("FUNDING");
        if !refund_first {
            house.told(&cancelled).await.unwrap();
        }
        // The owner took it at the moment of the cancellation: it is not captured any more.
        if !refund_first {
            let late = project.take(&held);
            house.told(&late).await.unwrap();
        }
        for one in [&captured, &held] {
            house.told(&project.refunded(one)).await.unwrap();
        }
        if refund_first {
            house.told(&cancelled).await.unwrap();
        }
        let escrow = house.escrow(&treasurer, project.id).await;
        let left = (minor(escrow.capital.as_ref()), minor(escrow.held.as_ref()));
        assert_eq!(left, (0, 0));
        let wallet = pb::WalletRequest {
            user_id: String::new(),
            currency: "USD".to_owned(),
        };
        let wallet = ask!(house, &ana, wallet, wallet).unwrap();
        assert_eq!(wallet.available, usd(100));
        let late = Project::request(ana.id, 10, "PROFIT_ONLY");
        house.told(&project.requested(&late)).await.unwrap();
    }
    assert_eq!(house.recorded("FundsRefunded").await, 2);
    assert_eq!(house.recorded("FundsReleased").await, 2);
    assert_eq!(house.recorded("FundsRefused").await, 2);
}
