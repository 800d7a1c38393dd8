//! The life of a project's money, as tables that a banker can read.
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "1_000_00 reads as 1,000.00"
)]

use std::collections::BTreeMap;

use ids::{DisbursementId, PayoutId, RunId, TransferId};
use ledger::{Account, Ledger};
use money::Currency;
use settlement::{Paid, Product, RunKind, propose};
use time::{Duration, OffsetDateTime};

use super::cases::{
    ADMIN, ANA, BEN, OWNER, TREASURER, approved, funded, in_execution, project, sealed, stakes,
    terms, usd, user,
};
use super::*;

fn invoice(minor: i64) -> Invoice {
    Invoice {
        cost_kind: "GOODS".to_owned(),
        line_name: String::new(),
        payee: "Ningbo Lamps".to_owned(),
        number: "INV-7".to_owned(),
        amount: usd(minor),
        document: None,
    }
}

/// Nothing passed lately, and nothing is in the way.
fn standing() -> Standing {
    Standing {
        suspended: false,
        invoice_used: false,
        to_payee: usd(0),
        in_project: usd(0),
    }
}

/// A request under a limit of 500.00.
fn request(minor: i64, by: u8, books: &mut Books) -> Result<Disbursement, DisbursementRefusal> {
    let budget = Budget::of(&approved().costing);
    let standing = standing();
    let policy = (&budget, usd(500_00), &standing);
    Disbursement::request(
        DisbursementId::new(),
        invoice(minor),
        user(by),
        policy,
        books,
    )
}

fn code<T: std::fmt::Debug>(answer: Result<T, DisbursementRefusal>) -> &'static str {
    answer.expect_err("a refusal").code()
}

/// Everyone's account, opened with what the projects' books say was captured and sold.
struct Bank {
    book: Ledger,
    chart: Chart,
}

impl Bank {
    fn open() -> Self {
        let mut keys = vec![
            AccountKey::CustodyBank,
            AccountKey::PlatformFees,
            AccountKey::TaxPayable,
            AccountKey::Suspense,
            AccountKey::EscrowCapital(project()),
            AccountKey::EscrowProceeds(project()),
        ];
        keys.extend([OWNER, ANA, BEN].map(|n| AccountKey::Wallet(user(n))));
        let named = keys.into_iter().map(|key| (key, ids::AccountId::new()));
        let chart: Chart = named.collect();
        let accounts: Vec<Account> = chart.accounts(Currency::USD).collect();
        Self {
            book: Ledger::load(accounts, []),
            chart,
        }
    }

    fn book(&mut self, posting: &Posting) -> TransferId {
        let id = TransferId::new();
        let command = posting.command(id, &self.chart).expect("open accounts");
        self.book.execute(&command).expect("a transfer");
        id
    }

    fn account(&self, key: AccountKey) -> &Account {
        let id = self.chart.id(key).expect("an open account");
        self.book.account(id).expect("an account of the book")
    }

    fn balance(&self, key: AccountKey) -> i64 {
        self.account(key).balance_minor()
    }

    fn escrow(&self) -> (&Account, &Account) {
        let capital = self.account(AccountKey::EscrowCapital(project()));
        (capital, self.account(AccountKey::EscrowProceeds(project())))
    }

    fn agrees_with(&self, books: &Books) {
        let (capital, proceeds) = self.escrow();
        assert!(books.holds(capital, proceeds), "{books:?}");
        ledger::trial_balance(self.book.accounts()).expect("debits equal credits");
    }
}

/// Deposits, holds and captures of all three.
fn raise(bank: &mut Bank) -> Books {
    let mut books = Books::new(project(), user(OWNER), Currency::USD);
    for stake in stakes() {
        bank.book(&Posting::deposit(stake.investor, stake.amount));
        let hold = bank.book(&books.hold(stake.investor, stake.amount).expect("a hold"));
        books.capture(stake.amount).expect("a capture");
        let post = ledger::Command::PostPending {
            id: TransferId::new(),
            pending: hold,
            amount_minor: None,
        };
        bank.book.execute(&post).expect("a posting");
        bank.agrees_with(&books);
    }
    books
}

fn participants() -> Vec<Participant> {
    let participant = |stake: SealedStake| Participant {
        participation: stake.participation,
        investor: stake.investor,
        share: stake.share,
        owner_stake: stake.owner_stake,
        amount_minor: stake.amount.minor(),
        approved_at: stake.approved_at,
        paid: Paid::default(),
    };
    stakes().into_iter().map(participant).collect()
}

