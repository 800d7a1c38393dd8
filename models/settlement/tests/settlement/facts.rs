//! Facts of small projects, to write tables with.

use money::{Currency, Money, Ppm};
use settlement::{
    Entry, Escrow, Paid, Payee, Product, Run, RunInput, RunKind, ShareType, Source, Stake, Terms,
    propose,
};
use time::{Duration, OffsetDateTime};

/// A stake that was approved in the `nth` second.
pub fn stake(id: &str, share: ShareType, amount_minor: i64, nth: i64) -> Stake {
    Stake {
        participation: id.to_owned(),
        investor: format!("investor of {id}"),
        share,
        owner_stake: false,
        amount_minor,
        approved_at: OffsetDateTime::UNIX_EPOCH + Duration::seconds(nth),
        tax_ppm: Ppm::ZERO,
        paid: Paid::default(),
        lapsed: std::collections::BTreeMap::new(),
    }
}

/// PROFIT_ONLY stakes `p0`, `p1`, … approved one after the other.
pub fn cash(amounts: &[i64]) -> Vec<Stake> {
    let nth = |(i, amount): (i64, &i64)| stake(&format!("p{i}"), ShareType::ProfitOnly, *amount, i);
    (0..).zip(amounts).map(nth).collect()
}

/// A FINAL run: all of `costs` was paid out of what the stakes brought, and `proceeds` came in.
pub fn final_run(stakes: Vec<Stake>, costs_minor: i64, proceeds_minor: i64) -> RunInput {
    let captured_minor = stakes.iter().map(|stake| stake.amount_minor).sum();
    RunInput {
        currency: Currency::USD,
        kind: RunKind::Final,
        interim_limit_minor: Money::MAX_MINOR,
        terms: Terms {
            investor_share_ppm: Ppm::ONE,
            success_fee_ppm: Ppm::ZERO,
            holdback_ppm: Ppm::ZERO,
            buyback_ppm: Ppm::ZERO,
            first_loss_minor: 0,
        },
        escrow: Escrow {
            captured_minor,
            costs_minor,
            capital_minor: captured_minor - costs_minor,
            proceeds_minor,
            proceeds_balance_minor: proceeds_minor,
            ..Escrow::default()
        },
        products: Vec::new(),
        stakes,
    }
}

/// Goods that were received and sold as ordered.
pub fn goods(product: &str, units: i64, landed: i64, sold: i64, net: i64) -> Product {
    Product {
        product: product.to_owned(),
        ordered: units,
        landed_cost_minor: landed,
        received: units,
        sold,
        sold_net_minor: net,
        bought_back: 0,
    }
}

/// The net amount of each participation, in the order of the stakes given.
pub fn net(input: &RunInput) -> Vec<i64> {
    let run = propose(input).expect("the facts agree");
    column(input, &run, |line| line.net_minor)
}

/// One figure of each line, in the order of the stakes given.
pub fn column(input: &RunInput, run: &Run, of: fn(&settlement::Line) -> i64) -> Vec<i64> {
    let line = |stake: &Stake| {
        let same = |line: &&settlement::Line| line.participation == stake.participation;
        of(run.lines.iter().find(same).expect("a line for each stake"))
    };
    input.stakes.iter().map(line).collect()
}

/// Posts a run: the facts as they are after it.
pub fn post(input: &RunInput, run: &Run) -> RunInput {
    let mut after = input.clone();
    let escrow = &mut after.escrow;
    for Entry {
        source,
        payee,
        amount_minor,
    } in run.entries()
    {
        match source {
            Source::Capital => escrow.capital_minor -= amount_minor,
            Source::Proceeds => escrow.proceeds_balance_minor -= amount_minor,
        }
        match (payee, source) {
            (Payee::OwnerAdvances, Source::Capital) => {
                escrow.advances_returned_minor += amount_minor;
            }
            (Payee::OwnerAdvances, Source::Proceeds) => {
                escrow.advances_repaid_minor += amount_minor;
            }
            (payee, source) => {
                if source == Source::Capital {
                    escrow.unspent_paid_minor += amount_minor;
                }
                if payee == Payee::OwnerSplit {
                    escrow.owner_split_paid_minor += amount_minor;
                }
            }
        }
    }
    for stake in &mut after.stakes {
        let same = |line: &&settlement::Line| line.participation == stake.participation;
        let line = run.lines.iter().find(same).expect("a line for each stake");
        stake.paid.gross_minor += line.paid_minor;
        stake.paid.fee_minor += line.fee_minor;
        stake.paid.tax_minor += line.tax_minor;
    }
    after
}
