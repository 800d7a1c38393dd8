//! Settlements that a fund accountant can check with a pencil.

use crate::facts::{cash, column, final_run, goods, net, post, stake};
use money::Ppm;
use settlement::{
    Escrow, RunInput, RunKind, SettlementError, ShareType, allotments, buyback_minor, propose,
    unspent,
};

#[test]
fn the_seed_formula_holds() {
    // Total cost 100,000.00, margin 30 %: each gets a_i + 30,000.00 * s_i.
    let input = final_run(
        cash(&[50_000_00, 30_000_00, 20_000_00]),
        100_000_00,
        130_000_00,
    );
    assert_eq!(net(&input), [65_000_00, 39_000_00, 26_000_00]);
}

#[test]
fn the_last_cents_go_to_the_largest_remainders_then_the_larger_amount_then_the_earlier() {
    // 1.00 over 3 : 3 : 1 is 42.86, 42.86 and 14.29 cents above capital.
    let table = [
        (100, [343, 343, 114]),
        (101, [343, 343, 115]),
        (102, [344, 344, 114]),
        (103, [344, 344, 115]),
    ];
    for (profit, expected) in table {
        let input = final_run(cash(&[300, 300, 100]), 700, 700 + profit);
        assert_eq!(net(&input), expected, "profit {profit}");
    }
    let input = final_run(cash(&[300, 300, 300]), 900, 901);
    assert_eq!(net(&input), [301, 300, 300], "the earlier approval");
    let mut same_second = input;
    for stake in &mut same_second.stakes {
        stake.approved_at = time::OffsetDateTime::UNIX_EPOCH;
    }
    same_second.stakes.reverse();
    assert_eq!(net(&same_second), [300, 300, 301], "the smaller id");
}

#[test]
fn the_owner_bears_the_first_loss() {
    // (first loss, proceeds) -> owner's stake 400, investors 400 and 200; capital at work 1,000.
    let table = [
        (0, 800, [320, 320, 160]),
        (100, 950, [350, 400, 200]),
        (100, 900, [300, 400, 200]),
        (100, 450, [150, 200, 100]),
        (1_000, 700, [100, 400, 200]),
        (1_000, 600, [0, 400, 200]),
        (1_000, 300, [0, 200, 100]),
        (1_000, 0, [0, 0, 0]),
    ];
    for (first_loss, proceeds, expected) in table {
        let mut input = final_run(cash(&[400, 400, 200]), 1_000, proceeds);
        input.stakes[0].owner_stake = true;
        input.terms.first_loss_minor = first_loss;
        assert_eq!(
            net(&input),
            expected,
            "first loss {first_loss}, proceeds {proceeds}"
        );
    }
}

#[test]
fn profit_is_split_with_the_owner_and_bears_fee_and_tax() {
    // Profit 30,000.00; 80 % to investors = 24,000.00; fee 10 %; tax 5 % and 30 % of the rest.
    let mut input = final_run(cash(&[60_000_00, 40_000_00]), 100_000_00, 130_000_00);
    input.terms.investor_share_ppm = Ppm::new(800_000);
    input.terms.success_fee_ppm = Ppm::new(100_000);
    input.stakes[0].tax_ppm = Ppm::new(50_000);
    input.stakes[1].tax_ppm = Ppm::new(300_000);
    let run = propose(&input).expect("the facts agree");
    assert_eq!(
        column(&input, &run, |l| l.gross_minor),
        [74_400_00, 49_600_00]
    );
    assert_eq!(
        column(&input, &run, |l| l.cash_profit_minor),
        [14_400_00, 9_600_00]
    );
    assert_eq!(column(&input, &run, |l| l.fee_minor), [1_440_00, 960_00]);
    assert_eq!(column(&input, &run, |l| l.tax_minor), [648_00, 2_592_00]);
    assert_eq!(
        column(&input, &run, |l| l.net_minor),
        [72_312_00, 46_048_00]
    );
    assert_eq!(run.totals.owner_split_minor, 6_000_00);
    assert_eq!(run.totals.escrow_after_minor, 0);
}

