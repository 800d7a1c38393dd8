//! Snapshots and settlement runs.

use async_graphql::{ComplexObject, Context, ID, Object, Result};
use contracts::accounting as pb;

use super::people::Person;
use crate::calls::{self, Calls, ask, writes};
use crate::wire::{Money, given, shown, words};

words! {
    /// What a run is for.
    RunKind {
        /// Pays capital back while the project is in execution.
        Interim,
        /// Computes everything.
        Final,
        /// Puts something right, or pays what came late.
        Adjustment,
        /// The final run of a cancelled project.
        Liquidation,
    }
}

words! {
    /// Where a run stands; a proposal is SUPERSEDED by a newer one.
    RunState { Proposed, Posted, Superseded }
}

shown! {
    /// The frozen financial structure of a project.
    Snapshot of pb::SnapshotReply {
        project_id: ID,
        version: i64,
        /// SHA-256 of `canonical`, hex.
        hash: String,
        /// The canonical JSON itself.
        canonical: String,
        frozen_at: String,
        /// The project was cancelled before it began: nothing follows from it any more.
        void: bool,
    }
}

shown! {
    /// A settlement of a project.
    Run of pb::RunView {
        run_id: ID,
        project_id: ID,
        number: i32,
        kind: RunKind,
        state: RunState,
        proposed_by: ID,
        approved_by: Option<ID>,
        /// The whole proposal as JSON: its inputs, and how each line came about. Null for those
        /// who see only their own line.
        document: Option<String>,
        /// SHA-256 of `document`, hex.
        hash: String,
        /// All that left escrow.
        distributed: Money,
        owner_share: Money,
        advances_returned: Money,
        fees: Money,
        tax: Money,
        held_back: Money,
    } lists {
        /// Auditors, admins, treasurers and the owner see all, an investor one's own.
        lines: RunLine,
    }
}

shown! {
    /// What one participation gets of a run.
    #[graphql(complex)]
    RunLine of pb::RunLine {
        participation_id: ID,
        investor_id: ID,
        /// Capital that was not used.
        unspent: Money,
        capital: Money,
        /// For fractions of goods.
        fraction_cash: Money,
        profit: Money,
        fee: Money,
        tax: Money,
        /// The owner's part of the gain on fractions.
        owner_split: Money,
        /// `unspent + capital + fractionCash + profit - ownerSplit - fee - tax`.
        net: Money,
    }
}

#[ComplexObject]
impl RunLine {
    /// Whose.
    async fn investor(&self) -> Person {
        Person::of(&self.investor_id)
    }
}

given! {
    ProposeRunInput for pb::ProposeRunRequest {
        idempotency_key: String,
        project_id: ID,
        kind: RunKind,
    }
}

given! {
    ApproveRunInput for pb::ApproveRunRequest {
        idempotency_key: String,
        run_id: ID,
    }
}

/// What is asked of Accounting about settlement.
#[derive(Default)]
pub struct RunsQuery;

#[Object]
impl RunsQuery {
    /// The frozen structure of a project: a version, or the newest.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn snapshot(
        &self,
        ctx: &Context<'_>,
        project_id: ID,
        version: Option<i64>,
    ) -> Result<Option<Snapshot>> {
        snapshot(calls::of(ctx), project_id, version).await
    }

    /// One settlement run.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn run(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Run>> {
        let calls = calls::of(ctx);
        let message = pb::RunRequest { run_id: id.0 };
        let pb::RunReply { run } = ask!(calls.read, accounting.run(message)).await?;
        calls.show(run)
    }

    /// The settlement runs of a project.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn runs(&self, ctx: &Context<'_>, project_id: ID) -> Result<Option<Vec<Run>>> {
        of_project(calls::of(ctx), project_id).await
    }
}

/// The frozen structure of a project.
pub async fn snapshot(
    calls: &Calls,
    project_id: ID,
    version: Option<i64>,
) -> Result<Option<Snapshot>> {
    let message = pb::SnapshotRequest {
        project_id: project_id.0,
        version: version.unwrap_or_default(),
    };
    let reply = ask!(calls.read, accounting.snapshot(message)).await?;
    calls.show(Some(reply))
}

/// The settlement runs of a project.
pub async fn of_project(calls: &Calls, project_id: ID) -> Result<Option<Vec<Run>>> {
    let message = pb::RunsRequest {
        project_id: project_id.0,
    };
    let pb::RunsReply { runs } = ask!(calls.read, accounting.runs(message)).await?;
    calls.show(Some(runs))
}

writes! {
    /// How a project is settled.
    RunsMutation over accounting of pb {
        /// Works a run out (TREASURER); nothing is paid yet.
        propose_run(ProposeRunInput) -> ProposeRunPayload of RunReply { run: Run }
        /// Agrees to a run and pays it, all at once (ADMIN, freshly signed in: neither its
        /// proposer, nor the owner, nor a participant).
        approve_run(ApproveRunInput) -> ApproveRunPayload of RunReply { run: Run }
    }
}
