//! What other services say about a project. Their words may overtake each other: what came first
//! is kept, and the project moves on when the other arrives. A cancelled project stays cancelled.

use money::Money;
use settlement::RunKind;
use time::{Duration, OffsetDateTime};

use super::{
    CancelledBy, FundingOutcome, ImportProject, Liquidation, Move, ProjectFact, ProjectState,
    Refusal, Seal, SettlementPhase, on_escrow, reopen,
};

/// Why a project ends whose round did.
const DEADLINE_MISSED: &str = "DEADLINE_MISSED";

impl ImportProject {
    /// Approved participations equal the goal; when the escrow does already, an admin may decide.
    pub fn filled(
        &mut self,
        approved: Money,
        now: OffsetDateTime,
    ) -> Result<Vec<ProjectFact>, Refusal> {
        if self.state == ProjectState::Cancelled {
            return Ok(Vec::new());
        }
        let full = self.state.after(Move::Fill)?;
        let (terms, goal) = self.agreed_terms()?;
        if approved != goal {
            return Err(Refusal::EscrowDiffers);
        }
        let approve_by = now + Duration::days(terms.approval_days.into());
        self.state = full;
        self.funding_outcome = FundingOutcome::Reached;
        self.due_at = Some(approve_by);
        let mut facts = vec![ProjectFact::FullyFunded];
        facts.extend(self.look_at_escrow());
        Ok(facts)
    }

    /// A withdrawal took it below the goal.
    pub fn reopened(&mut self) -> Result<Option<ProjectFact>, Refusal> {
        if self.state == ProjectState::Cancelled {
            return Ok(None);
        }
        self.state = reopen(self.state, self.seal.is_some())?;
        self.funding_outcome = FundingOutcome::Open;
        self.due_at = None;
        Ok(Some(ProjectFact::FundingReopened))
    }

    /// Nobody withdraws any more. A list is sealed once.
    pub fn sealed(&mut self, seal: Seal) -> Result<(), Refusal> {
        if self.seal.as_ref().is_some_and(|earlier| *earlier != seal) {
            return Err(Refusal::Sealed);
        }
        self.seal = Some(seal);
        Ok(())
    }

    /// What stands in `escrow:capital` now.
    pub fn escrow_changed(&mut self, capital: Money) -> Result<Option<ProjectFact>, Refusal> {
        if capital.currency() != self.currency() {
            return Err(Refusal::EscrowDiffers);
        }
        self.escrow = capital;
        Ok(self.look_at_escrow())
    }

    /// Accounting froze this version.
    pub fn snapshot_frozen(&mut self, version: i64) {
        self.snapshot_version = self.snapshot_version.max(version);
    }

    /// One more is neither paid nor refused.
    pub fn disbursement_requested(&mut self) {
        self.open_disbursements += 1;
    }

    /// One of the open ones is paid, or taken back.
    pub fn disbursement_ended(&mut self) -> Result<(), Refusal> {
        let fewer = self.open_disbursements.checked_sub(1);
        self.open_disbursements = fewer.ok_or(Refusal::NoOpenDisbursement)?;
        Ok(())
    }

    /// The round ended below its goal, as Participation alone can tell: the project ends, unless
    /// somebody ended it before.
    pub fn deadline_missed(&mut self) -> Result<Option<ProjectFact>, Refusal> {
        if self.state == ProjectState::Cancelled {
            return Ok(None);
        }
        let fact = self.cancel(CancelledBy::Clock, None, DEADLINE_MISSED)?;
        self.funding_outcome = FundingOutcome::DeadlineMissed;
        Ok(Some(fact))
    }

    /// A run was posted: the FINAL one settles a completed project, a liquidation ends that of a
    /// cancelled one.
    pub fn run_posted(&mut self, kind: RunKind) -> Result<Vec<ProjectFact>, Refusal> {
        let mut facts = Vec::new();
        let phase = match kind {
            RunKind::Interim => SettlementPhase::Interim,
            RunKind::Adjustment => SettlementPhase::Adjusted,
            RunKind::Final => {
                self.state = self.state.after(Move::Settle)?;
                facts.push(ProjectFact::Settled);
                SettlementPhase::Final
            }
            RunKind::Liquidation => {
                if self.liquidation != Liquidation::Open {
                    return Err(Refusal::NoLiquidation);
                }
                self.liquidation = Liquidation::Closed;
                self.due_at = None;
                facts.push(ProjectFact::LiquidationClosed);
                SettlementPhase::Final
            }
        };
        if self.settlement_phase != phase {
            self.settlement_phase = phase;
            facts.push(ProjectFact::SettlementPhaseChanged);
        }
        Ok(facts)
    }

    fn look_at_escrow(&mut self) -> Option<ProjectFact> {
        let ready = on_escrow(self.state, self.escrow, self.goal?);
        if ready == self.state {
            return None;
        }
        self.state = ready;
        Some(ProjectFact::ReadyForApproval)
    }
}
