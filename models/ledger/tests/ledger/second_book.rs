//! The ledger against a second book in another language (`e2e/model/double_entry.py`), which shares
//! nothing with it: the same random commands, the same answers, the same sums.
//! `LEDGER_COMMANDS` says how many (`make prove` asks for ten million), `PROPTEST_RNG_SEED` which.

use std::fmt::Write as _;

use ledger::{Account, Command, Ledger, Outcome, Phase, Refusal, Side};
use money::Currency;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::{account, chart, expire, moves, post, transfer, void};

/// A book of its own for so many lines: few enough ids that commands meet.
const LINES_OF_A_BOOK: usize = 400;
const IDS: u128 = 150;

#[test]
fn two_books_answer_the_same() {
    let (commands, seed) = (proving::amount("LEDGER_COMMANDS", 60_000), proving::seed());
    let mut random = SmallRng::seed_from_u64(seed);
    let mut played = Played::default();
    while played.commands < commands {
        played.book(&mut random);
    }
    let answers = proving::second_calculation("double_entry.py", &played.script);
    let mut lines = answers.lines();
    for (place, (asked, ours)) in played.answers.iter().enumerate() {
        let theirs = lines.next().unwrap_or("no answer");
        assert_eq!(ours, theirs, "answer {place} of seed {seed}: {asked}");
    }
    assert_eq!(lines.next(), None);
    for code in SEEN {
        let seen = |(_, answer): &(String, String)| answer.split(' ').next_back() == Some(code);
        assert!(
            played.answers.iter().any(seen),
            "{code} never came (seed {seed})"
        );
    }
}

/// What random commands must meet, or they are not random enough.
const SEEN: [&str; 22] = [
    "created",
    "exists",
    "exists_with_different_phase",
    "exists_with_different_debit_account",
    "exists_with_different_credit_account",
    "exists_with_different_amount",
    "exists_with_different_currency",
    "exists_with_different_pending_transfer",
    "account_not_found",
    "same_accounts",
    "currency_mismatch",
    "amount_must_be_positive",
    "exceeds_credits",
    "exceeds_debits",
    "pending_transfer_not_found",
    "pending_transfer_not_pending",
    "pending_transfer_already_posted",
    "pending_transfer_already_voided",
    "pending_transfer_expired",
    "exceeds_pending_transfer_amount",
    "linked_partly_exists",
    "overflow",
];

/// The lines for the second book, and what ours answered.
#[derive(Default)]
struct Played {
    commands: u64,
    script: String,
    answers: Vec<(String, String)>,
}

impl Played {
    /// Plays a book from its beginning, and asks for its sums at the end.
    fn book(&mut self, random: &mut SmallRng) {
        let mut book = Ledger::load(chart(), []);
        self.script.push_str("N\n");
        for one in chart() {
            let opened = opening(&one);
            self.script.push_str(&opened);
        }
        let mut before: Vec<Command> = Vec::new();
        for _ in 0..LINES_OF_A_BOOK {
            let linked = random.random_ratio(1, 6);
            let number = if linked { random.random_range(1..6) } else { 1 };
            let mut commands: Vec<_> = (0..number).map(|_| command(random, &before)).collect();
            if linked && random.random_ratio(1, 3) {
                commands.push(commands[0]);
            }
            before.extend(&commands);
            self.commands += commands.len() as u64;
            let lines: String = commands.iter().map(line).collect();
            let (asked, answer) = if linked {
                let answer = match book.execute_linked(&commands) {
                    Ok(outcome) => told(Ok(outcome)),
                    Err(why) => format!("{} {}", why.index, why.refusal.code()),
                };
                (format!("L {}\n{lines}", commands.len()), answer)
            } else {
                (lines, told(book.execute(&commands[0])))
            };
            self.say(asked, answer);
        }
        self.say("B\n".to_owned(), sums(&book));
    }

    fn say(&mut self, asked: String, answer: String) {
        self.script.push_str(&asked);
        self.answers.push((asked, answer));
    }
}

