//! A person asks for money out of the wallet: it is held until the bank confirms.

use authz::Actor;
use ids::{PayoutId, TransferId};
use money::Money;
use uow::{IdempotencyKey, StoreError};

use super::{App, PayoutError};
use crate::domain::{AccountKey, Payout, window_from};

/// Answers the payout. Only one's own money, to one's own account; refused while the identity is
/// not verified, or when the wallet does not hold that much.
#[tracing::instrument(name = "accounting.request_payout", skip_all)]
pub async fn request_payout(
    app: &App,
    actor: &Actor,
    key: String,
    amount: Money,
) -> Result<PayoutId, PayoutError> {
    let user = actor.user().ok_or(PayoutError::Forbidden)?;
    let key = IdempotencyKey::try_new("request_payout", key, &amount)?;
    let mut tx = app.store.begin(actor).await?;
    let account = tx.payout_account_for_update(user).await?;
    let keys = [AccountKey::Wallet(user), AccountKey::CustodyBank];
    let currency = amount.currency();
    let mut book = tx.book_for_update(&keys, currency, &[]).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    let payee = tx.payee(user).await?;
    let since = window_from(tx.now());
    let lately = tx.drawn_alone(user, currency, since).await?;

    let id = PayoutId::new();
    let to = (&payee, account.as_ref());
    let (payout, posting) = Payout::request(id, to, (amount, lately), tx.now())?;
    book.post(TransferId::from(id.as_uuid()), &posting)?;

    tx.save_book(&book).await?;
    tx.add_payout(&payout).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}
