//! What holds after any commands, in any order, repeated at will.

use ledger::{Command, Ledger, Outcome, Phase, Refusal, trial_balance};
use proptest::prelude::*;

use crate::{chart, expire, moves, post, void};

/// Few ids, accounts and amounts, so that commands meet.
fn command() -> impl Strategy<Value = Command> {
    let phase = prop_oneof![Just(Phase::Posted), Just(Phase::Pending)];
    let amount = prop_oneof![8 => 0_i64..60, 1 => Just(1_000_000_000_000_001_i64)];
    prop_oneof![
        6 => (0_u128..60, 1_u128..6, 1_u128..7, amount, phase)
            .prop_map(|(id, debit, credit, amount, phase)| moves(id, debit, credit, amount, phase)),
        2 => (0_u128..60, 0_u128..60, prop::option::of(0_i64..60))
            .prop_map(|(id, pending, amount)| post(id, pending, amount)),
        1 => (0_u128..60, 0_u128..60).prop_map(|(id, pending)| void(id, pending)),
        1 => (0_u128..60, 0_u128..60).prop_map(|(id, pending)| expire(id, pending)),
    ]
}

fn sound(book: &Ledger) -> Result<(), TestCaseError> {
    prop_assert!(trial_balance(book.accounts()).is_ok());
    for account in book.accounts() {
        prop_assert!(account.is_sound(), "{:?}", account);
        let sums = [
            account.debits_posted,
            account.credits_posted,
            account.debits_pending,
            account.credits_pending,
        ];
        prop_assert!(sums.iter().all(|sum| *sum >= 0), "{:?}", account);
    }
    Ok(())
}

proptest! {
    #[test]
    fn debits_equal_credits_and_nothing_goes_below_zero(
        commands in prop::collection::vec(command(), 1..80),
    ) {
        let mut book = Ledger::load(chart(), []);
        for command in commands {
            let before = book.clone();
            match book.execute(&command) {
                Ok(Outcome::Created) => {
                    let after = book.clone();
                    prop_assert_eq!(book.execute(&command), Ok(Outcome::Exists));
                    prop_assert_eq!(&book, &after);
                }
                Ok(Outcome::Exists) | Err(_) => prop_assert_eq!(&book, &before),
            }
            sound(&book)?;
        }
    }

    #[test]
    fn a_linked_batch_is_its_commands_one_by_one_or_nothing(
        first in prop::collection::vec(command(), 0..30),
        batch in prop::collection::vec(command(), 1..6),
    ) {
        let mut book = Ledger::load(chart(), []);
        for command in &first {
            // A refusal is as good a start as any.
            let _ = book.execute(command);
        }
        let before = book.clone();
        let mut one_by_one = book.clone();
        let outcomes: Vec<_> = batch.iter().map(|c| one_by_one.execute(c)).collect();
        match book.execute_linked(&batch) {
            Ok(outcome) => {
                prop_assert!(outcomes.iter().all(|each| *each == Ok(outcome)));
                prop_assert_eq!(&book, &one_by_one);
            }
            Err(refused) => {
                let (booked, stopped) = (&outcomes[..refused.index], outcomes[refused.index]);
                prop_assert!(booked.iter().all(|each| each.is_ok() && *each == booked[0]));
                let partly = stopped.is_ok() && stopped != booked[0];
                let reason = if partly { Refusal::LinkedPartlyExists } else { refused.refusal };
                prop_assert_eq!(refused.refusal, reason);
                prop_assert!(partly || stopped == Err(reason));
                prop_assert_eq!(&book, &before);
            }
        }
        sound(&book)?;
    }

    #[test]
    fn loading_what_was_stored_goes_on_as_if_never_stored(
        first in prop::collection::vec(command(), 0..40),
        second in prop::collection::vec(command(), 0..40),
    ) {
        let mut whole = Ledger::load(chart(), []);
        for command in &first {
            let _ = whole.execute(command);
        }
        let changes = whole.changes();
        let mut accounts = chart();
        for changed in changes.accounts {
            accounts.retain(|account| account.id != changed.id);
            accounts.push(changed);
        }
        let mut loaded = Ledger::load(accounts, changes.created);
        for command in &second {
            prop_assert_eq!(loaded.execute(command), whole.execute(command));
        }
        prop_assert!(loaded.accounts().eq(whole.accounts()));
    }
}
