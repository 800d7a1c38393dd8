//! What must hold before a project is shown, ready, or open again (domain.md §2).

use money::Money;

use super::{Move, ProjectState, Refusal};

/// DRAFT -> PUBLISHED, beside valid terms and a costing that can be worked out.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// Whether the owner's identity is VERIFIED.
    pub owner_verified: bool,
    /// What the investors are told of the risk.
    pub risk_text: &'a str,
}

impl Publication<'_> {
    /// Refuses an unknown owner and a silence about the risk.
    pub fn check(&self) -> Result<(), Refusal> {
        if !self.owner_verified {
            return Err(Refusal::OwnerNotVerified);
        }
        if self.risk_text.trim().is_empty() {
            return Err(Refusal::NoRiskText);
        }
        Ok(())
    }
}

/// FULLY_FUNDED -> READY_FOR_APPROVAL once escrow holds the goal; else it stays where it is.
#[must_use]
pub fn on_escrow(state: ProjectState, escrow: Money, goal: Money) -> ProjectState {
    match state.after(Move::EscrowComplete) {
        Ok(ready) if escrow == goal => ready,
        Ok(_) | Err(_) => state,
    }
}

/// Back to FUNDING after a cooling-off withdrawal; a sealed list has none.
pub fn reopen(state: ProjectState, sealed: bool) -> Result<ProjectState, Refusal> {
    let funding = state.after(Move::Reopen)?;
    if sealed {
        return Err(Refusal::Sealed);
    }
    Ok(funding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::terms::tests::usd;

    #[test]
    fn a_project_is_shown_by_a_known_owner_who_speaks_of_the_risk() {
        for (owner_verified, risk_text, answer) in [
            (true, "You may lose all.", Ok(())),
            (false, "You may lose all.", Err(Refusal::OwnerNotVerified)),
            (true, " ", Err(Refusal::NoRiskText)),
        ] {
            let publication = Publication {
                owner_verified,
                risk_text,
            };
            assert_eq!(publication.check(), answer);
        }
    }

    #[test]
    fn only_the_whole_goal_in_escrow_makes_a_full_project_ready() {
        use ProjectState as S;
        for (state, escrow, after) in [
            (S::FullyFunded, 99, S::FullyFunded),
            (S::FullyFunded, 100, S::ReadyForApproval),
            (S::Funding, 100, S::Funding),
            (S::Approved, 100, S::Approved),
        ] {
            assert_eq!(on_escrow(state, usd(escrow), usd(100)), after);
        }
    }

    #[test]
    fn a_sealed_list_does_not_reopen() {
        for state in [ProjectState::FullyFunded, ProjectState::ReadyForApproval] {
            assert_eq!(reopen(state, false), Ok(ProjectState::Funding));
            assert_eq!(reopen(state, true), Err(Refusal::Sealed));
        }
    }
}