#[test]
fn what_is_left_of_capital_returns_unused_advances_first() {
    // (advances, recovered, costs) of 1,000 captured -> unused advances, unspent capital
    let table = [
        (0, 0, 1_000, (0, 0)),
        (0, 0, 900, (0, 100)),
        (50, 0, 1_050, (0, 0)),
        (50, 0, 1_020, (30, 0)),
        (50, 0, 1_000, (50, 0)),
        (50, 0, 940, (50, 60)),
        // A recovery is capital that comes back; the advance was used and stays so.
        (50, 40, 1_020, (30, 40)),
        (50, 40, 1_050, (0, 40)),
        // Costs that only a recovery could pay leave nothing of either.
        (50, 40, 1_090, (0, 0)),
        (50, 40, 1_070, (0, 20)),
    ];
    for (advances_minor, recovered_minor, costs_minor, expected) in table {
        let escrow = Escrow {
            captured_minor: 1_000,
            advances_minor,
            recovered_minor,
            costs_minor,
            ..Escrow::default()
        };
        assert_eq!(
            unspent(&escrow),
            Ok(expected),
            "{advances_minor} {recovered_minor} {costs_minor}"
        );
    }
}

/// Captured 1,000 (PROFIT_ONLY 800, PRODUCTS 200); advances 100; costs 1,060: 40 unused, 60 used.
fn with_advances(proceeds: i64) -> RunInput {
    let mut stakes = cash(&[500, 300]);
    stakes.push(stake("goods", ShareType::Products, 200, 9));
    let mut input = final_run(stakes, 1_000, proceeds);
    input.escrow.advances_minor = 100;
    input.escrow.costs_minor = 1_060;
    input.escrow.capital_minor = 40;
    input
}

#[test]
fn used_advances_stand_behind_capital_before_profit_and_only_for_the_cash_part() {
    // proceeds -> investors, advances repaid (at most 60 * 800 / 1,000 = 48)
    let table = [
        (720, [450, 270, 0], 0),
        (800, [500, 300, 0], 0),
        (830, [500, 300, 0], 30),
        (848, [500, 300, 0], 48),
        (928, [550, 330, 0], 48),
    ];
    for (proceeds, expected, repaid) in table {
        let input = with_advances(proceeds);
        let run = propose(&input).expect("the facts agree");
        assert_eq!(
            column(&input, &run, |l| l.net_minor),
            expected,
            "{proceeds}"
        );
        assert_eq!(run.totals.advances_returned_minor, 40);
        assert_eq!(run.totals.advances_repaid_minor, repaid, "{proceeds}");
    }
}

#[test]
fn goods_are_allotted_in_whole_units_and_fractions_are_paid_in_cash() {
    // PRODUCTS 250 of 1,000: 25.25 of 101 units, 2.5 of 10; PRODUCTS 150: 15.15 and 1.5.
    let mut stakes = cash(&[600]);
    stakes.push(stake("g1", ShareType::Products, 250, 1));
    stakes.push(stake("g2", ShareType::Products, 150, 2));
    let products = vec![
        goods("lamps", 101, 606, 61, 610),
        goods("vases", 10, 394, 0, 0),
    ];
    let allotted = allotments(&stakes, &products).expect("counted");
    let units: Vec<_> = allotted
        .iter()
        .map(|a| (a.participation.as_str(), a.units))
        .collect();
    assert_eq!(units, [("g1", 25), ("g2", 15), ("g1", 2), ("g2", 1)]);

    // 0.4 of a lamp at 10 = 4, split 5 : 3 -> 2.5 and 1.5: the tie goes to the larger amount.
    // Vases were not sold: nothing. The cash pool is 610 - 4.
    let mut input = final_run(stakes, 1_000, 610);
    input.products = products;
    let run = propose(&input).expect("the facts agree");
    assert_eq!(column(&input, &run, |l| l.net_minor), [606, 3, 1]);
    let first = &run.lines[1].fractions[0];
    assert_eq!((first.fraction.num, first.fraction.den), (250, 1_000));
    // 0.25 of a lamp landed at 6 = 1.5, half-even 2.
    assert_eq!((first.cash_minor, first.landed_minor), (3, 2));
}

