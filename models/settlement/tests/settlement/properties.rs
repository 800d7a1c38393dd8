//! What holds for every settlement, whatever the facts.

use crate::facts::{column, final_run, goods, post, stake};
use money::Ppm;
use proptest::prelude::*;
use settlement::{Run, RunInput, RunKind, ShareType, propose};

prop_compose! {
    fn stakes()(list in prop::collection::vec(
        (1_i64..5_000, any::<bool>(), 0_i64..4, 0_u32..=1_000_000), 1..12,
    )) -> Vec<settlement::Stake> {
        (0..).zip(list).map(|(i, (amount, products, nth, tax))| {
            // The first one is the owner's, so that somebody shares in the pool.
            let share = if products && i > 0 { ShareType::Products } else { ShareType::ProfitOnly };
            let mut stake = stake(&format!("p{i}"), share, amount, nth);
            stake.owner_stake = i == 0;
            stake.tax_ppm = Ppm::new(tax);
            stake
        }).collect()
    }
}

prop_compose! {
    fn terms()(
        share in prop_oneof![Just(1_000_000_u32), 0_u32..=1_000_000],
        fee in 0_u32..=1_000_000,
        hold in prop_oneof![Just(0_u32), 0_u32..=1_000_000],
        first_loss_minor in 0_i64..4_000,
    ) -> settlement::Terms {
        settlement::Terms {
            investor_share_ppm: Ppm::new(share),
            success_fee_ppm: Ppm::new(fee),
            holdback_ppm: Ppm::new(hold),
            buyback_ppm: Ppm::ZERO,
            first_loss_minor,
        }
    }
}

prop_compose! {
    fn project()(
        stakes in stakes(),
        terms in terms(),
        spent in 0_i64..=100,
        advances in 0_i64..2_000,
        units in 1_i64..200,
        sold in 0_i64..=100,
        price in 0_i64..400,
        extra in 0_i64..3_000,
    ) -> RunInput {
        let sold = units * sold / 100;
        let mut input = final_run(stakes, 0, sold * price + extra);
        input.products = vec![goods("lamps", units, units * 100, sold, sold * price)];
        input.terms = terms;
        let escrow = &mut input.escrow;
        escrow.advances_minor = advances;
        escrow.costs_minor = (escrow.captured_minor + advances) * spent / 100;
        escrow.capital_minor = escrow.captured_minor + advances - escrow.costs_minor;
        input
    }
}

/// What changes between a FINAL run and an ADJUSTMENT.
#[derive(Debug, Clone)]
enum Late {
    Recovery(i64),
    Cost(i64),
    Sale(i64),
}

fn late() -> impl Strategy<Value = Late> {
    prop_oneof![
        (0_i64..900).prop_map(Late::Recovery),
        (0_i64..900).prop_map(Late::Cost),
        (0_i64..900).prop_map(Late::Sale),
    ]
}

fn apply(input: &mut RunInput, late: &Late) {
    let escrow = &mut input.escrow;
    match late {
        Late::Recovery(amount) => {
            escrow.recovered_minor += amount;
            escrow.capital_minor += amount;
        }
        // Nothing is left in escrow:capital for it, so the owner advances it.
        Late::Cost(amount) => {
            escrow.advances_minor += amount;
            escrow.costs_minor += amount;
        }
        Late::Sale(amount) => {
            escrow.proceeds_minor += amount;
            escrow.proceeds_balance_minor += amount;
        }
    }
}

/// Recomputed here, from the lines alone.
fn adds_up(run: &Run) -> Result<(), TestCaseError> {
    let totals = &run.totals;
    let lines: i64 = run
        .lines
        .iter()
        .map(|line| line.net_minor + line.fee_minor + line.tax_minor)
        .sum();
    let owner =
        totals.owner_split_minor + totals.advances_returned_minor + totals.advances_repaid_minor;
    prop_assert_eq!(
        lines + owner + totals.escrow_after_minor,
        totals.escrow_before_minor
    );
    let entries: i64 = run.entries().iter().map(|entry| entry.amount_minor).sum();
    prop_assert_eq!(entries, lines + owner);
    prop_assert!(
        run.lines
            .iter()
            .all(|line| line.net_minor >= 0 && line.paid_minor >= 0)
    );
    Ok(())
}

