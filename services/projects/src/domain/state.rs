//! The ten states of a project and every edge between them (domain.md §2).

use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use thiserror::Error;

/// Where a project stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ProjectState {
    /// The owner still writes it.
    Draft,
    /// Visible; its terms are immutable from here.
    Published,
    /// Takes participations.
    Funding,
    /// Approved participations equal the goal.
    FullyFunded,
    /// All of the goal is captured in escrow.
    ReadyForApproval,
    /// An admin approved it; the snapshot is frozen from the sealed list.
    Approved,
    /// Costs are paid, goods arrive and are sold.
    InExecution,
    /// Costs are closed and every unit of goods is accounted for.
    Completed,
    /// The FINAL run is posted.
    Settled,
    /// Ended before COMPLETED.
    Cancelled,
}

/// What moves a project along one edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub enum Move {
    /// The owner shows it.
    Publish,
    /// The owner or the clock opens its funding.
    OpenFunding,
    /// Approved participations reached the goal.
    Fill,
    /// A cooling-off withdrawal took it below the goal, before the seal.
    Reopen,
    /// Escrow holds the goal.
    EscrowComplete,
    /// An admin approves it.
    Approve,
    /// The owner starts it.
    Start,
    /// An admin confirms that the costs are closed.
    Complete,
    /// The FINAL run is posted.
    Settle,
    /// It ends before COMPLETED.
    Cancel,
}

/// An edge that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a project in {from} can't become {to}")]
pub struct IllegalTransition {
    /// Where the project stands.
    pub from: ProjectState,
    /// Where the refused move would have taken it.
    pub to: ProjectState,
}

impl Move {
    /// The state that the move leads to.
    #[must_use]
    pub fn to(self) -> ProjectState {
        match self {
            Self::Publish => ProjectState::Published,
            Self::OpenFunding | Self::Reopen => ProjectState::Funding,
            Self::Fill => ProjectState::FullyFunded,
            Self::EscrowComplete => ProjectState::ReadyForApproval,
            Self::Approve => ProjectState::Approved,
            Self::Start => ProjectState::InExecution,
            Self::Complete => ProjectState::Completed,
            Self::Settle => ProjectState::Settled,
            Self::Cancel => ProjectState::Cancelled,
        }
    }

    fn starts_from(self, from: ProjectState) -> bool {
        use ProjectState as S;
        match self {
            Self::Publish => from == S::Draft,
            Self::OpenFunding => from == S::Published,
            Self::Fill => from == S::Funding,
            Self::Reopen => matches!(from, S::FullyFunded | S::ReadyForApproval),
            Self::EscrowComplete => from == S::FullyFunded,
            Self::Approve => from == S::ReadyForApproval,
            Self::Start => from == S::Approved,
            Self::Complete => from == S::InExecution,
            Self::Settle => from == S::Completed,
            Self::Cancel => !matches!(from, S::Completed | S::Settled | S::Cancelled),
        }
    }
}

impl ProjectState {
    /// The state after `step`; refuses every edge that domain.md §2 does not name.
    pub fn after(self, step: Move) -> Result<Self, IllegalTransition> {
        let to = step.to();
        if step.starts_from(self) {
            Ok(to)
        } else {
            Err(IllegalTransition { from: self, to })
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    /// One row per state, one column per move in the order of [`Move`]; `x` is an edge.
    const EDGES: [(ProjectState, &str); 10] = [
        (ProjectState::Draft, "x........x"),
        (ProjectState::Published, ".x.......x"),
        (ProjectState::Funding, "..x......x"),
        (ProjectState::FullyFunded, "...xx....x"),
        (ProjectState::ReadyForApproval, "...x.x...x"),
        (ProjectState::Approved, "......x..x"),
        (ProjectState::InExecution, ".......x.x"),
        (ProjectState::Completed, "........x."),
        (ProjectState::Settled, ".........."),
        (ProjectState::Cancelled, ".........."),
    ];

    #[test]
    fn no_other_edge_exists_and_a_refusal_names_both_states() {
        assert!(ProjectState::iter().eq(EDGES.map(|row| row.0)));
        for (from, row) in EDGES {
            for (step, edge) in Move::iter().zip(row.chars()) {
                let to = step.to();
                let expected = if edge == 'x' {
                    Ok(to)
                } else {
                    Err(IllegalTransition { from, to })
                };
                assert_eq!(from.after(step), expected, "{from} {step:?}");
            }
        }
    }
}
