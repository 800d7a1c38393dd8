//! The ten states of a project and every edge between them (domain.md §2).

use std::fmt;

use strum::{Display, EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

use super::Refusal;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalTransition {
    /// Where the project stands.
    pub from: ProjectState,
    /// What was to move it.
    pub step: Move,
}

impl IllegalTransition {
    /// The states that the move starts from.
    pub fn needs(self) -> impl Iterator<Item = ProjectState> {
        ProjectState::iter().filter(move |state| self.step.starts_from(*state))
    }

    /// Where the project may go from where it stands; nowhere once it is settled or cancelled.
    pub fn possible(self) -> impl Iterator<Item = ProjectState> {
        let from_here = Move::iter().filter(move |step| step.starts_from(self.from));
        from_here.map(Move::to)
    }
}

impl std::error::Error for IllegalTransition {}

impl fmt::Display for IllegalTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.step.to());
        let needs = words(self.needs());
        write!(
            f,
            "a project in {from} can't become {to}: that needs {needs}; "
        )?;
        match words(self.possible()).as_str() {
            "" => f.write_str("nothing moves it any more"),
            possible => write!(f, "now it can become {possible}"),
        }
    }
}

/// The states' names, with commas between them.
pub fn words(states: impl IntoIterator<Item = ProjectState>) -> String {
    let names = states.into_iter().map(<&str>::from);
    names.collect::<Vec<_>>().join(", ")
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
    /// Visible to everybody: every state but DRAFT.
    pub const SHOWN: &[Self] = &[
        Self::Published,
        Self::Funding,
        Self::FullyFunded,
        Self::ReadyForApproval,
        Self::Approved,
        Self::InExecution,
        Self::Completed,
        Self::Settled,
        Self::Cancelled,
    ];
    /// Shown and not yet at work: what changes now may change an investor's mind.
    pub const BEFORE_EXECUTION: &[Self] = &[
        Self::Published,
        Self::Funding,
        Self::FullyFunded,
        Self::ReadyForApproval,
        Self::Approved,
    ];

    /// Refuses what is not done in this state, naming the states that it is done in.
    pub fn must_be_in(self, needs: &'static [Self]) -> Result<(), Refusal> {
        if needs.contains(&self) {
            Ok(())
        } else {
            Err(Refusal::WrongState { state: self, needs })
        }
    }

    /// The state after `step`; refuses every edge that domain.md §2 does not name.
    pub fn after(self, step: Move) -> Result<Self, IllegalTransition> {
        if step.starts_from(self) {
            Ok(step.to())
        } else {
            Err(IllegalTransition { from: self, step })
        }
    }
}

#[cfg(test)]
mod tests {
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
                let expected = if edge == 'x' {
                    Ok(step.to())
                } else {
                    Err(IllegalTransition { from, step })
                };
                assert_eq!(from.after(step), expected, "{from} {step:?}");
            }
        }
    }

    #[test]
    fn a_refused_move_says_what_it_needs_and_what_is_possible() {
        let refused = ProjectState::Published.after(Move::Approve).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a project in PUBLISHED can't become APPROVED: that needs READY_FOR_APPROVAL; \
             now it can become FUNDING, CANCELLED"
        );
        let over = ProjectState::Settled.after(Move::Reopen).unwrap_err();
        assert_eq!(
            over.to_string(),
            "a project in SETTLED can't become FUNDING: that needs FULLY_FUNDED, \
             READY_FOR_APPROVAL; nothing moves it any more"
        );
        let late = ProjectState::Approved.must_be_in(&[ProjectState::Draft]);
        assert_eq!(
            late.unwrap_err().to_string(),
            "this is done while a project is in DRAFT, and this one is in APPROVED"
        );
    }
}
