//! Settlement runs and the trial balance: translate, call one use case, translate back.

use authz::Actor;
use contracts::accounting as pb;
use ids::RunId;
use link::{fault, malformed, refuse};
use money::Currency;
use settlement::RunKind;
use tonic::{Code, Status};

use super::convert::{forbidden, minor, refused, unusable};
use crate::application::approve_run::approve_run as approve;
use crate::application::ports::KindBalance;
use crate::application::propose_run::propose_run as propose;
use crate::application::run_queries::{self, RunView};
use crate::application::{App, SettleError, book_queries};
use crate::domain::{RunRefusal, RunShare};

pub(super) async fn propose_run(
    app: &App,
    actor: &Actor,
    asked: pb::ProposeRunRequest,
) -> Result<pb::RunReply, Status> {
    let pb::ProposeRunRequest {
        idempotency_key,
        project_id,
        kind,
    } = asked;
    let project = link::read(&project_id, "project_id")?;
    let kind = RunKind::named(&kind).ok_or_else(|| malformed("kind"))?;
    let id = propose(app, actor, idempotency_key, (project, kind)).await?;
    one_run(app, actor, id).await
}

pub(super) async fn approve_run(
    app: &App,
    actor: &Actor,
    asked: pb::ApproveRunRequest,
) -> Result<pb::RunReply, Status> {
    let pb::ApproveRunRequest {
        idempotency_key,
        run_id,
    } = asked;
    let id = link::read(&run_id, "run_id")?;
    let id = approve(app, actor, idempotency_key, id).await?;
    one_run(app, actor, id).await
}

pub(super) async fn run(
    app: &App,
    actor: &Actor,
    asked: pb::RunRequest,
) -> Result<pb::RunReply, Status> {
    let pb::RunRequest { run_id } = asked;
    one_run(app, actor, link::read(&run_id, "run_id")?).await
}

pub(super) async fn runs(
    app: &App,
    actor: &Actor,
    asked: pb::RunsRequest,
) -> Result<pb::RunsReply, Status> {
    let pb::RunsRequest { project_id } = asked;
    let project = link::read(&project_id, "project_id")?;
    let runs = run_queries::runs(app, actor, project).await;
    let runs = runs.map_err(|err| fault(&err))?;
    Ok(pb::RunsReply {
        runs: runs.into_iter().map(shown).collect(),
    })
}

pub(super) async fn trial_balance(
    app: &App,
    actor: &Actor,
    asked: pb::TrialBalanceRequest,
) -> Result<pb::TrialBalanceReply, Status> {
    let pb::TrialBalanceRequest { currency } = asked;
    let currency: Currency = link::read(&currency, "currency")?;
    let found = book_queries::trial_balance(app, actor, currency).await;
    let (kinds, balanced) = found.map_err(|err| fault(&err))?;
    let balance = |of: KindBalance| pb::AccountBalance {
        kind: of.kind.to_string(),
        normal_side: of.kind.normal().to_string(),
        debits: minor(of.debits_minor, currency),
        credits: minor(of.credits_minor, currency),
        pending: minor(of.pending_minor, currency),
    };
    Ok(pb::TrialBalanceReply {
        accounts: kinds.into_iter().map(balance).collect(),
        balanced,
    })
}

async fn one_run(app: &App, actor: &Actor, id: RunId) -> Result<pb::RunReply, Status> {
    let found = run_queries::run(app, actor, id).await;
    let found = found.map_err(|err| fault(&err))?;
    let run = Some(shown(found.ok_or_else(no_such_run)?));
    Ok(pb::RunReply { run })
}

fn shown(view: RunView) -> pb::RunView {
    let RunView {
        run,
        document,
        computed,
        shares,
    } = view;
    let (totals, currency) = (&computed.totals, computed.currency);
    let distributed = totals.escrow_before_minor - totals.escrow_after_minor;
    let advances = totals.advances_returned_minor + totals.advances_repaid_minor;
    pb::RunView {
        run_id: run.id.to_string(),
        project_id: run.project.to_string(),
        number: i32::try_from(run.number).unwrap_or(i32::MAX),
        kind: run.kind.name().to_owned(),
        state: run.state.to_string(),
        proposed_by: run.proposed_by.to_string(),
        approved_by: run.approved_by.map(|by| by.to_string()).unwrap_or_default(),
        document: document.unwrap_or_default(),
        hash: run.hash,
        lines: shares
            .into_iter()
            .map(|share| line(share, currency))
            .collect(),
        distributed: minor(distributed, currency),
        owner_share: minor(totals.owner_split_minor, currency),
        advances_returned: minor(advances, currency),
        fees: minor(totals.fees_minor, currency),
        tax: minor(totals.taxes_minor, currency),
        held_back: minor(totals.held_back_minor, currency),
    }
}

fn line(share: RunShare, currency: Currency) -> pb::RunLine {
    let RunShare {
        participation,
        investor,
        unspent_minor,
        capital_minor,
        fraction_cash_minor,
        profit_minor,
        owner_split_minor,
        fee_minor,
        tax_minor,
        net_minor,
    } = share;
    pb::RunLine {
        participation_id: participation.to_string(),
        investor_id: investor.to_string(),
        unspent: minor(unspent_minor, currency),
        capital: minor(capital_minor, currency),
        fraction_cash: minor(fraction_cash_minor, currency),
        profit: minor(profit_minor, currency),
        fee: minor(fee_minor, currency),
        tax: minor(tax_minor, currency),
        net: minor(net_minor, currency),
        owner_split: minor(owner_split_minor, currency),
    }
}

fn no_such_run() -> Status {
    refuse(Code::NotFound, "no_such_run", "there is no such run")
}

impl From<SettleError> for Status {
    fn from(err: SettleError) -> Self {
        match err {
            SettleError::Forbidden => forbidden(err),
            SettleError::NoSuchProject(_) => refuse(
                Code::NotFound,
                "no_such_project",
                "there is no such project",
            ),
            SettleError::NoSuchRun(_) => no_such_run(),
            SettleError::Key(key) => unusable(&key),
            SettleError::Refused(RunRefusal::HeldBack { until }) => {
                let refusal = RunRefusal::HeldBack { until };
                let args = [("until", clock::to_text(until))];
                refused(refusal.code(), &refusal, &args)
            }
            SettleError::Refused(refusal) => refused(refusal.code(), &refusal, &[]),
            SettleError::Store(err) => fault(&err),
        }
    }
}
