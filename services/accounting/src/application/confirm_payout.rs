//! The treasurer confirms that the bank paid a payout: its hold is posted.

use authz::{Actor, Role};
use ids::{PayoutId, TransferId};
use ledger::Command;
use uow::IdempotencyKey;

use super::ports::{Direction, Label};
use super::{App, PayoutError};
use crate::domain::{AccountKey, Purpose, bank_reference};

/// Answers the payout. The bank's reference is used once; nobody confirms a payout to oneself. The
/// sign-in was found fresh at the door.
#[tracing::instrument(name = "accounting.confirm_payout", skip_all)]
pub async fn confirm_payout(
    app: &App,
    actor: &Actor,
    key: String,
    (id, reference): (PayoutId, String),
) -> Result<PayoutId, PayoutError> {
    let by = actor.user().ok_or(PayoutError::Forbidden)?;
    if !actor.has(Role::Treasurer) {
        return Err(PayoutError::Forbidden);
    }
    let key = IdempotencyKey::try_new("confirm_payout", key, &(id, &reference))?;
    let reference = bank_reference(&reference).ok_or(PayoutError::NoReference)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.payout_for_update(id).await?;
    let mut payout = found.ok_or(PayoutError::NoSuchPayout(id))?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(id);
    }
    let account = tx.payout_account_for_update(payout.user).await?;
    let hold = TransferId::from(id.as_uuid());
    let keys = [AccountKey::Wallet(payout.user), AccountKey::CustodyBank];
    let currency = payout.amount.currency();
    let mut book = tx.book_for_update(&keys, currency, &[hold]).await?;
    if !tx.claim_reference(Direction::Out, &reference).await? {
        return Err(PayoutError::ReferenceUsed);
    }
    let payee = tx.payee(payout.user).await?;

    payout.confirm(by, (&payee, account.as_ref()), tx.now())?;
    let post = Command::PostPending {
        id: TransferId::new(),
        pending: hold,
        amount_minor: None,
    };
    let label = Label {
        purpose: Purpose::Payout,
        project: None,
    };
    book.execute(&post, label)?;

    tx.save_book(&book).await?;
    tx.save_paid_payout(&payout, by, &reference).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}
