//! What happened to a project, as it is published.

use ids::UserId;
use time::OffsetDateTime;

use super::ProjectState;

/// One fact; the project itself says the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectFact {
    /// A draft was made.
    Created,
    /// Terms, costing and goal are new.
    TermsSet,
    /// It is visible.
    Published,
    /// Participation opens its offering.
    FundingOpened,
    /// Approved participations equal the goal.
    FullyFunded,
    /// They do not any more.
    FundingReopened,
    /// Escrow holds the goal.
    ReadyForApproval,
    /// Accounting freezes the snapshot.
    Approved {
        /// The admin.
        by: UserId,
        /// Business time.
        at: OffsetDateTime,
    },
    /// Disbursements are allowed from here on; the platform fee is earned.
    ExecutionStarted,
    /// The owner says that the costs are closed.
    CompletionDeclared {
        /// The owner.
        by: UserId,
    },
    /// An admin agrees.
    Completed {
        /// The admin.
        by: UserId,
    },
    /// The FINAL run is posted.
    Settled,
    /// A run was posted: the settlement is further.
    SettlementPhaseChanged,
    /// The liquidation run is posted.
    LiquidationClosed,
    /// An admin's remark is another one.
    FlagSet {
        /// The admin.
        by: UserId,
    },
    /// It ended before COMPLETED.
    Cancelled {
        /// Where it stood.
        from: ProjectState,
        /// Nobody: the clock.
        by: Option<UserId>,
    },
}
