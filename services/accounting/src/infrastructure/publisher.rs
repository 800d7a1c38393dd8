//! What happened, in the words of the contract (`events.proto`), recorded beside its effect.

use contracts::accounting as pb;
use contracts::money::Money as PbMoney;
use ids::UserId;
use journal::Record as _;
use money::Money;
use pg::Uow;
use settlement::Run;
use uow::StoreError;

use crate::application::ports::{Funds, Participating, Paying, Receipt};
use crate::domain::{
    Books, Claim, Deposit, Disbursement, Payout, PayoutAccount, Recovery, SettlementRun, Snapshot,
};

pub(super) async fn deposit_booked(
    uow: &mut Uow,
    deposit: &Deposit,
    user: UserId,
) -> Result<(), StoreError> {
    let event = pb::DepositBooked {
        transfer_id: deposit.id.to_string(),
        user_id: user.to_string(),
        amount: wire(deposit.amount),
    };
    uow.record(deposit.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn deposit_unmatched(uow: &mut Uow, deposit: &Deposit) -> Result<(), StoreError> {
    let event = pb::DepositUnmatched {
        transfer_id: deposit.id.to_string(),
        amount: wire(deposit.amount),
        bank_reference: deposit.bank_reference.clone(),
    };
    uow.record(deposit.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn deposit_returned(
    uow: &mut Uow,
    deposit: &Deposit,
    reason: &str,
) -> Result<(), StoreError> {
    let event = pb::DepositReturned {
        transfer_id: deposit.id.to_string(),
        amount: wire(deposit.amount),
        user_id: deposit
            .user
            .map(|user| user.to_string())
            .unwrap_or_default(),
        reason: reason.to_owned(),
    };
    uow.record(deposit.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn funds_moved(
    uow: &mut Uow,
    of: Participating,
    funds: &Funds,
) -> Result<(), StoreError> {
    let aggregate = of.participation.as_uuid();
    let participation_id = of.participation.to_string();
    let project_id = of.project.to_string();
    let investor_id = of.investor.to_string();
    match funds {
        Funds::Held(amount) => {
            let event = pb::FundsHeld {
                participation_id,
                project_id,
                investor_id,
                amount: wire(*amount),
            };
            uow.record(aggregate, &event).await
        }
        Funds::Refused(reason) => {
            let event = pb::FundsRefused {
                participation_id,
                project_id,
                investor_id,
                reason: reason.to_ascii_uppercase(),
            };
            uow.record(aggregate, &event).await
        }
        Funds::Captured(amount) => {
            let event = pb::FundsCaptured {
                participation_id,
                project_id,
                investor_id,
                amount: wire(*amount),
            };
            uow.record(aggregate, &event).await
        }
        Funds::Released => {
            let event = pb::FundsReleased {
                participation_id,
                project_id,
                investor_id,
            };
            uow.record(aggregate, &event).await
        }
        Funds::Refunded(amount) => {
            let event = pb::FundsRefunded {
                participation_id,
                project_id,
                investor_id,
                amount: wire(*amount),
            };
            uow.record(aggregate, &event).await
        }
    }
    .map(drop)
}

pub(super) async fn escrow_changed(uow: &mut Uow, books: &Books) -> Result<(), StoreError> {
    let capital = Money::try_new(books.capital_minor(), books.currency);
    let event = pb::EscrowChanged {
        project_id: books.project.to_string(),
        capital: wire(capital.map_err(StoreError::failed)?),
    };
    uow.record(books.project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn snapshot_frozen(
    uow: &mut Uow,
    snapshot: &Snapshot,
    hash: &str,
) -> Result<(), StoreError> {
    let project = snapshot.project().project;
    let event = pb::SnapshotFrozen {
        project_id: project.to_string(),
        version: snapshot.version().into(),
        hash: hash.to_owned(),
    };
    uow.record(project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn platform_fee_posted(
    uow: &mut Uow,
    books: &Books,
    fee: Money,
) -> Result<(), StoreError> {
    let event = pb::PlatformFeePosted {
        project_id: books.project.to_string(),
        amount: wire(fee),
    };
    uow.record(books.project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn disbursement_requested(
    uow: &mut Uow,
    one: &Disbursement,
) -> Result<(), StoreError> {
    let event = pb::DisbursementRequested {
        disbursement_id: one.id.to_string(),
        project_id: one.project.to_string(),
        amount: wire(one.invoice.amount),
        needs_agreement: one.needs_agreement,
    };
    uow.record(one.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn disbursement_agreed(
    uow: &mut Uow,
    one: &Disbursement,
) -> Result<(), StoreError> {
    let event = pb::DisbursementAgreed {
        disbursement_id: one.id.to_string(),
        project_id: one.project.to_string(),
        agreed_by: one.agreed_by.map(|by| by.to_string()).unwrap_or_default(),
    };
    uow.record(one.id.as_uuid(), &event).await.map(drop)
}

/// By its owner, or rejected by somebody else.
pub(super) async fn disbursement_withdrawn(
    uow: &mut Uow,
    one: &Disbursement,
) -> Result<(), StoreError> {
    let (by, reason) = one.ended.clone().unzip();
    let event = pb::DisbursementWithdrawn {
        disbursement_id: one.id.to_string(),
        project_id: one.project.to_string(),
        by: by.map(|by| by.to_string()).unwrap_or_default(),
        reason: reason.unwrap_or_default(),
    };
    uow.record(one.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn disbursement_paid(uow: &mut Uow, paying: &Paying) -> Result<(), StoreError> {
    let Paying {
        disbursement: one,
        bank_reference: _,
    } = paying;
    let event = pb::DisbursementPaid {
        disbursement_id: one.id.to_string(),
        project_id: one.project.to_string(),
        amount: wire(one.invoice.amount),
        paid_by: one.paid_by.map(|by| by.to_string()).unwrap_or_default(),
    };
    uow.record(one.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn advance_paid(
    uow: &mut Uow,
    books: &Books,
    amount: Money,
) -> Result<(), StoreError> {
    let event = pb::AdvancePaid {
        project_id: books.project.to_string(),
        owner_id: books.owner.to_string(),
        amount: wire(amount),
    };
    uow.record(books.project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn recovery_received(
    uow: &mut Uow,
    receipt: &Receipt,
    recovery: &Recovery,
) -> Result<(), StoreError> {
    let event = pb::RecoveryReceived {
        project_id: receipt.project.to_string(),
        amount: wire(receipt.amount),
        line_name: recovery.line.called().to_owned(),
        kind: recovery.kind.to_string(),
        document: recovery.document.clone(),
    };
    uow.record(receipt.project.as_uuid(), &event)
        .await
        .map(drop)
}

/// All that is owed is there; `last` is the receipt that completed it, none where nothing was owed.
pub(super) async fn proceeds_matched(
    uow: &mut Uow,
    claim: &Claim,
    last: Option<Money>,
) -> Result<(), StoreError> {
    let event = pb::ProceedsMatched {
        project_id: claim.project.to_string(),
        claim_id: claim.id.to_string(),
        amount: wire(claim.owed),
        last: last.and_then(wire),
    };
    uow.record(claim.project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn proceeds_received(
    uow: &mut Uow,
    claim: &Claim,
    amount: Money,
) -> Result<(), StoreError> {
    let missing = claim.owed.checked_sub(claim.received);
    let event = pb::ProceedsReceived {
        project_id: claim.project.to_string(),
        claim_id: claim.id.to_string(),
        amount: wire(amount),
        missing: wire(missing.map_err(StoreError::failed)?),
    };
    uow.record(claim.project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn run_proposed(uow: &mut Uow, run: &SettlementRun) -> Result<(), StoreError> {
    let event = pb::RunProposed {
        run_id: run.id.to_string(),
        project_id: run.project.to_string(),
        kind: run.kind.name().to_owned(),
        hash: run.hash.clone(),
        proposed_by: run.proposed_by.to_string(),
    };
    uow.record(run.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn run_posted(
    uow: &mut Uow,
    run: &SettlementRun,
    computed: &Run,
) -> Result<(), StoreError> {
    let mut distributions = Vec::with_capacity(computed.lines.len());
    for line in &computed.lines {
        let net = Money::try_new(line.net_minor, computed.currency);
        distributions.push(pb::Distribution {
            participation_id: line.participation.clone(),
            investor_id: line.investor.clone(),
            net: wire(net.map_err(StoreError::failed)?),
        });
    }
    let event = pb::RunPosted {
        run_id: run.id.to_string(),
        project_id: run.project.to_string(),
        kind: run.kind.name().to_owned(),
        hash: run.hash.clone(),
        approved_by: run.approved_by.map(|by| by.to_string()).unwrap_or_default(),
        distributions,
    };
    uow.record(run.id.as_uuid(), &event).await.map(drop)
}

/// Nothing where the run gave none back.
pub(super) async fn advance_returned(
    uow: &mut Uow,
    books: &Books,
    computed: &Run,
) -> Result<(), StoreError> {
    let totals = &computed.totals;
    let minor = totals.advances_returned_minor + totals.advances_repaid_minor;
    if minor == 0 {
        return Ok(());
    }
    let amount = Money::try_new(minor, computed.currency);
    let event = pb::AdvanceReturned {
        project_id: books.project.to_string(),
        owner_id: books.owner.to_string(),
        amount: wire(amount.map_err(StoreError::failed)?),
    };
    uow.record(books.project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn payout_requested(uow: &mut Uow, payout: &Payout) -> Result<(), StoreError> {
    let event = pb::PayoutRequested {
        payout_id: payout.id.to_string(),
        user_id: payout.user.to_string(),
        amount: wire(payout.amount),
        needs_agreement: payout.needs_agreement,
    };
    uow.record(payout.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn payout_agreed(uow: &mut Uow, payout: &Payout) -> Result<(), StoreError> {
    let event = pb::PayoutAgreed {
        payout_id: payout.id.to_string(),
        user_id: payout.user.to_string(),
        agreed_by: payout
            .agreed_by
            .map(|by| by.to_string())
            .unwrap_or_default(),
    };
    uow.record(payout.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn payout_failed(uow: &mut Uow, payout: &Payout) -> Result<(), StoreError> {
    let event = pb::PayoutFailed {
        payout_id: payout.id.to_string(),
        user_id: payout.user.to_string(),
        amount: wire(payout.amount),
        reason: payout.failure.clone().unwrap_or_default(),
    };
    uow.record(payout.id.as_uuid(), &event).await.map(drop)
}

pub(super) async fn payout_account_changed(
    uow: &mut Uow,
    user: UserId,
    set: &PayoutAccount,
) -> Result<(), StoreError> {
    let event = pb::PayoutAccountChanged {
        user_id: user.to_string(),
        usable_from: clock::to_text(set.usable_from),
    };
    uow.record(user.as_uuid(), &event).await.map(drop)
}

pub(super) async fn payout_paid(uow: &mut Uow, payout: &Payout) -> Result<(), StoreError> {
    let event = pb::PayoutPaid {
        payout_id: payout.id.to_string(),
        user_id: payout.user.to_string(),
        amount: wire(payout.amount),
    };
    uow.record(payout.id.as_uuid(), &event).await.map(drop)
}

/// An amount as every event carries it.
#[expect(clippy::unnecessary_wraps, reason = "a message's field is an option")]
pub(super) fn wire(amount: Money) -> Option<PbMoney> {
    Some(PbMoney {
        currency: amount.currency().code().to_owned(),
        minor: amount.minor(),
    })
}
