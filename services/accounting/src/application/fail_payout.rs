//! The bank did not pay a payout: its hold is voided, and the money is back in the wallet.

use authz::{Actor, Role};
use ids::{PayoutId, TransferId};
use ledger::Command;
use uow::IdempotencyKey;

use super::ports::Label;
use super::{App, PayoutError};
use crate::domain::{AccountKey, Purpose};

/// Answers the payout. The treasurer says why; nobody does it for oneself.
#[tracing::instrument(name = "accounting.fail_payout", skip_all)]
pub async fn fail_payout(
    app: &App,
    actor: &Actor,
    key: String,
    (id, reason): (PayoutId, String),
) -> Result<PayoutId, PayoutError> {
    let by = actor.user().ok_or(PayoutError::Forbidden)?;
    if !actor.has(Role::Treasurer) {
        return Err(PayoutError::Forbidden);
    }
    let key = IdempotencyKey::try_new("fail_payout", key, &(id, &reason))?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.payout_for_update(id).await?;
    let mut payout = found.ok_or(PayoutError::NoSuchPayout(id))?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(id);
    }
    let hold = TransferId::from(id.as_uuid());
    let keys = [AccountKey::Wallet(payout.user), AccountKey::CustodyBank];
    let currency = payout.amount.currency();
    let mut book = tx.book_for_update(&keys, currency, &[hold]).await?;

    payout.fail(by, &reason)?;
    let void = Command::VoidPending {
        id: TransferId::new(),
        pending: hold,
    };
    let label = Label {
        purpose: Purpose::Payout,
        project: None,
    };
    book.execute(&void, label)?;

    tx.save_book(&book).await?;
    tx.save_failed_payout(&payout, by).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}
