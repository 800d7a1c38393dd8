//! The steps of a project's life that people and the clock take (domain.md §2).

use ids::UserId;
use text::Rule;
use time::{Duration, OffsetDateTime};

use super::execution::SecondPerson;
use super::{
    Approval, CancelledBy, Flag, ImportProject, Liquidation, Move, ProjectFact, ProjectState,
    Refusal, cancel,
};

impl ImportProject {
    /// Funding lasts the terms' days from here on.
    pub fn open_funding(&mut self, now: OffsetDateTime) -> Result<ProjectFact, Refusal> {
        let funding = self.state.after(Move::OpenFunding)?;
        let (terms, _) = self.agreed_terms()?;
        let deadline = now + Duration::days(terms.funding_days.into());
        self.state = funding;
        self.funding_deadline = Some(deadline);
        self.due_at = None;
        Ok(ProjectFact::FundingOpened)
    }

    /// An admin, who is neither the owner nor a participant, lets it start.
    pub fn approve(
        &mut self,
        admin: UserId,
        participants: &[UserId],
        now: OffsetDateTime,
    ) -> Result<ProjectFact, Refusal> {
        let approved = self.state.after(Move::Approve)?;
        let (terms, goal) = self.agreed_terms()?;
        let approval = Approval {
            admin,
            owner: self.owner,
            participants,
            suspended: self.flag == Flag::Suspended,
            sealed: self.seal.as_ref().map(|seal| seal.total),
            goal,
            escrow: self.escrow,
        };
        approval.check()?;
        let start_by = now + Duration::days(terms.start_days.into());
        self.state = approved;
        self.due_at = Some(start_by);
        Ok(ProjectFact::Approved { by: admin, at: now })
    }

    /// The owner begins: the snapshot must be frozen.
    pub fn start(&mut self) -> Result<ProjectFact, Refusal> {
        let started = self.state.after(Move::Start)?;
        if self.flag == Flag::Suspended {
            return Err(Refusal::Suspended);
        }
        if self.snapshot_version == 0 {
            return Err(Refusal::NoSnapshot);
        }
        self.state = started;
        self.due_at = None;
        Ok(ProjectFact::ExecutionStarted)
    }

    /// Ends it; in execution its goods are still to be liquidated. `who` is nobody for the clock.
    pub fn cancel(
        &mut self,
        by: CancelledBy,
        who: Option<UserId>,
        reason: &str,
    ) -> Result<ProjectFact, Refusal> {
        let from = self.state;
        let cancelled = cancel(from, by, reason)?;
        let reason = Rule::long("reason", 1_000).read(reason)?;
        self.state = cancelled;
        self.cancel_reason = Some(reason);
        if from == ProjectState::InExecution {
            self.liquidation = Liquidation::Open;
        } else {
            self.due_at = None;
        }
        Ok(ProjectFact::Cancelled { from, by: who })
    }

    /// An admin's remark, with its reason: four eyes, and on a project that is shown.
    pub fn set_flag(
        &mut self,
        flag: Flag,
        reason: &str,
        second: &SecondPerson<'_>,
    ) -> Result<ProjectFact, Refusal> {
        self.state.must_be_in(ProjectState::SHOWN)?;
        second.check(self)?;
        if flag == self.flag {
            return Err(Refusal::SameFlag(flag));
        }
        self.flag_reason = Some(Rule::long("reason", 500).read(reason)?);
        self.flag = flag;
        Ok(ProjectFact::FlagSet { by: second.admin })
    }

    /// Whether the allotments that nobody collected are to be sold: while goods move, from
    /// [`ImportProject::due_at`] on.
    pub fn collection_is_over(&self, now: OffsetDateTime) -> bool {
        self.check_goods_move().is_ok() && self.due_at.is_some_and(|due| due <= now)
    }

    /// What time alone brings about when [`ImportProject::due_at`] has come. How a round ends is
    /// Participation's to tell, see [`ImportProject::deadline_missed`].
    pub fn on_time(&mut self, now: OffsetDateTime) -> Result<Option<ProjectFact>, Refusal> {
        if self.due_at.is_none_or(|due| due > now) {
            return Ok(None);
        }
        let reason = match self.state {
            ProjectState::Published => return self.open_funding(now).map(Some),
            ProjectState::FullyFunded | ProjectState::ReadyForApproval => "APPROVAL_LATE",
            ProjectState::Approved => "START_LATE",
            ProjectState::Draft
            | ProjectState::Funding
            | ProjectState::InExecution
            | ProjectState::Completed
            | ProjectState::Settled
            | ProjectState::Cancelled => return Ok(None),
        };
        self.cancel(CancelledBy::Clock, None, reason).map(Some)
    }
}
