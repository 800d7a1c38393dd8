//! An admin approves a proposed run: it is recomputed, and everything of it is posted at once.

use authz::{Actor, Role};
use ids::{RunId, TransferId};
use settlement::Run;
use uow::IdempotencyKey;

use super::App;
use super::ports::Book;
use super::settle::{SettleError, compute};
use crate::domain::{AccountKey, Books, Participant, Posting, RunRefusal, postings};

/// Answers the posted run. Refuses (`run_stale`) when the facts are not those of the proposal any
/// more. The sign-in was found fresh at the door.
#[tracing::instrument(name = "accounting.approve_run", skip_all)]
pub async fn approve_run(
    app: &App,
    actor: &Actor,
    key: String,
    id: RunId,
) -> Result<RunId, SettleError> {
    let by = actor.user().ok_or(SettleError::Forbidden)?;
    if !actor.has(Role::Admin) {
        return Err(SettleError::Forbidden);
    }
    let key = IdempotencyKey::try_new("approve_run", key, &id)?;
    let mut tx = app.store.begin(actor).await?;
    let found = tx.run_for_update(id).await?;
    let (mut books, mut run) = found.ok_or(SettleError::NoSuchRun(id))?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(id);
    }
    let known = tx.settlement_facts(run.project).await?;
    let known = known.ok_or(RunRefusal::NotDue)?;
    run.may_be_approved(by, &books, &known.participants)?;
    let accounts = known.accounts(&books);
    let mut book = tx.book_for_update(&accounts, books.currency, &[]).await?;

    let (computed, document) = compute(&books, &book, &known, (run.kind, run.number))?;
    run.approve(by, &books, &known.participants, &document.hash)?;
    let transfers = post(&computed, &mut books, &mut book)?;
    let paid: Result<Vec<Participant>, RunRefusal> = known
        .participants
        .iter()
        .map(|one| {
            one.paid_after(&computed)
                .map(|paid| Participant { paid, ..*one })
        })
        .collect();

    tx.save_book(&book).await?;
    tx.add_run_transfers(&run, &transfers).await?;
    tx.save_books(&books).await?;
    tx.save_received(&paid?).await?;
    tx.save_run(&run).await?;
    tx.record_run_posted(&run, &books, &computed).await?;
    tx.remember(&key, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Posts the run as one linked batch and looks at escrow afterwards: what is left there is what the
/// run holds back, to the minor unit, in the ledger as in the figures.
fn post(
    run: &Run,
    books: &mut Books,
    book: &mut Book,
) -> Result<Vec<(TransferId, Posting)>, SettleError> {
    let transfers: Vec<(TransferId, Posting)> = postings(run, books)?
        .into_iter()
        .map(|posting| (TransferId::new(), posting))
        .collect();
    book.post_all(&transfers)?;
    books.post_run(run).map_err(RunRefusal::from)?;
    let capital = book.account(AccountKey::EscrowCapital(books.project))?;
    let proceeds = book.account(AccountKey::EscrowProceeds(books.project))?;
    let left = capital.balance_minor() + proceeds.balance_minor();
    if !books.holds(&capital, &proceeds) || left != run.totals.escrow_after_minor {
        return Err(RunRefusal::EscrowMismatch.into());
    }
    Ok(transfers)
}
