//! What must hold before an admin's approval counts (domain.md §2).

use ids::UserId;
use money::Money;

use super::Refusal;

/// An admin's wish to approve, beside what Projects knows of the project.
///
/// The fresh strong sign-in is checked at the door, before the rules are asked.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    /// Who wants to approve.
    pub admin: UserId,
    /// Whose project it is.
    pub owner: UserId,
    /// Everybody on the event-fed list of participants.
    pub participants: &'a [UserId],
    /// Whether the flag is SUSPENDED.
    pub suspended: bool,
    /// The total of the sealed list, once `OfferingSealed` arrived.
    pub sealed: Option<Money>,
    /// What was to be raised.
    pub goal: Money,
    /// What stands in `escrow:capital`.
    pub escrow: Money,
}

impl Approval<'_> {
    /// Refuses unless every guard holds; the first that does not is named.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.suspended {
            return Err(Refusal::Suspended);
        }
        if self.admin == self.owner {
            return Err(Refusal::IsOwner);
        }
        if self.participants.contains(&self.admin) {
            return Err(Refusal::IsParticipant);
        }
        let sealed = self.sealed.ok_or(Refusal::NotSealed)?;
        if sealed != self.escrow || sealed != self.goal {
            return Err(Refusal::EscrowDiffers);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Money {
        Money::try_new(minor, "USD".parse().unwrap()).unwrap()
    }

    #[test]
    fn each_guard_alone_refuses_and_together_they_pass() {
        let (admin, owner, investor) = (UserId::new(), UserId::new(), UserId::new());
        let (others, own) = ([owner, investor], [admin]);
        let good = Approval {
            admin,
            owner,
            participants: &others,
            suspended: false,
            sealed: Some(usd(100)),
            goal: usd(100),
            escrow: usd(100),
        };
        assert_eq!(good.check(), Ok(()));
        let suspended = Approval {
            suspended: true,
            ..good
        };
        let by_owner = Approval {
            admin: owner,
            ..good
        };
        let by_participant = Approval {
            participants: &own,
            ..good
        };
        let unsealed = Approval {
            sealed: None,
            ..good
        };
        let a_cent_less = Approval {
            escrow: usd(99),
            ..good
        };
        let a_cent_more = Approval {
            escrow: usd(101),
            ..good
        };
        let another_goal = Approval {
            goal: usd(101),
            ..good
        };
        for (approval, refusal) in [
            (suspended, Refusal::Suspended),
            (by_owner, Refusal::IsOwner),
            (by_participant, Refusal::IsParticipant),
            (unsealed, Refusal::NotSealed),
            (a_cent_less, Refusal::EscrowDiffers),
            (a_cent_more, Refusal::EscrowDiffers),
            (another_goal, Refusal::EscrowDiffers),
        ] {
            assert_eq!(approval.check(), Err(refusal));
        }
    }
}