proptest! {
    #[test]
    fn every_cent_is_paid_or_stays(input in project()) {
        let run = propose(&input).expect("the facts agree");
        adds_up(&run)?;
        prop_assert_eq!(run.totals.escrow_after_minor, run.totals.held_back_minor);
    }

    #[test]
    fn the_order_of_the_facts_does_not_matter(input in project()) {
        let mut other = input.clone();
        other.stakes.reverse();
        prop_assert_eq!(propose(&input), propose(&other));
    }

    #[test]
    fn a_single_run_pays_the_entitlement_rounded_to_a_unit(input in project()) {
        let run = propose(&input).expect("the facts agree");
        for line in &run.lines {
            let floor = line.entitlement.num / line.entitlement.den;
            let over = i128::from(line.gross_minor) - floor;
            let broken = line.entitlement.num % line.entitlement.den > 0;
            prop_assert!(over == 0 || (over == 1 && broken));
        }
        // Each gets its unspent capital out of escrow:capital.
        if run.totals.held_back_minor == 0 {
            prop_assert_eq!(
                column(&input, &run, |line| line.from_capital_minor),
                column(&input, &run, |line| line.unspent_minor)
            );
        }
    }

    #[test]
    fn later_runs_never_claw_back_and_lose_nothing(
        input in project(),
        limit in 1_i64..20_000,
        news in prop::collection::vec(late(), 0..5),
    ) {
        let mut input = input;
        input.kind = RunKind::Interim;
        input.interim_limit_minor = limit;
        if let Ok(run) = propose(&input) {
            adds_up(&run)?;
            prop_assert!(run.totals.gross_minor <= limit);
            input = post(&input, &run);
        }
        input.kind = RunKind::Final;
        let run = propose(&input);
        prop_assert!(run.is_ok(), "{:?}", run);
        let run = run.expect("asserted");
        adds_up(&run)?;
        input = post(&input, &run);
        input.kind = RunKind::Adjustment;
        for late in news {
            apply(&mut input, &late);
            match propose(&input) {
                Ok(run) => {
                    adds_up(&run)?;
                    prop_assert_eq!(run.totals.escrow_after_minor, 0);
                    input = post(&input, &run);
                }
                Err(error) => prop_assert_eq!(error.code(), "nothing_to_distribute"),
            }
        }
    }

    #[test]
    fn interim_then_final_equals_one_final(input in project(), limit in 1_i64..20_000) {
        let mut input = input;
        input.terms.holdback_ppm = Ppm::ZERO;
        let whole = propose(&input).expect("the facts agree");
        let mut first = input.clone();
        first.kind = RunKind::Interim;
        first.interim_limit_minor = limit;
        let Ok(run) = propose(&first) else { return Ok(()); };
        let mut second = post(&first, &run);
        second.kind = RunKind::Final;
        let run = propose(&second).expect("the facts agree");
        // Where the FINAL run still owes everybody a unit or more, the interim left no trace.
        let owed = run.lines.iter().all(|line| {
            let received = i128::from(line.received_before_minor + 1);
            line.received_before_minor == 0
                || line.entitlement.num >= received * line.entitlement.den
        });
        if owed {
            let paid = post(&second, &run);
            let paid: Vec<_> = paid.stakes.iter().map(|stake| stake.paid).collect();
            let whole = post(&input, &whole);
            let whole: Vec<_> = whole.stakes.iter().map(|stake| stake.paid).collect();
            prop_assert_eq!(paid, whole);
        }
    }
}
