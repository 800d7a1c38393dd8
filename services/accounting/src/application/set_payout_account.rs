//! A person says where payouts go.

use authz::Actor;
use uow::IdempotencyKey;

use super::{App, PayoutError};
use crate::domain::{BankAccount, PayoutAccount, PayoutRefusal};

/// Answers the account. A first one is used at once; a change pauses payouts. The sign-in was found
/// fresh at the door.
#[tracing::instrument(name = "accounting.set_payout_account", skip_all)]
pub async fn set_payout_account(
    app: &App,
    actor: &Actor,
    key: String,
    (country, number): (String, String),
) -> Result<PayoutAccount, PayoutError> {
    let user = actor.user().ok_or(PayoutError::Forbidden)?;
    let key = IdempotencyKey::try_new("set_payout_account", key, &(&country, &number))?;
    let account = BankAccount::read(&country, &number).map_err(PayoutRefusal::from)?;
    let mut tx = app.store.begin(actor).await?;
    let earlier = tx.payout_account_for_update(user).await?;
    if tx.answer_to(&key).await?.is_some()
        && let Some(earlier) = earlier
    {
        return Ok(earlier);
    }

    let set = PayoutAccount::set(earlier.clone(), account, tx.now());

    if earlier.as_ref() != Some(&set) {
        tx.save_payout_account(user, &set).await?;
    }
    tx.remember(&key, &user.to_string()).await?;
    tx.commit().await?;
    Ok(set)
}