fn lamps() -> Vec<Product> {
    vec![Product {
        product: "LAMP".to_owned(),
        ordered: 100,
        landed_cost_minor: 1_000_00,
        received: 100,
        sold: 100,
        sold_net_minor: 1_200_00,
        bought_back: 0,
    }]
}

fn known() -> SettlementFacts {
    SettlementFacts {
        snapshot_version: Snapshot::FIRST,
        snapshot_hash: "f02e".to_owned(),
        terms: terms(),
        products: lamps(),
        participants: participants(),
        lapsed: BTreeMap::new(),
        closed_at: None,
    }
}

#[test]
fn a_project_gives_back_what_it_took_and_what_it_earned() {
    let mut bank = Bank::open();
    let mut books = raise(&mut bank);
    let snapshot = Snapshot::freeze(approved(), sealed(), &mut books).expect("a snapshot");
    assert_eq!(snapshot.stakes().count(), 3);
    assert_eq!(books.start(usd(0)), Ok(None));

    let mut cost = request(1_000_00, OWNER, &mut books).expect("a request");
    cost.agree(user(ADMIN), &participants(), false)
        .expect("an agreement");
    bank.book(
        &cost
            .pay(user(TREASURER), false, &mut books)
            .expect("a payment"),
    );
    bank.book(&books.match_proceeds(usd(1_200_00)).expect("sales"));
    bank.agrees_with(&books);
    books.phase = Phase::Completed;

    let facts = facts(RunKind::Final, &books, bank.escrow(), &known());
    let run = propose(&facts.expect("the facts agree")).expect("a run");
    for posting in postings(&run, &books).expect("known payees") {
        bank.book(&posting);
    }
    books.post_run(&run).expect("a posted run");
    bank.agrees_with(&books);
    assert_eq!(books.phase, Phase::Settled);

    // Profit 200.00: Ana 120.00, Ben 60.00, owner 20.00; fee 10 %, then tax 5 %.
    let wallet = |n| bank.balance(AccountKey::Wallet(user(n)));
    assert_eq!(wallet(ANA), 600_00 + 120_00 - 12_00 - 5_40);
    assert_eq!(wallet(BEN), 300_00 + 60_00 - 6_00 - 2_70);
    assert_eq!(wallet(OWNER), 100_00 + 20_00 - 2_00 - 90);
    assert_eq!(bank.balance(AccountKey::PlatformFees), 20_00);
    assert_eq!(bank.balance(AccountKey::TaxPayable), 9_00);
    assert_eq!(bank.balance(AccountKey::CustodyBank), 1_200_00);
    let ana = participants()[1].paid_after(&run).expect("small numbers");
    assert_eq!(
        (ana.gross_minor, ana.fee_minor, ana.tax_minor),
        (720_00, 12_00, 5_40)
    );
}

#[test]
fn costs_are_paid_to_the_last_cent_of_escrow_and_not_one_more() {
    let mut books = in_execution();
    let before = books;
    let refused = request(1_000_01, OWNER, &mut books).expect_err("a cent too much");
    let overrun = BooksRefusal::OverrunNeedsAdvance { missing: usd(1) };
    assert_eq!(refused, overrun.into());
    assert_eq!(books, before);

    request(400_00, OWNER, &mut books).expect("a request");
    request(600_00, OWNER, &mut books).expect("the rest");
    assert_eq!(code(request(1, OWNER, &mut books)), "overrun_needs_advance");
    books.pay_advance(usd(1)).expect("an advance");
    request(1, OWNER, &mut books).expect("it is there now");
}

#[test]
fn a_second_person_agrees_above_the_limit_and_not_at_it() {
    let mut books = in_execution();
    let mut at = request(500_00, OWNER, &mut books).expect("a request");
    assert!(!at.needs_agreement);
    assert_eq!(code(at.agree(user(ADMIN), &[], false)), "nothing_to_agree");
    at.pay(user(TREASURER), false, &mut books)
        .expect("a payment");
    assert_eq!(
        code(at.pay(user(TREASURER), false, &mut books)),
        "already_paid"
    );

    books.pay_advance(usd(1)).expect("an advance");
    let mut above = request(500_01, OWNER, &mut books).expect("a request");
    let before = (above.clone(), books);
    assert_eq!(
        code(above.pay(user(TREASURER), false, &mut books)),
        "needs_agreement"
    );
    assert_eq!(code(above.agree(user(OWNER), &[], false)), "same_person");
    assert_eq!((above.clone(), books), before);
    let everybody = participants();
    assert_eq!(
        code(above.agree(user(ANA), &everybody, false)),
        "takes_part"
    );
    assert_eq!((above.clone(), books), before);
    above
        .agree(user(ADMIN), &everybody, false)
        .expect("an agreement");
    assert_eq!(
        code(above.pay(user(ADMIN), false, &mut books)),
        "same_person"
    );
    assert_eq!(
        code(above.pay(user(OWNER), false, &mut books)),
        "same_person"
    );
    above
        .pay(user(TREASURER), false, &mut books)
        .expect("a payment");
    assert_eq!(
        (books.capital_minor(), books.figures.requested_minor),
        (0, 0)
    );
}

