//! Who may end a project before COMPLETED, and when (domain.md §2).

use strum::{Display, EnumIter};

use super::{Move, ProjectState, Refusal};

/// Who ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CancelledBy {
    /// Its owner: until it is fully funded.
    Owner,
    /// An admin: from then on.
    Admin,
    /// A deadline that passed.
    Clock,
}

/// CANCELLED, or why not: the state, the person, or no reason given.
pub fn cancel(from: ProjectState, by: CancelledBy, reason: &str) -> Result<ProjectState, Refusal> {
    use ProjectState as S;
    let to = from.after(Move::Cancel)?;
    let who = match from {
        S::Draft | S::Published | S::Funding => CancelledBy::Owner,
        _later => CancelledBy::Admin,
    };
    if by != who && by != CancelledBy::Clock {
        return Err(Refusal::NotYoursToCancel { state: from, who });
    }
    if reason.trim().is_empty() {
        return Err(Refusal::NoReason);
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn the_owner_cancels_early_an_admin_later_and_nobody_after_completion() {
        // One row per state, in their order: owner, admin, clock.
        let rows = [
            "x.x", "x.x", "x.x", ".xx", ".xx", ".xx", ".xx", "...", "...", "...",
        ];
        for (from, row) in ProjectState::iter().zip(rows) {
            for (by, may) in CancelledBy::iter().zip(row.chars()) {
                let answer = cancel(from, by, "the supplier is gone");
                assert_eq!(answer.is_ok(), may == 'x', "{from} {by:?}");
            }
        }
    }

    #[test]
    fn a_cancellation_says_why() {
        let answer = cancel(ProjectState::Draft, CancelledBy::Owner, " ");
        assert_eq!(answer, Err(Refusal::NoReason));
    }
}
