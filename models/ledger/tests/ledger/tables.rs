//! Cases that a banker can check by reading.

use ledger::{
    Account, Command, Constraint, Ledger, LinkedRefusal, Outcome, PendingState, Phase, Refusal,
    Side, Transfer, TransferKind, Unbalanced, trial_balance,
};
use money::{Currency, Money};

use crate::{
    BANK, ESCROW, EUROS, FEES, WALLET, account, book, chart, expire, moves, post, shown, transfer,
    void,
};

#[test]
fn a_hold_is_posted_released_or_posted_in_part() {
    // (end of the hold) -> wallet and escrow, each (balance, available)
    let table = [
        (None, (100, 40), (0, 0)),
        (Some(post(3, 2, None)), (40, 40), (60, 60)),
        (Some(post(3, 2, Some(60))), (40, 40), (60, 60)),
        (Some(post(3, 2, Some(1))), (99, 99), (1, 1)),
        (Some(void(3, 2)), (100, 100), (0, 0)),
        (Some(expire(3, 2)), (100, 100), (0, 0)),
    ];
    for (command, wallet, escrow) in table {
        let mut book = book();
        if let Some(command) = command {
            assert_eq!(book.execute(&command), Ok(Outcome::Created));
        }
        assert_eq!(shown(&book, WALLET), wallet, "{command:?}");
        assert_eq!(shown(&book, ESCROW), escrow, "{command:?}");
        assert_eq!(shown(&book, BANK), (100, 100));
        trial_balance(book.accounts()).expect("balanced");
    }
}

#[test]
fn the_last_cent_that_is_available_can_be_taken_exactly() {
    let table = [
        (moves(3, WALLET, ESCROW, 40, Phase::Posted), None),
        (
            moves(3, WALLET, ESCROW, 41, Phase::Posted),
            Some("exceeds_credits"),
        ),
        (moves(3, WALLET, ESCROW, 40, Phase::Pending), None),
        (
            moves(3, WALLET, ESCROW, 41, Phase::Pending),
            Some("exceeds_credits"),
        ),
        // What is held to come in cannot be spent yet.
        (
            moves(3, ESCROW, FEES, 1, Phase::Posted),
            Some("exceeds_credits"),
        ),
        // A payout takes from the bank's side too.
        (moves(3, FEES, BANK, 100, Phase::Posted), None),
        (
            moves(3, FEES, BANK, 101, Phase::Posted),
            Some("exceeds_debits"),
        ),
        // Fees may go below zero: they have no constraint.
        (moves(3, FEES, WALLET, 1_000, Phase::Posted), None),
    ];
    for (command, code) in table {
        let mut book = book();
        let before = book.clone();
        let refused = book.execute(&command).err();
        assert_eq!(refused.map(|refusal| refusal.code()), code, "{command:?}");
        assert_eq!(refused.is_some(), book == before);
    }
}

#[test]
fn what_cannot_be_booked_is_refused_by_its_code_and_changes_nothing() {
    let usd = |debit, credit, amount| moves(9, debit, credit, amount, Phase::Posted);
    let table = [
        (usd(BANK, 77, 1), "account_not_found"),
        (usd(77, BANK, 1), "account_not_found"),
        (usd(BANK, BANK, 1), "same_accounts"),
        (usd(BANK, EUROS, 1), "currency_mismatch"),
        (usd(EUROS, BANK, 1), "currency_mismatch"),
        (usd(BANK, WALLET, 0), "amount_must_be_positive"),
        (usd(BANK, WALLET, -1), "amount_must_be_positive"),
        (usd(BANK, WALLET, Money::MAX_MINOR + 1), "overflow"),
        (post(9, 8, None), "pending_transfer_not_found"),
        (void(9, 8), "pending_transfer_not_found"),
        (expire(9, 8), "pending_transfer_not_found"),
        (post(9, 1, None), "pending_transfer_not_pending"),
        (post(9, 2, Some(0)), "amount_must_be_positive"),
        (post(9, 2, Some(61)), "exceeds_pending_transfer_amount"),
    ];
    for (command, code) in table {
        let mut book = book();
        let refused = book.execute(&command).map_err(|refusal| refusal.code());
        assert_eq!(refused, Err(code), "{command:?}");
        assert_eq!(book, self::book(), "{command:?}");
    }
}

#[test]
fn a_hold_ends_once() {
    let table = [
        (post(3, 2, Some(10)), "pending_transfer_already_posted"),
        (void(3, 2), "pending_transfer_already_voided"),
        (expire(3, 2), "pending_transfer_expired"),
    ];
    for (end, code) in table {
        let mut book = book();
        book.execute(&end).expect("open");
        let ended = book.clone();
        for again in [post(4, 2, None), void(4, 2), expire(4, 2)] {
            assert_eq!(book.execute(&again).map_err(|r| r.code()), Err(code));
            assert_eq!(book.execute(&end), Ok(Outcome::Exists));
            assert_eq!(book, ended);
        }
    }
}