#[test]
fn a_request_needs_the_owner_an_invoice_and_a_line_of_the_budget() {
    let mut books = in_execution();
    let before = books;
    assert_eq!(code(request(1, TREASURER, &mut books)), "not_the_owner");
    assert_eq!(
        code(request(0, OWNER, &mut books)),
        "amount_must_be_positive"
    );
    let budget = Budget::of(&approved().costing);
    let mut ask = |invoice| {
        let standing = standing();
        let policy = (&budget, usd(500_00), &standing);
        Disbursement::request(
            DisbursementId::new(),
            invoice,
            user(OWNER),
            policy,
            &mut books,
        )
    };
    let freight = Invoice {
        cost_kind: "FREIGHT".to_owned(),
        ..invoice(1)
    };
    assert_eq!(code(ask(freight)), "no_such_budget_line");
    let nameless = Invoice {
        number: " ".to_owned(),
        ..invoice(1)
    };
    assert_eq!(code(ask(nameless)), "no_invoice");
    assert_eq!(books, before);
}

#[test]
fn an_escrow_takes_only_what_its_phase_is_for() {
    let table = [
        // phase, hold, refund, cost, receipt
        (Phase::Funding, true, true, false, false),
        (Phase::Approved, false, false, false, false),
        (Phase::Execution, false, false, true, true),
        (Phase::Completed, false, false, false, true),
        (Phase::Liquidation, false, false, true, true),
        (Phase::Settled, false, false, true, true),
        (Phase::Cancelled, false, true, false, false),
    ];
    for (phase, hold, refund, cost, receipt) in table {
        let books = Books { phase, ..funded() };
        let with = |change: fn(&mut Books) -> bool| change(&mut books.clone());
        assert_eq!(
            books.hold(user(ANA), usd(1)).is_ok(),
            hold,
            "hold while {phase}"
        );
        assert_eq!(
            with(|b| b.capture(usd(1)).is_ok()),
            hold,
            "capture while {phase}"
        );
        assert_eq!(
            with(|b| b.refund(user(ANA), usd(1)).is_ok()),
            refund,
            "refund while {phase}"
        );
        assert_eq!(
            with(|b| b.pay_advance(usd(1)).is_ok()),
            cost,
            "advance while {phase}"
        );
        assert_eq!(
            with(|b| request(1, OWNER, b).is_ok()),
            cost,
            "cost while {phase}"
        );
        assert_eq!(
            with(|b| b.match_proceeds(usd(1)).is_ok()),
            receipt,
            "sale while {phase}"
        );
        assert_eq!(
            with(|b| b.record_recovery(usd(1)).is_ok()),
            receipt,
            "tax while {phase}"
        );
    }
}

#[test]
fn the_platform_fee_is_taken_at_the_start_and_is_a_cost() {
    let mut books = Books {
        phase: Phase::Approved,
        ..funded()
    };
    let fee = books.start(usd(30_00)).expect("a start").expect("a fee");
    assert_eq!(
        (fee.purpose, fee.credit),
        (Purpose::PlatformFee, AccountKey::PlatformFees)
    );
    assert_eq!(
        (books.figures.costs_minor, books.capital_minor()),
        (30_00, 970_00)
    );
    assert_eq!(
        books.start(usd(30_00)).expect_err("once").code(),
        "escrow_closed"
    );
}