#[test]
fn the_gain_on_a_fraction_bears_owner_split_fee_and_tax() {
    // One unit of 2, landed at 1,000 each, sold at 1,800: half of it is g's, 900 for 500.
    let mut stakes = cash(&[1_500]);
    stakes.push(stake("g", ShareType::Products, 500, 1));
    let mut input = final_run(stakes, 2_000, 3_600);
    input.products = vec![goods("lamps", 2, 2_000, 2, 3_600)];
    input.terms.investor_share_ppm = Ppm::new(750_000);
    input.terms.success_fee_ppm = Ppm::new(100_000);
    input.stakes[1].tax_ppm = Ppm::new(200_000);
    let run = propose(&input).expect("the facts agree");
    let line = &run.lines[1];
    assert_eq!((line.gross_minor, line.owner_split_minor), (800, 100));
    assert_eq!(
        (line.cash_profit_minor, line.fee_minor, line.tax_minor),
        (300, 30, 54)
    );
    // The cash pool: 2,700 - 1,500 = 1,200 profit, a quarter of it the owner's.
    assert_eq!(run.totals.owner_split_minor, 300 + 100);
}

#[test]
fn buying_back_sets_a_price_too() {
    let mut product = goods("lamps", 10, 1_000, 4, 800);
    product.bought_back = 6;
    let mut input = final_run(cash(&[1_000]), 1_000, 1_100);
    input.terms.buyback_ppm = Ppm::new(500_000);
    assert_eq!(buyback_minor(&product, &input.terms), Ok(300));
    input.stakes[0].amount_minor = 950;
    input.stakes.push(stake("g", ShareType::Products, 50, 1));
    input.products = vec![product];
    // Half a lamp at (800 + 300) / 10.
    assert_eq!(net(&input), [1_045, 55]);
}

#[test]
fn what_is_held_back_comes_out_by_an_adjustment() {
    let mut input = final_run(cash(&[600, 400]), 900, 1_300);
    input.terms.holdback_ppm = Ppm::new(100_000);
    input.terms.success_fee_ppm = Ppm::new(100_000);
    let run = propose(&input).expect("the facts agree");
    // Gross 840 and 560; held back 84 and 56; cash profit so far 156 and 104.
    assert_eq!(column(&input, &run, |l| l.held_back_minor), [84, 56]);
    assert_eq!(column(&input, &run, |l| l.fee_minor), [16, 10]);
    assert_eq!(run.totals.escrow_after_minor, 140);
    let mut later = post(&input, &run);
    later.kind = RunKind::Adjustment;
    let run = propose(&later).expect("the facts agree");
    assert_eq!(column(&later, &run, |l| l.paid_minor), [84, 56]);
    // 24 and 16 of fee in all, as without a hold-back.
    assert_eq!(column(&later, &run, |l| l.fee_minor), [8, 6]);
    let done = post(&later, &run);
    assert_eq!(propose(&done), Err(SettlementError::NothingToDistribute));
}

#[test]
fn a_late_cost_takes_from_what_was_held_back() {
    // FINAL: 1,000 of capital, 1,200 proceeds, a fifth held back; then the owner pays a late 100.
    let mut input = final_run(cash(&[600, 400]), 1_000, 1_200);
    input.terms.holdback_ppm = Ppm::new(200_000);
    let run = propose(&input).expect("the facts agree");
    assert_eq!(column(&input, &run, |l| l.paid_minor), [576, 384]);
    let mut later = post(&input, &run);
    later.kind = RunKind::Adjustment;
    later.escrow.advances_minor = 100;
    later.escrow.costs_minor += 100;
    let run = propose(&later).expect("the facts agree");
    assert_eq!(run.totals.advances_repaid_minor, 100);
    assert_eq!(column(&later, &run, |l| l.paid_minor), [84, 56]);
}

