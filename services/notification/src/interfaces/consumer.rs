//! The events of other services, inside the unit of work that moves the cursor: here what all
//! of them have in common, and those of Auth and Users.

use authz::Role;
use contracts::money::Money as PbMoney;
use contracts::{auth, users};
use ids::UserId;
use journal::{Apply, ApplyError, Envelope};
use money::Money;
use pg::Uow;

use crate::application::notify::{Reader, notify};
use crate::application::ports::{About, Circle, Told, Tx as _};
use crate::domain::Kind;

pub(super) const OWNER: Reader = Reader::Project(Circle::Owner);
pub(super) const EVERYBODY: Reader = Reader::Project(Circle::Everybody);

/// What one event tells one kind of reader.
pub(super) type Telling = (Reader, Kind, About);

/// Tells it all.
pub(super) async fn tell(
    uow: &mut Uow,
    event: &Envelope,
    tellings: impl IntoIterator<Item = Telling>,
) -> Result<(), ApplyError> {
    let at = clock::from_text(&event.businesstime);
    let at = at.ok_or_else(|| ApplyError::unreadable(&event.businesstime))?;
    for (reader, kind, about) in tellings {
        let told = Told {
            event: event.id,
            kind,
            about,
            at,
        };
        notify(uow, &told, reader).await?;
    }
    Ok(())
}

pub(super) fn person(id: &str) -> Result<Reader, ApplyError> {
    Ok(Reader::Person(journal::read(id)?))
}

/// Everybody whose work it is, but the one who caused it.
pub(super) fn staff(role: Role, event: &Envelope) -> Reader {
    let but = event.actor.strip_prefix("user:");
    Reader::Staff {
        role,
        but: but.and_then(|id| id.parse().ok()),
    }
}

/// About a project and nothing more.
pub(super) fn project(id: &str) -> Result<About, ApplyError> {
    Ok(About {
        project: Some(journal::read(id)?),
        ..About::default()
    })
}

/// With a reason and nothing more.
pub(super) fn because(reason: String) -> About {
    About {
        reason,
        ..About::default()
    }
}

/// About an amount, in a project or not.
pub(super) fn amount(given: Option<PbMoney>, about: About) -> Result<About, ApplyError> {
    let PbMoney { currency, minor } = given.ok_or_else(|| ApplyError::unreadable("amount"))?;
    let currency = currency
        .parse()
        .map_err(|_| ApplyError::unreadable(&currency))?;
    let amount = Money::try_new(minor, currency).map_err(|_| ApplyError::unreadable("amount"))?;
    Ok(About {
        amount: Some(amount),
        ..about
    })
}

/// What Notification does about the events of Auth.
pub struct OfAuth;

#[async_trait::async_trait]
impl Apply for OfAuth {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use auth::Event;
        match Event::decode(&event.ty, &event.data)? {
            Event::UserRegistered(one) => {
                let user: UserId = journal::read(&one.user_id)?;
                uow.keep_language(user, one.language.parse().unwrap_or_default())
                    .await?;
                for role in &one.roles {
                    uow.keep_role(user, journal::read(role)?).await?;
                }
                Ok(())
            }
            Event::RoleGranted(one) => Ok(uow
                .keep_role(journal::read(&one.user_id)?, journal::read(&one.role)?)
                .await?),
            Event::RefreshTokenReused(one) => {
                let reader = person(&one.user_id)?;
                let telling = (reader, Kind::RefreshTokenReused, About::default());
                tell(uow, event, [telling]).await
            }
            Event::TotpEnrolled(one) => {
                let telling = (person(&one.user_id)?, Kind::TotpEnrolled, About::default());
                tell(uow, event, [telling]).await
            }
            Event::TotpRemoved(one) => {
                let telling = (person(&one.user_id)?, Kind::TotpRemoved, About::default());
                tell(uow, event, [telling]).await
            }
            Event::RecoveryCodeUsed(one) => {
                let telling = (
                    person(&one.user_id)?,
                    Kind::RecoveryCodeUsed,
                    About::default(),
                );
                tell(uow, event, [telling]).await
            }
            Event::SignInsLimited(one) => {
                let telling = (
                    person(&one.user_id)?,
                    Kind::SignInsLimited,
                    About::default(),
                );
                tell(uow, event, [telling]).await
            }
            Event::SignedIn(one) if one.new_device => {
                let telling = (person(&one.user_id)?, Kind::SignedIn, About::default());
                tell(uow, event, [telling]).await
            }
            Event::ServiceCredentialIssued(_) => {
                let admins = staff(Role::Admin, event);
                let telling = (admins, Kind::ServiceCredentialIssued, About::default());
                tell(uow, event, [telling]).await
            }
            Event::SignedIn(_) | Event::SessionEnded(_) | Event::ServiceCredentialRevoked(_) => {
                Ok(())
            }
        }
    }
}

/// What Notification does about the events of Users.
pub struct OfUsers;

#[async_trait::async_trait]
impl Apply for OfUsers {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use users::Event;
        let telling = match Event::decode(&event.ty, &event.data)? {
            Event::KycSubmitted(_) => {
                let admins = staff(Role::Admin, event);
                (admins, Kind::KycSubmitted, About::default())
            }
            Event::KycVerified(one) => {
                let user = journal::read(&one.user_id)?;
                uow.keep_profile(user, (None, &one.country)).await?;
                (person(&one.user_id)?, Kind::KycVerified, About::default())
            }
            Event::KycRejected(one) => (
                person(&one.user_id)?,
                Kind::KycRejected,
                because(one.reason),
            ),
            Event::KycExpired(one) => (person(&one.user_id)?, Kind::KycExpired, About::default()),
            Event::KycSuspended(one) => (
                person(&one.user_id)?,
                Kind::KycSuspended,
                because(one.reason),
            ),
            Event::CategoryRequested(_) => {
                let admins = staff(Role::Admin, event);
                (admins, Kind::CategoryRequested, About::default())
            }
            Event::CategoryRefused(one) => (
                person(&one.user_id)?,
                Kind::CategoryRefused,
                because(one.reason),
            ),
            Event::InvestorLimitsSet(one) => (
                person(&one.user_id)?,
                Kind::InvestorLimitsSet,
                About::default(),
            ),
            Event::ProfileUpdated(one) => {
                let user = journal::read(&one.user_id)?;
                let said = (one.language.parse().ok(), one.country.as_str());
                return Ok(uow.keep_profile(user, said).await?);
            }
            Event::KycDocumentAttached(_)
            | Event::KycDocumentViewed(_)
            | Event::ConsentTextIssued(_)
            | Event::ConsentGiven(_) => return Ok(()),
        };
        tell(uow, event, [telling]).await
    }
}
