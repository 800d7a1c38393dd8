//! A repeated command: the same id must mean the same thing.

use crate::command::{Command, Phase, Transfer, TransferKind};
use crate::refusal::{Field, Refusal};

/// Whether a command says what the transfer under its id did. `held` is the pending transfer that
/// it settled: a posting of all of it says its amount.
pub(crate) fn compare(
    command: &Command,
    existing: &Transfer,
    held: Option<&Transfer>,
) -> Result<(), Refusal> {
    let same = |field, same| {
        if same {
            Ok(())
        } else {
            Err(Refusal::ExistsWithDifferent(field))
        }
    };
    match (*command, existing.kind) {
        (
            Command::Transfer {
                id: _,
                debit,
                credit,
                amount_minor,
                currency,
                phase,
            },
            kind,
        ) => {
            let was = match kind {
                TransferKind::Posted => Some(Phase::Posted),
                TransferKind::Pending(_) => Some(Phase::Pending),
                TransferKind::PostPending(_)
                | TransferKind::VoidPending(_)
                | TransferKind::ExpirePending(_) => None,
            };
            same(Field::Phase, was == Some(phase))?;
            same(Field::DebitAccount, existing.debit == debit)?;
            same(Field::CreditAccount, existing.credit == credit)?;
            same(Field::Amount, existing.amount_minor == amount_minor)?;
            same(Field::Currency, existing.currency == currency)
        }
        (
            Command::PostPending {
                id: _,
                pending,
                amount_minor,
            },
            TransferKind::PostPending(was),
        ) => {
            same(Field::PendingTransfer, was == pending)?;
            let held = held.ok_or(Refusal::PendingTransferNotFound(pending))?;
            let amount = amount_minor.unwrap_or(held.amount_minor);
            same(Field::Amount, existing.amount_minor == amount)
        }
        (Command::VoidPending { id: _, pending }, TransferKind::VoidPending(was))
        | (Command::ExpirePending { id: _, pending }, TransferKind::ExpirePending(was)) => {
            same(Field::PendingTransfer, was == pending)
        }
        (
            Command::PostPending { .. }
            | Command::VoidPending { .. }
            | Command::ExpirePending { .. },
            TransferKind::Posted
            | TransferKind::Pending(_)
            | TransferKind::PostPending(_)
            | TransferKind::VoidPending(_)
            | TransferKind::ExpirePending(_),
        ) => same(Field::Phase, false),
    }
}