#[test]
fn an_interim_run_pays_capital_only_and_the_final_run_the_rest() {
    let mut stakes = cash(&[500, 300]);
    stakes.push(stake("goods", ShareType::Products, 200, 9));
    let whole = final_run(stakes, 950, 1_000);
    let mut interim = whole.clone();
    interim.kind = RunKind::Interim;
    interim.interim_limit_minor = 401;
    let run = propose(&interim).expect("the facts agree");
    assert_eq!(column(&interim, &run, |l| l.net_minor), [251, 150, 0]);
    assert_eq!(run.totals.escrow_after_minor, 50 + 1_000 - 401);
    let mut rest = post(&interim, &run);
    rest.interim_limit_minor = 1_000;
    let run = propose(&rest).expect("the facts agree");
    assert_eq!(
        column(&rest, &run, |l| l.net_minor),
        [249, 150, 0],
        "never above capital"
    );
    rest = post(&rest, &run);
    assert_eq!(propose(&rest), Err(SettlementError::NothingToDistribute));
    rest.kind = RunKind::Final;
    let run = propose(&rest).expect("the facts agree");
    let paid = post(&rest, &run)
        .stakes
        .iter()
        .map(|s| s.paid.gross_minor)
        .collect::<Vec<_>>();
    assert_eq!(paid, net(&whole));
}

#[test]
fn a_late_recovery_counts_as_if_it_had_been_known() {
    // Costs 1,000, an advance of 100 all used and repaid; then 60 of it is recovered.
    let mut input = final_run(cash(&[600, 400]), 1_000, 1_300);
    input.escrow.advances_minor = 100;
    input.escrow.costs_minor = 1_100;
    input.terms.investor_share_ppm = Ppm::new(500_000);
    let mut known = input.clone();
    known.escrow.recovered_minor = 60;
    known.escrow.capital_minor = 60;
    let at_once = propose(&known).expect("the facts agree");

    let run = propose(&input).expect("the facts agree");
    let mut later = post(&input, &run);
    later.kind = RunKind::Adjustment;
    later.escrow.recovered_minor = 60;
    later.escrow.capital_minor = 60;
    let run = propose(&later).expect("the facts agree");
    let after = post(&later, &run);
    let paid: Vec<i64> = after.stakes.iter().map(|s| s.paid.gross_minor).collect();
    assert_eq!(paid, column(&known, &at_once, |l| l.gross_minor));
    let owner = after.escrow;
    assert_eq!(
        owner.owner_split_paid_minor,
        at_once.totals.owner_split_minor
    );
    assert_eq!(
        owner.advances_returned_minor + owner.advances_repaid_minor,
        100
    );
}

#[test]
fn a_liquidation_gives_back_what_is_left() {
    let mut stakes = cash(&[500]);
    stakes.push(stake("goods", ShareType::Products, 500, 1));
    let mut input = final_run(stakes, 700, 0);
    input.kind = RunKind::Liquidation;
    assert_eq!(net(&input), [150, 150]);
}

#[test]
fn facts_that_contradict_each_other_are_refused() {
    type Change = fn(&mut RunInput);
    let table: [(&str, Change); 16] = [
        ("no_stakes", |run| run.stakes.clear()),
        ("duplicate", |run| run.stakes.push(run.stakes[0].clone())),
        ("duplicate", |run| {
            run.products.push(run.products[0].clone());
        }),
        ("out_of_range", |run| run.stakes[0].amount_minor = 0),
        ("out_of_range", |run| run.stakes[0].paid.gross_minor = -1),
        ("out_of_range", |run| {
            run.escrow.costs_minor = 1_000_000_000_000_001;
        }),
        ("out_of_range", |run| {
            run.terms.success_fee_ppm = Ppm::new(1_000_001);
        }),
        ("out_of_range", |run| {
            run.terms.buyback_ppm = Ppm::new(2_000_001);
        }),
        ("out_of_range", |run| run.products[0].ordered = 0),
        ("owner_stake_of_products", |run| {
            run.stakes[0].owner_stake = true;
            run.stakes[0].share = ShareType::Products;
        }),
        ("sold_more_than_received", |run| {
            run.products[0].received = 9;
        }),
        ("captured_differs", |run| run.stakes[0].amount_minor += 1),
        ("capital_mismatch", |run| run.escrow.capital_minor += 1),
        ("proceeds_mismatch", |run| {
            run.escrow.proceeds_balance_minor -= 1;
        }),
        ("interim_after_final", |run| {
            run.kind = RunKind::Interim;
            run.escrow.unspent_paid_minor = 10;
            run.escrow.capital_minor -= 10;
            run.stakes[0].paid.gross_minor = 10;
        }),
        ("nobody_to_pay", |run| {
            run.stakes
                .iter_mut()
                .for_each(|s| s.share = ShareType::Products);
        }),
    ];
    for (code, change) in table {
        let mut input = final_run(cash(&[600, 400]), 900, 1_300);
        input.products = vec![goods("lamps", 10, 900, 10, 1_300)];
        change(&mut input);
        let refused = propose(&input).map_err(|error| error.code());
        assert_eq!(refused.err(), Some(code));
    }
}

