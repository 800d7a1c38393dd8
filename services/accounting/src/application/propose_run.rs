//! The treasurer proposes a settlement run: it is computed and written down, and nothing moves.

use authz::{Actor, Role};
use ids::{ProjectId, RunId};
use settlement::RunKind;
use uow::{IdempotencyKey, StoreError};

use super::App;
use super::settle::{SettleError, compute};
use crate::domain::{AccountKey, RunRefusal, SettlementRun};

/// Answers the proposed run. A proposal whose facts have changed gives way to the new one; one
/// whose facts have not is refused: there is one open proposal of a kind.
#[tracing::instrument(name = "accounting.propose_run", skip_all)]
pub async fn propose_run(
    app: &App,
    actor: &Actor,
    key: String,
    (project, kind): (ProjectId, RunKind),
) -> Result<RunId, SettleError> {
    let by = actor.user().ok_or(SettleError::Forbidden)?;
    if !actor.has(Role::Treasurer) {
        return Err(SettleError::Forbidden);
    }
    let key = IdempotencyKey::try_new("propose_run", key, &(project, kind))?;
    let mut tx = app.store.begin(actor).await?;
    let books = tx.books_for_update(project).await?;
    let books = books.ok_or(SettleError::NoSuchProject(project))?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    let known = tx.settlement_facts(project).await?;
    let known = known.ok_or(RunRefusal::NotDue)?;
    let escrow = [
        AccountKey::EscrowCapital(project),
        AccountKey::EscrowProceeds(project),
    ];
    let book = tx.book_for_update(&escrow, books.currency, &[]).await?;
    let (open, number) = tx.open_run(project, kind).await?;

    known.may_settle(kind, tx.now())?;
    if let Some(mut open) = open {
        let (_, document) = compute(&books, &book, &known, (kind, open.number))?;
        open.supersede(&document.hash)?;
        tx.save_run(&open).await?;
    }
    let (_, document) = compute(&books, &book, &known, (kind, number))?;
    let (id, stamp) = (RunId::new(), (kind, document.hash.clone()));
    let run = SettlementRun::propose(id, &books, number, stamp, by);

    tx.add_run(&run, &document).await?;
    tx.remember(&key, &run.id.to_string()).await?;
    tx.commit().await?;
    Ok(run.id)
}
