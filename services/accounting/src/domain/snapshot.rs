//! Snapshot v1: what was approved and who takes part, frozen at APPROVED (domain.md §9).

use costing::{Costing, Sheet};
use ids::{ParticipationId, ProjectId, UserId};
use money::{Currency, Fraction, Money, MoneyError, Ppm};
use serde::{Deserialize, Serialize};
use settlement::{ShareType, Terms};
use time::OffsetDateTime;

use super::{Books, BooksRefusal, Budget, Phase};

/// The terms as they were published, as far as money follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectTerms {
    /// What a run depends on.
    pub settlement: Terms,
    /// Withheld from everyone's profit after fee.
    pub tax_withholding_ppm: Ppm,
    /// Whether the goal holds the recoverable taxes too.
    pub finance_recoverable: bool,
    /// How long a holdback stays in escrow.
    pub holdback_days: u32,
    /// How long an allotment waits to be collected.
    pub collection_days: u32,
}

/// What Projects approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovedProject {
    /// Its id.
    pub project: ProjectId,
    /// Whose it is.
    pub owner: UserId,
    /// Its name.
    pub name: String,
    /// Whose law.
    pub jurisdiction: String,
    /// Its currency.
    pub currency: Currency,
    /// Its terms.
    pub terms: ProjectTerms,
    /// Products, cost lines and rates.
    pub sheet: Sheet,
    /// The landed cost that follows from them.
    pub costing: Costing,
    /// What was to be raised.
    pub goal: Money,
    /// The sealed list that was approved.
    pub seal_hash: String,
    /// Who approved.
    pub approved_by: UserId,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub approved_at: OffsetDateTime,
}

/// What Participation sealed: from here on nobody withdraws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedList {
    /// Whose participations.
    pub project: ProjectId,
    /// Their sum.
    pub total: Money,
    /// The list's hash.
    pub hash: String,
    /// The list, by approval and id.
    pub participations: Vec<SealedStake>,
}

/// One sealed participation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedStake {
    /// Its id.
    pub participation: ParticipationId,
    /// Whose.
    pub investor: UserId,
    /// `a_i`.
    pub amount: Money,
    /// How it is paid.
    pub share: ShareType,
    /// Whether it is the owner's own.
    pub owner_stake: bool,
    /// When it was approved.
    #[serde(with = "time::serde::rfc3339")]
    pub approved_at: OffsetDateTime,
}

/// A sealed participation and its exact share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrozenStake {
    #[serde(flatten)]
    stake: SealedStake,
    /// `s_i = a_i / A`.
    share_of_all: Fraction,
    /// Its part of the projected return, before fee and tax.
    projected_profit: Money,
}

/// The frozen financial structure of a project. Never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    version: u32,
    #[serde(flatten)]
    project: ApprovedProject,
    participations: Vec<FrozenStake>,
}

/// Why no snapshot is frozen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreezeRefusal {
    /// The approval and the seal are not of the same project.
    #[error("the approval and the sealed list are of two projects")]
    AnotherProject,
    /// What was approved is not what was sealed.
    #[error("the approval names another sealed list")]
    AnotherSeal,
    /// The sealed list, its total, the goal and escrow are not one figure.
    #[error("{what} is {found_minor}, the goal is {goal_minor}")]
    NotTheGoal {
        /// Which figure.
        what: &'static str,
        /// What it is.
        found_minor: i64,
        /// What it should be.
        goal_minor: i64,
    },
    /// A participation stands twice in the list.
    #[error("participation {0} stands twice in the sealed list")]
    Duplicate(ParticipationId),
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
}

impl FreezeRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AnotherProject => "another_project",
            Self::AnotherSeal => "another_seal",
            Self::NotTheGoal { .. } => "not_the_goal",
            Self::Duplicate(_) => "duplicate",
            Self::Books(books) => books.code(),
        }
    }
}

impl From<MoneyError> for FreezeRefusal {
    fn from(number: MoneyError) -> Self {
        Self::Books(number.into())
    }
}

impl Snapshot {
    /// The number of the first snapshot.
    pub const FIRST: u32 = 1;

    /// Freezes v1 from exactly the sealed list. Goal, list and `escrow:capital` must be one figure;
    /// the escrow takes no more holds from here on.
    pub fn freeze(
        project: ApprovedProject,
        sealed: SealedList,
        books: &mut Books,
    ) -> Result<Self, FreezeRefusal> {
        if project.project != sealed.project || project.project != books.project {
            return Err(FreezeRefusal::AnotherProject);
        }
        if project.seal_hash != sealed.hash {
            return Err(FreezeRefusal::AnotherSeal);
        }
        if books.phase != Phase::Funding {
            return Err(BooksRefusal::EscrowClosed(books.phase).into());
        }
        let goal_minor = project.goal.minor_in(project.currency)?;
        let amounts = sealed.participations.iter().map(|stake| stake.amount);
        let sum = Money::sum(amounts, project.currency)?;
        let figures = [
            ("the sealed total", sealed.total.minor_in(project.currency)?),
            ("the sealed list's sum", sum.minor()),
            ("escrow:capital", books.capital_minor()),
        ];
        for (what, found_minor) in figures {
            if found_minor != goal_minor {
                return Err(FreezeRefusal::NotTheGoal {
                    what,
                    found_minor,
                    goal_minor,
                });
            }
        }
        let participations = frozen(&project, &sealed)?;
        books.phase = Phase::Approved;
        Ok(Self {
            version: Self::FIRST,
            project,
            participations,
        })
    }

    /// Its number.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// What was approved.
    pub const fn project(&self) -> &ApprovedProject {
        &self.project
    }

    /// Who takes part.
    pub fn stakes(&self) -> impl Iterator<Item = &SealedStake> {
        self.participations.iter().map(|frozen| &frozen.stake)
    }

    /// What costs are charged to.
    pub fn budget(&self) -> Budget {
        Budget::of(&self.project.costing)
    }
}

fn frozen(
    project: &ApprovedProject,
    sealed: &SealedList,
) -> Result<Vec<FrozenStake>, FreezeRefusal> {
    let mut seen = std::collections::BTreeSet::new();
    for stake in &sealed.participations {
        if !seen.insert(stake.participation) {
            return Err(FreezeRefusal::Duplicate(stake.participation));
        }
    }
    let weight = |stake: &SealedStake| i128::from(stake.amount.minor());
    let weights: Vec<i128> = sealed.participations.iter().map(weight).collect();
    let profits = project.costing.totals.projected_return.allocate(&weights)?;
    let frozen = |(stake, projected_profit): (&SealedStake, Money)| {
        Ok(FrozenStake {
            stake: *stake,
            share_of_all: Fraction::try_new(weight(stake), sealed.total.minor().into())?,
            projected_profit,
        })
    };
    sealed
        .participations
        .iter()
        .zip(profits)
        .map(frozen)
        .collect()
}
