//! Who may read what of the books. What is not one's to see does not exist.

use authz::{Actor, Role};
use ids::{PayoutId, TransferId, UserId};
use money::Currency;
use time::OffsetDateTime;
use uow::StoreError;

use super::App;
use super::ports::{
    EntriesPage, KindBalance, QueuedPayout, Statement, Unmatched, WalletEntry, WalletView,
};
use crate::domain::{Deposit, PayoutAccount};

/// Decide about payouts, pay them, or audit them.
const PAYOUT_READERS: &[Role] = &[Role::Admin, Role::Treasurer, Role::Auditor];
/// Read everybody's wallet.
const WALLET_READERS: &[Role] = &[Role::Treasurer, Role::Auditor];

/// One's own wallet, or, for treasurers and auditors, another's; `None` for everybody else.
pub async fn wallet(
    app: &App,
    actor: &Actor,
    of: Option<UserId>,
    currency: Currency,
) -> Result<Option<WalletView>, StoreError> {
    let Some(user) = readable(actor, of) else {
        return Ok(None);
    };
    app.reads.wallet(actor, user, currency).await.map(Some)
}

/// A page of its entries, for the same.
pub async fn wallet_entries(
    app: &App,
    actor: &Actor,
    (of, currency): (Option<UserId>, Currency),
    page: EntriesPage,
) -> Result<Option<Vec<WalletEntry>>, StoreError> {
    let Some(user) = readable(actor, of) else {
        return Ok(None);
    };
    let entries = app
        .reads
        .wallet_entries(actor, (user, currency), page)
        .await;
    entries.map(Some)
}

/// What moved in a period, for the same.
pub async fn statement(
    app: &App,
    actor: &Actor,
    (of, currency): (Option<UserId>, Currency),
    period: (OffsetDateTime, OffsetDateTime),
) -> Result<Option<Statement>, StoreError> {
    let Some(user) = readable(actor, of) else {
        return Ok(None);
    };
    let statement = app.reads.statement(actor, (user, currency), period).await;
    statement.map(Some)
}

fn readable(actor: &Actor, of: Option<UserId>) -> Option<UserId> {
    let user = of.or(actor.user())?;
    (actor.is(user) || actor.has_one_of(WALLET_READERS)).then_some(user)
}

/// A deposit: for those who book, and those who audit.
pub async fn deposit(
    app: &App,
    actor: &Actor,
    id: TransferId,
) -> Result<Option<Deposit>, StoreError> {
    if !actor.has_one_of(WALLET_READERS) {
        return Ok(None);
    }
    app.reads.deposit(actor, id).await
}

/// Deposits that wait for their user, oldest first: for staff, as the door sees to.
pub async fn suspense(app: &App, actor: &Actor) -> Result<Vec<Unmatched>, StoreError> {
    app.reads.suspense(actor).await
}

/// One's own account for payouts, if one was set.
pub async fn payout_account(app: &App, actor: &Actor) -> Result<Option<PayoutAccount>, StoreError> {
    match actor.user() {
        Some(user) => app.reads.payout_account(actor, user).await,
        None => Ok(None),
    }
}

/// A payout: for its payee and those who agree and pay.
pub async fn payout(
    app: &App,
    actor: &Actor,
    id: PayoutId,
) -> Result<Option<QueuedPayout>, StoreError> {
    let found = app.reads.payout(actor, id).await?;
    let may_see = |user| actor.is(user) || actor.has_one_of(PAYOUT_READERS);
    Ok(found.filter(|queued| may_see(queued.payout.user)))
}

/// Payouts that wait for the bank, oldest first: for those who pay and those who audit.
pub async fn payout_queue(app: &App, actor: &Actor) -> Result<Vec<QueuedPayout>, StoreError> {
    app.reads.payout_queue(actor).await
}

/// The sums of the accounts by kind, and whether debits are credits.
pub async fn trial_balance(
    app: &App,
    actor: &Actor,
    currency: Currency,
) -> Result<(Vec<KindBalance>, bool), StoreError> {
    let kinds = app.reads.trial_balance(actor, currency).await?;
    let sum = |of: fn(&KindBalance) -> i64| -> i128 {
        kinds.iter().map(|kind| i128::from(of(kind))).sum()
    };
    let balanced = sum(|kind| kind.debits_minor) == sum(|kind| kind.credits_minor);
    Ok((kinds, balanced))
}
