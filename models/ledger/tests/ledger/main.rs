//! The ledger from the outside: tables of single cases, and properties of all of them.

mod properties;
mod second_book;
mod tables;

use ids::{AccountId, TransferId};
use ledger::{Account, Command, Constraint, Ledger, Phase, Side};
use money::Currency;
use uuid::Uuid;

const BANK: u128 = 1;
const WALLET: u128 = 2;
const ESCROW: u128 = 3;
const FEES: u128 = 4;
const EUROS: u128 = 5;

fn account(id: u128) -> AccountId {
    Uuid::from_u128(id).into()
}

fn transfer(id: u128) -> TransferId {
    Uuid::from_u128(1_000 + id).into()
}

/// Custody (normal debit), a wallet, an escrow account (normal credit), all constrained; fees
/// without a constraint; and a wallet in euros.
fn chart() -> Vec<Account> {
    let new =
        |id, currency, side, constraint| Account::new(account(id), currency, side, constraint);
    vec![
        new(BANK, Currency::USD, Side::Debit, Constraint::NotNegative),
        new(WALLET, Currency::USD, Side::Credit, Constraint::NotNegative),
        new(ESCROW, Currency::USD, Side::Credit, Constraint::NotNegative),
        new(FEES, Currency::USD, Side::Credit, Constraint::None),
        new(EUROS, Currency::EUR, Side::Credit, Constraint::NotNegative),
    ]
}

fn moves(id: u128, debit: u128, credit: u128, amount_minor: i64, phase: Phase) -> Command {
    Command::Transfer {
        id: transfer(id),
        debit: account(debit),
        credit: account(credit),
        amount_minor,
        currency: Currency::USD,
        phase,
    }
}

fn post(id: u128, pending: u128, amount_minor: Option<i64>) -> Command {
    Command::PostPending {
        id: transfer(id),
        pending: transfer(pending),
        amount_minor,
    }
}

fn void(id: u128, pending: u128) -> Command {
    Command::VoidPending {
        id: transfer(id),
        pending: transfer(pending),
    }
}

fn expire(id: u128, pending: u128) -> Command {
    Command::ExpirePending {
        id: transfer(id),
        pending: transfer(pending),
    }
}

/// A book with 100 in the wallet (transfer 1), of which 60 is held for the escrow (transfer 2).
fn book() -> Ledger {
    let mut book = Ledger::load(chart(), []);
    for command in [
        moves(1, BANK, WALLET, 100, Phase::Posted),
        moves(2, WALLET, ESCROW, 60, Phase::Pending),
    ] {
        book.execute(&command).expect("it is there");
    }
    book
}

/// Balance and available, in minor units.
fn shown(book: &Ledger, id: u128) -> (i64, i128) {
    let account = book.account(account(id)).expect("in the chart");
    (account.balance_minor(), account.available_minor())
}