#[test]
fn an_owner_may_promise_to_buy_back_at_twice_the_landed_cost() {
    let mut input = final_run(cash(&[600, 400]), 900, 2_900);
    let plain = propose(&input);
    input.terms.buyback_ppm = Ppm::new(2_000_000);
    assert_eq!(
        propose(&input).map(|run| run.lines),
        plain.map(|run| run.lines)
    );
    let mut lamps = goods("lamps", 10, 900, 10, 1_100);
    (lamps.sold, lamps.bought_back) = (0, 10);
    assert_eq!(buyback_minor(&lamps, &input.terms), Ok(1_800));
}

#[test]
fn fractions_above_all_proceeds_are_refused() {
    let mut stakes = cash(&[999]);
    stakes.push(stake("goods", ShareType::Products, 1, 1));
    let mut input = final_run(stakes, 1_000, 10);
    input.products = vec![goods("lamps", 999, 900, 1, 1_000)];
    let refused = propose(&input).map_err(|error| error.code());
    assert_eq!(refused.err(), Some("fractions_exceed_proceeds"));
}

#[test]
fn the_largest_project_does_not_overflow() {
    let mut stakes = cash(&[300_000_000_000_000, 300_000_000_000_001]);
    stakes.push(stake("goods", ShareType::Products, 399_999_999_999_999, 9));
    let mut input = final_run(stakes, 1_000_000_000_000_000, 1_000_000_000_000_000);
    let all = 1_000_000_000_000;
    input.products = vec![goods("lamps", all, all * 1_000, all / 2, all * 999)];
    let run = propose(&input).expect("fits");
    assert_eq!(run.totals.net_minor, 1_000_000_000_000_000);
}

#[test]
fn the_documents_are_text_and_read_back() {
    let mut input = final_run(cash(&[600, 400]), 900, 1_333);
    input.products = vec![goods("lamps", 10, 900, 10, 1_333)];
    let text = serde_json::to_string(&input).expect("writes");
    assert!(text.contains(r#""captured_minor":"1000""#), "{text}");
    assert!(
        text.contains(r#""approved_at":"1970-01-01T00:00:01Z""#),
        "{text}"
    );
    assert_eq!(
        serde_json::from_str::<RunInput>(&text).expect("reads"),
        input
    );
    let run = propose(&input).expect("the facts agree");
    let text = serde_json::to_string(&run).expect("writes");
    assert!(
        text.contains(r#""profit":{"num":"259800","den":"1000"}"#),
        "{text}"
    );
    assert_eq!(
        serde_json::from_str::<settlement::Run>(&text).expect("reads"),
        run
    );
}

#[test]
fn a_hundred_thousand_participations_add_up() {
    let amounts: Vec<i64> = (0..100_000)
        .map(|i| 1_000_00 + i * 7919 % 50_000_00)
        .collect();
    let total: i64 = amounts.iter().sum();
    let input = final_run(cash(&amounts), total - 777, total / 3 * 4);
    let run = propose(&input).expect("the facts agree");
    assert_eq!(run.totals.net_minor, 777 + total / 3 * 4);
}