#[test]
fn a_snapshot_is_frozen_from_exactly_the_sealed_list() {
    let frozen = Snapshot::freeze(approved(), sealed(), &mut funded()).expect("a snapshot");
    let json = serde_json::to_value(&frozen).expect("plain data");
    let ana = &json["participations"][1];
    assert_eq!(ana["share_of_all"], "3/5");
    assert_eq!(ana["projected_profit"]["minor"], "12000");
    assert_eq!(
        (&json["version"], &json["goal"]["minor"]),
        (&1.into(), &"100000".into())
    );
    let again = Snapshot::freeze(approved(), sealed(), &mut funded()).expect("a snapshot");
    assert_eq!(again, frozen);
}

#[test]
fn a_snapshot_is_refused_when_any_figure_differs() {
    let of = |change: fn(&mut ApprovedProject, &mut SealedList, &mut Books)| {
        let (mut project, mut list, mut books) = (approved(), sealed(), funded());
        change(&mut project, &mut list, &mut books);
        let before = books;
        let refused = Snapshot::freeze(project, list, &mut books).expect_err("a difference");
        assert_eq!(books, before);
        refused.code()
    };
    assert_eq!(
        of(|p, _, _| p.seal_hash = "other".to_owned()),
        "another_seal"
    );
    assert_eq!(
        of(|_, l, _| l.project = ids::ProjectId::new()),
        "another_project"
    );
    assert_eq!(of(|p, _, _| p.goal = usd(1_000_01)), "not_the_goal");
    assert_eq!(of(|_, l, _| l.total = usd(999_99)), "not_the_goal");
    assert_eq!(of(|_, l, _| l.participations.truncate(2)), "not_the_goal");
    assert_eq!(of(|_, _, b| b.figures.captured_minor -= 1), "not_the_goal");
    assert_eq!(
        of(|_, l, _| l.participations[1].participation = l.participations[0].participation),
        "duplicate"
    );
    assert_eq!(of(|_, _, b| b.phase = Phase::Cancelled), "escrow_closed");
}

#[test]
fn a_run_is_approved_by_somebody_who_has_no_part_in_it() {
    let books = Books {
        phase: Phase::Completed,
        ..funded()
    };
    let kind = (RunKind::Final, "abc".to_owned());
    let proposed = SettlementRun::propose(RunId::new(), &books, 1, kind, user(TREASURER));
    let table = [
        (TREASURER, "abc", Some("approver_proposed")),
        (OWNER, "abc", Some("approver_is_owner")),
        (ANA, "abc", Some("approver_takes_part")),
        (ADMIN, "abd", Some("run_stale")),
        (ADMIN, "abc", None),
    ];
    for (by, hash, expected) in table {
        let mut run = proposed.clone();
        let answer = run.approve(user(by), &books, &participants(), hash);
        assert_eq!(
            answer.as_ref().err().map(RunRefusal::code),
            expected,
            "{by} {hash}"
        );
        if expected.is_some() {
            assert_eq!(run, proposed);
            continue;
        }
        let again = run.approve(user(by), &books, &participants(), hash);
        assert_eq!(again, Err(RunRefusal::AlreadyPosted));
    }
}

#[test]
fn a_proposal_gives_way_only_when_its_facts_have_changed() {
    let kind = (RunKind::Final, "abc".to_owned());
    let mut run = SettlementRun::propose(RunId::new(), &funded(), 1, kind, user(TREASURER));
    assert_eq!(run.supersede("abc"), Err(RunRefusal::AlreadyProposed));
    assert_eq!(run.state, RunState::Proposed);
    run.supersede("abd").expect("other facts");
    let late = run.approve(user(ADMIN), &funded(), &participants(), "abc");
    assert_eq!(late, Err(RunRefusal::FactsChanged));
}

#[test]
fn what_is_held_back_stays_for_the_days_of_the_terms() {
    let closed_at = OffsetDateTime::UNIX_EPOCH;
    let mut held = known();
    held.terms.holdback_days = 90;
    held.closed_at = Some(closed_at);
    let after = |days| held.may_settle(RunKind::Adjustment, closed_at + Duration::days(days));
    assert_eq!(after(89).expect_err("too early").code(), "held_back");
    assert_eq!(after(90), Ok(()));
}

#[test]
fn no_run_is_computed_before_it_is_due_or_while_the_books_disagree() {
    let mut bank = Bank::open();
    let mut books = raise(&mut bank);
    let of = |kind, books: &Books| {
        let facts = facts(kind, books, bank.escrow(), &known());
        facts.err().map(|refusal| refusal.code())
    };
    assert_eq!(of(RunKind::Final, &books), Some("run_not_due"));
    books.phase = Phase::Completed;
    assert_eq!(of(RunKind::Final, &books), None);
    assert_eq!(of(RunKind::Interim, &books), Some("run_not_due"));
    books.figures.requested_minor = 1;
    assert_eq!(of(RunKind::Final, &books), Some("open_disbursement"));
    books.figures.requested_minor = 0;
    books.figures.recovered_minor = 1;
    assert_eq!(of(RunKind::Final, &books), Some("escrow_mismatch"));
}