#[test]
fn an_id_that_was_used_before_must_mean_the_same() {
    let euros = Command::Transfer {
        id: transfer(1),
        debit: account(BANK),
        credit: account(WALLET),
        amount_minor: 100,
        currency: Currency::EUR,
        phase: Phase::Posted,
    };
    let table = [
        (moves(1, BANK, WALLET, 100, Phase::Pending), "phase"),
        (moves(1, FEES, WALLET, 100, Phase::Posted), "debit_account"),
        (moves(1, BANK, ESCROW, 100, Phase::Posted), "credit_account"),
        (moves(1, BANK, WALLET, 101, Phase::Posted), "amount"),
        (euros, "currency"),
        (post(1, 2, None), "phase"),
        (post(2, 2, None), "phase"),
        (post(3, 1, None), "pending_transfer"),
        (post(3, 2, None), "amount"),
        (post(3, 2, Some(11)), "amount"),
        (void(3, 2), "phase"),
        (expire(3, 2), "phase"),
        (moves(3, WALLET, ESCROW, 10, Phase::Posted), "phase"),
    ];
    let mut book = book();
    book.execute(&post(3, 2, Some(10))).expect("open");
    let before = book.clone();
    for (command, field) in table {
        let refused = book.execute(&command).map_err(|refusal| refusal.code());
        let code = format!("exists_with_different_{field}");
        assert_eq!(refused, Err(code.as_str()), "{command:?}");
    }
    for same in [
        moves(1, BANK, WALLET, 100, Phase::Posted),
        moves(2, WALLET, ESCROW, 60, Phase::Pending),
        post(3, 2, Some(10)),
    ] {
        assert_eq!(book.execute(&same), Ok(Outcome::Exists));
    }
    assert_eq!(book, before);
}

#[test]
fn linked_commands_are_booked_together_or_not_at_all() {
    let capture = [
        post(3, 2, None),
        moves(4, ESCROW, FEES, 60, Phase::Posted),
        moves(5, WALLET, ESCROW, 40, Phase::Posted),
    ];
    let mut book = book();
    let before = book.clone();
    let mut too_much = capture;
    too_much[2] = moves(5, WALLET, ESCROW, 41, Phase::Posted);
    let refused = LinkedRefusal {
        index: 2,
        refusal: Refusal::ExceedsCredits(account(WALLET)),
    };
    assert_eq!(book.execute_linked(&too_much), Err(refused));
    assert_eq!(book, before);

    assert_eq!(book.execute_linked(&capture), Ok(Outcome::Created));
    assert_eq!(shown(&book, FEES), (60, 60));
    let booked = book.clone();
    assert_eq!(book.execute_linked(&capture), Ok(Outcome::Exists));
    for partly in [
        [capture[0], moves(6, BANK, WALLET, 1, Phase::Posted)],
        [moves(6, BANK, WALLET, 1, Phase::Posted), capture[0]],
    ] {
        let refusal = Refusal::LinkedPartlyExists;
        assert_eq!(
            book.execute_linked(&partly),
            Err(LinkedRefusal { index: 1, refusal })
        );
    }
    assert_eq!(book, booked);
    assert_eq!(book.execute_linked(&[]), Ok(Outcome::Exists));
}

#[test]
fn the_changes_are_what_has_to_be_stored() {
    let stored = book();
    let hold = *stored.transfer(transfer(2)).expect("booked");
    let accounts: Vec<Account> = stored.accounts().copied().collect();
    let mut loaded = Ledger::load(accounts, [hold]);
    let changes = loaded.changes();
    assert!(changes.accounts.is_empty() && changes.created.is_empty());

    loaded.execute(&post(3, 2, Some(50))).expect("open");
    let hold_of_fee = moves(4, ESCROW, FEES, 5, Phase::Pending);
    loaded.execute(&hold_of_fee).expect("it is there");
    loaded.execute(&void(5, 4)).expect("open");
    let changes = loaded.changes();
    let ids: Vec<_> = changes.accounts.iter().map(|a| a.id).collect();
    assert_eq!(ids, [account(WALLET), account(ESCROW), account(FEES)]);
    let ids: Vec<_> = changes.created.iter().map(|t| t.id).collect();
    assert_eq!(ids, [transfer(3), transfer(4), transfer(5)]);
    let voided = TransferKind::Pending(PendingState::Voided);
    assert_eq!(changes.created[1].kind, voided);
    let kind = TransferKind::Pending(PendingState::Posted);
    assert_eq!(changes.settled, [Transfer { kind, ..hold }]);
}

#[test]
fn sums_that_would_not_fit_are_refused() {
    let mut full = chart();
    full[0].debits_posted = money::Money::MAX_MINOR;
    let mut book = Ledger::load(full, []);
    let one = moves(1, BANK, WALLET, 1, Phase::Posted);
    assert_eq!(book.execute(&one), Err(Refusal::Overflow));
    assert_eq!(shown(&book, WALLET), (0, 0));
}

#[test]
fn money_from_nowhere_is_found() {
    let mut accounts: Vec<Account> = book().accounts().copied().collect();
    let totals = trial_balance(&accounts).expect("balanced");
    assert_eq!(totals[&Currency::USD].debits_posted, 100);
    assert_eq!(totals[&Currency::USD].credits_pending, 60);
    accounts[4].credits_posted += 1;
    let found = trial_balance(&accounts).map_err(|Unbalanced { currency, .. }| currency);
    assert_eq!(found, Err(Currency::EUR));
    accounts[4].credits_posted -= 1;
    accounts[1].debits_pending -= 1;
    let found = trial_balance(&accounts).map_err(|Unbalanced { currency, .. }| currency);
    assert_eq!(found, Err(Currency::USD));
}

#[test]
fn the_words_of_the_book_read_back() {
    assert_eq!(Side::Debit.to_string().parse(), Ok(Side::Debit));
    assert_eq!("NOT_NEGATIVE".parse(), Ok(Constraint::NotNegative));
    assert_eq!("PENDING".parse(), Ok(Phase::Pending));
    assert_eq!(PendingState::Expired.to_string(), "EXPIRED");
}
