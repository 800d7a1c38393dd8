//! An event is told to whom it concerns, inside the unit of work that moves the consumer on.

use authz::Role;
use ids::UserId;
use uow::StoreError;

use super::learn::catch_up;
use super::ports::{Circle, Told, Tx};

/// Whom an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// One person.
    Person(UserId),
    /// Everybody with the role but the one who did it: something waits for them.
    Staff {
        /// Whose work it is.
        role: Role,
        /// Who caused it, and need not be told.
        but: Option<UserId>,
    },
    /// Some of those in the project that it is about, whenever they are seated.
    Project(Circle),
}

/// Tells it. The same event tells nobody twice.
pub async fn notify(tx: &mut dyn Tx, told: &Told, to: Reader) -> Result<(), StoreError> {
    match (to, told.about.project) {
        (Reader::Person(user), _) => tx.add(user, told).await,
        (Reader::Staff { role, but }, _) => {
            for user in tx.with_role(role).await? {
                if Some(user) != but {
                    tx.add(user, told).await?;
                }
            }
            Ok(())
        }
        (Reader::Project(circle), Some(project)) => {
            tx.keep_news(circle, told).await?;
            catch_up(tx, project).await
        }
        (Reader::Project(_), None) => Ok(()),
    }
}
