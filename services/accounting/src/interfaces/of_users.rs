//! The events of Users and Auth, inside the unit of work that moves the cursor: who exists, and to
//! whom money may be paid out.

use contracts::{auth, users};
use ids::UserId;
use journal::{Apply, ApplyError, Envelope};
use pg::Uow;

use crate::application::ports::{DepositsTx as _, PayoutsTx as _};
use crate::domain::Payee;

/// What Accounting does about the events of Users.
pub struct OfUsers;

#[async_trait::async_trait]
impl Apply for OfUsers {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use users::Event;
        let payee = match Event::decode(&event.ty, &event.data)? {
            Event::KycVerified(verified) => Payee {
                user: journal::read(&verified.user_id)?,
                verified: true,
                valid_until: match verified.valid_until.as_str() {
                    "" => None,
                    text => {
                        Some(clock::from_text(text).ok_or_else(|| ApplyError::unreadable(text))?)
                    }
                },
            },
            Event::KycRejected(rejected) => Payee::unknown(journal::read(&rejected.user_id)?),
            Event::KycExpired(expired) => Payee::unknown(journal::read(&expired.user_id)?),
            Event::KycSuspended(taken) => Payee::unknown(journal::read(&taken.user_id)?),
            Event::KycSubmitted(_)
            | Event::KycDocumentAttached(_)
            | Event::KycDocumentViewed(_)
            | Event::ProfileUpdated(_)
            | Event::CategoryRequested(_)
            | Event::CategoryRefused(_)
            | Event::InvestorLimitsSet(_)
            | Event::ConsentTextIssued(_)
            | Event::ConsentGiven(_) => return Ok(()),
        };
        uow.keep_known(payee.user).await?;
        Ok(uow.keep_payee(&payee).await?)
    }
}

/// What Accounting does about the events of Auth.
pub struct OfAuth;

#[async_trait::async_trait]
impl Apply for OfAuth {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use auth::Event;
        match Event::decode(&event.ty, &event.data)? {
            Event::UserRegistered(one) => known(uow, &one.user_id).await,
            Event::RoleGranted(_)
            | Event::SignedIn(_)
            | Event::RefreshTokenReused(_)
            | Event::SessionEnded(_)
            | Event::TotpEnrolled(_)
            | Event::TotpRemoved(_)
            | Event::RecoveryCodeUsed(_)
            | Event::SignInsLimited(_)
            | Event::ServiceCredentialIssued(_)
            | Event::ServiceCredentialRevoked(_) => Ok(()),
        }
    }
}

async fn known(uow: &mut Uow, user: &str) -> Result<(), ApplyError> {
    let user: UserId = journal::read(user)?;
    Ok(uow.keep_known(user).await?)
}