/// Anything, and now and then what was asked before, to the letter or but for one field.
fn command(random: &mut SmallRng, before: &[Command]) -> Command {
    if !before.is_empty() && random.random_ratio(1, 8) {
        let again = before[random.random_range(0..before.len())];
        return varied(random, again);
    }
    let (id, pending) = (random.random_range(0..IDS), random.random_range(0..IDS));
    match random.random_range(0..20) {
        0..12 => {
            let phase = if random.random() {
                Phase::Posted
            } else {
                Phase::Pending
            };
            let (debit, credit) = (random.random_range(1..6), random.random_range(1..7));
            moves(id, debit, credit, amount(random), phase)
        }
        12..16 => post(id, pending, random.random::<bool>().then(|| amount(random))),
        16..18 => void(id, pending),
        _ => expire(id, pending),
    }
}

fn amount(random: &mut SmallRng) -> i64 {
    match random.random_range(0..40) {
        0 => 1_000_000_000_000_000 + random.random_range(-3..3),
        1 => random.random_range(-2..=0),
        _ => random.random_range(1..200),
    }
}

fn varied(random: &mut SmallRng, before: Command) -> Command {
    let mut command = before;
    match &mut command {
        Command::Transfer {
            id: _,
            debit,
            credit,
            amount_minor,
            currency,
            phase: _,
        } => match random.random_range(0..6) {
            0 => *debit = account(random.random_range(1..6)),
            1 => *credit = account(random.random_range(1..6)),
            2 => *amount_minor = amount(random),
            3 => *currency = Currency::EUR,
            _ => {}
        },
        Command::PostPending {
            id: _,
            pending,
            amount_minor,
        } => match random.random_range(0..4) {
            0 => *pending = transfer(random.random_range(0..IDS)),
            1 => *amount_minor = Some(amount(random)),
            _ => {}
        },
        Command::VoidPending { id: _, pending } | Command::ExpirePending { id: _, pending } => {
            if random.random_ratio(1, 3) {
                *pending = transfer(random.random_range(0..IDS));
            }
        }
    }
    command
}

fn opening(account: &Account) -> String {
    let side = match account.normal {
        Side::Debit => 'D',
        Side::Credit => 'C',
    };
    let constrained = u8::from(account.constraint == ledger::Constraint::NotNegative);
    let Account { id, currency, .. } = account;
    format!("A {id} {} {side} {constrained}\n", currency.code())
}

fn line(command: &Command) -> String {
    match command {
        Command::Transfer {
            id,
            debit,
            credit,
            amount_minor,
            currency,
            phase,
        } => {
            let phase = match phase {
                Phase::Posted => 'P',
                Phase::Pending => 'H',
            };
            let code = currency.code();
            format!("T {id} {debit} {credit} {amount_minor} {code} {phase}\n")
        }
        Command::PostPending {
            id,
            pending,
            amount_minor,
        } => {
            let amount = amount_minor.map_or("-".to_owned(), |amount| amount.to_string());
            format!("P {id} {pending} {amount}\n")
        }
        Command::VoidPending { id, pending } => format!("V {id} {pending}\n"),
        Command::ExpirePending { id, pending } => format!("X {id} {pending}\n"),
    }
}

fn told(answer: Result<Outcome, Refusal>) -> String {
    match answer {
        Ok(Outcome::Created) => "created".to_owned(),
        Ok(Outcome::Exists) => "exists".to_owned(),
        Err(refusal) => refusal.code().to_owned(),
    }
}

fn sums(book: &Ledger) -> String {
    let mut text = String::new();
    for one in book.accounts() {
        let gap = if text.is_empty() { "" } else { " " };
        write!(
            text,
            "{gap}{}:{},{},{},{}",
            one.id, one.debits_posted, one.credits_posted, one.debits_pending, one.credits_pending
        )
        .expect("a string takes everything");
    }
    text
}