#[test]
fn a_payout_is_decided_once_and_by_somebody_else() {
    let now = OffsetDateTime::UNIX_EPOCH;
    let ana = |verified, valid_until| Payee {
        user: user(ANA),
        verified,
        valid_until,
    };
    let account = BankAccount::read("PE", "00219300221447706111").expect("good");
    let account = PayoutAccount::set(None, account, now);
    let ask = |payee: &Payee, minor| {
        let amounts = (usd(minor), usd(0));
        Payout::request(PayoutId::new(), (payee, Some(&account)), amounts, now)
    };
    let unclear = [
        ana(false, None),
        ana(true, Some(now)),
        Payee::unknown(user(ANA)),
    ];
    for payee in unclear {
        let refused = ask(&payee, 1);
        assert_eq!(refused.expect_err("blocked").code(), "wallet_blocked");
    }
    let known = ana(true, None);
    let nothing = ask(&known, 0).expect_err("nothing");
    assert_eq!(nothing.code(), "amount_must_be_positive");
    let (mut payout, posting) = ask(&known, 1).expect("a payout");
    assert_eq!(posting.phase, ledger::Phase::Pending);
    let confirm = |payout: &mut Payout, by, payee: &Payee| {
        payout.confirm(user(by), (payee, Some(&account)), now)
    };
    assert_eq!(
        confirm(&mut payout, ANA, &known),
        Err(PayoutRefusal::SamePerson)
    );
    let blocked = confirm(&mut payout, TREASURER, &ana(false, None));
    assert_eq!(blocked, Err(PayoutRefusal::WalletBlocked));
    confirm(&mut payout, TREASURER, &known).expect("a confirmation");
    let again = payout.fail(user(TREASURER), "late");
    assert_eq!(again, Err(PayoutRefusal::AlreadyDecided(PayoutState::Paid)));

    // Above the limit with what was drawn lately: a second person, and not a third role of one.
    let amounts = (usd(2_00), usd(9_999_00));
    let to = (&known, Some(&account));
    let (mut large, _) = Payout::request(PayoutId::new(), to, amounts, now).expect("a payout");
    assert!(large.needs_agreement);
    assert_eq!(
        confirm(&mut large, TREASURER, &known),
        Err(PayoutRefusal::NeedsAgreement)
    );
    assert_eq!(large.agree(user(ANA)), Err(PayoutRefusal::SamePerson));
    large.agree(user(ADMIN)).expect("an agreement");
    assert_eq!(large.agree(user(ADMIN)), Err(PayoutRefusal::NothingToAgree));
    assert_eq!(
        confirm(&mut large, ADMIN, &known),
        Err(PayoutRefusal::SamePerson)
    );
    confirm(&mut large, TREASURER, &known).expect("a confirmation");
}

#[test]
fn a_deposit_finds_its_user_once_and_goes_back_once() {
    let mut deposit = Deposit {
        id: TransferId::new(),
        user: None,
        amount: usd(5),
        bank_reference: "BCP-1".to_owned(),
        note: String::new(),
        booked_by: user(TREASURER),
        returned: false,
    };
    assert_eq!(deposit.posting().credit, AccountKey::Suspense);
    let own = deposit.match_to(user(TREASURER), user(TREASURER));
    assert_eq!(own, Err(DepositRefusal::SamePerson));
    let found = deposit.match_to(user(ANA), user(TREASURER)).expect("found");
    assert_eq!(found.credit, AccountKey::Wallet(user(ANA)));
    let twice = deposit.match_to(user(BEN), user(TREASURER));
    assert_eq!(twice, Err(DepositRefusal::AlreadyMatched));
    let why = deposit.give_back(" ", user(TREASURER));
    assert_eq!(why, Err(DepositRefusal::NoReason));
    let (back, _) = deposit
        .give_back("not hers", user(TREASURER))
        .expect("back");
    assert_eq!(back.debit, AccountKey::Wallet(user(ANA)));
    let again = deposit.give_back("not hers", user(TREASURER));
    assert_eq!(again, Err(DepositRefusal::AlreadyReturned));
}
