//! What must hold before a project is shown, and before its costs are closed (domain.md §2).

use ids::UserId;
use money::Money;

use super::{Move, ProjectState, Refusal, Stock};

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

/// IN_EXECUTION -> COMPLETED: the owner declared it, an admin confirms it.
#[derive(Clone, Copy, Debug)]
pub struct Completion<'a> {
    /// Who confirms.
    pub admin: UserId,
    /// Whose project it is.
    pub owner: UserId,
    /// Whether the owner declared the costs closed.
    pub declared: bool,
    /// Every product's stock.
    pub stock: &'a [Stock],
    /// Disbursements opened and not yet paid or refused.
    pub open_disbursements: u32,
    /// Reported sales and buy-backs without a bank receipt.
    pub unmatched_sales: u32,
}

impl Completion<'_> {
    /// Refuses unless every guard holds; the first that does not is named.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.admin == self.owner {
            return Err(Refusal::IsOwner);
        }
        if !self.declared {
            return Err(Refusal::NotDeclared);
        }
        if self.stock.is_empty() {
            return Err(Refusal::NotReceived);
        }
        self.stock.iter().try_for_each(Stock::check_closed)?;
        if self.open_disbursements > 0 {
            return Err(Refusal::DisbursementsOpen);
        }
        if self.unmatched_sales > 0 {
            return Err(Refusal::SalesUnmatched);
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
    fn costs_close_when_nothing_is_open_any_more() {
        let (admin, owner) = (UserId::new(), UserId::new());
        let closed = [Stock::counted(0, 0).unwrap()];
        let open = [closed[0], Stock::counted(1, 0).unwrap()];
        let good = Completion {
            admin,
            owner,
            declared: true,
            stock: &closed,
            open_disbursements: 0,
            unmatched_sales: 0,
        };
        assert_eq!(good.check(), Ok(()));
        for (completion, refusal) in [
            (
                Completion {
                    admin: owner,
                    ..good
                },
                Refusal::IsOwner,
            ),
            (
                Completion {
                    declared: false,
                    ..good
                },
                Refusal::NotDeclared,
            ),
            (Completion { stock: &[], ..good }, Refusal::NotReceived),
            (
                Completion {
                    stock: &open,
                    ..good
                },
                Refusal::StockOpen { units: 1 },
            ),
            (
                Completion {
                    open_disbursements: 1,
                    ..good
                },
                Refusal::DisbursementsOpen,
            ),
            (
                Completion {
                    unmatched_sales: 1,
                    ..good
                },
                Refusal::SalesUnmatched,
            ),
        ] {
            assert_eq!(completion.check(), Err(refusal));
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
