//! The unit-by-unit rule of domain.md §5 "Exactness", without going unit by unit.

use std::cmp::Reverse;

use crate::SettlementError;
use crate::exact::{minor, mul};

/// What each claimant gets of a pot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// Minor units, in the claimants' order.
    pub units: Vec<i64>,
    /// The place (1 = first) of each one's remainder in the queue for the last units.
    pub ranks: Vec<Option<u32>>,
    /// How many last units there were: the ranks up to this number got one more.
    pub last_units: u32,
}

/// Gives `pot` units out, each to the claimant with the largest gap, which falls by one unit
/// (`den`) with it; ties to the earlier claimant. O(n log n).
///
/// The units lower the largest gaps to a common level, as water fills a vessel: `m` claimants
/// reach it, at `(SUM gaps - pot * den) / m`. Each takes the whole units down to the level; fewer
/// than `m` units are then left, and they go to the largest remainders above it.
pub(crate) fn give_out(pot: i64, gaps: &[i128], den: i128) -> Result<Given, SettlementError> {
    let mut given = Given {
        units: vec![0; gaps.len()],
        ranks: vec![None; gaps.len()],
        last_units: 0,
    };
    if pot == 0 {
        return Ok(given);
    }
    let mut order: Vec<usize> = (0..gaps.len()).collect();
    order.sort_by_key(|&i| Reverse(gaps[i]));
    let (reached, level) = level(mul(pot.into(), den)?, gaps, &order)?;
    let sharers = i128::try_from(reached).map_err(|_| SettlementError::Overflow)?;
    let width = mul(sharers, den)?;
    let mut remainders = Vec::new();
    let mut left = i128::from(pot);
    for &i in order.iter().take(reached) {
        let over = mul(gaps[i], sharers)? - level;
        let whole = over / width;
        left -= whole;
        given.units[i] = minor(whole)?;
        remainders.push((Reverse(over % width), i));
    }
    remainders.sort_unstable();
    for (rank, &(_, i)) in (1_u32..).zip(&remainders) {
        given.ranks[i] = Some(rank);
        if left > 0 {
            left -= 1;
            given.units[i] += 1;
            given.last_units = rank;
        }
    }
    if left == 0 {
        Ok(given)
    } else {
        Err(SettlementError::NobodyToPay(pot))
    }
}

/// How many claimants share the level, and the level times that number.
fn level(pot: i128, gaps: &[i128], order: &[usize]) -> Result<(usize, i128), SettlementError> {
    let mut reached = 0;
    let mut level = pot.checked_neg().ok_or(SettlementError::Overflow)?;
    for (sharers, &i) in (0_i128..).zip(order) {
        if sharers > 0 && mul(gaps[i], sharers)? <= level {
            break;
        }
        reached += 1;
        level = level
            .checked_add(gaps[i])
            .ok_or(SettlementError::Overflow)?;
    }
    Ok((reached, level))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rule as domain.md says it.
    fn unit_by_unit(pot: i64, gaps: &[i128], den: i128) -> Vec<i64> {
        let mut gaps = gaps.to_vec();
        let mut units = vec![0; gaps.len()];
        for _ in 0..pot {
            let most = *gaps.iter().max().expect("somebody");
            let i = gaps.iter().position(|gap| *gap == most).expect("the most");
            gaps[i] -= den;
            units[i] += 1;
        }
        units
    }

    #[test]
    fn the_last_units_go_to_the_largest_remainders() {
        // 10 units by weights 1 : 1 : 1 : 4, in sevenths of a unit.
        let given = give_out(10, &[10, 10, 10, 40], 7).expect("adds up");
        assert_eq!(given.units, [2, 1, 1, 6]);
        assert_eq!(given.ranks, [Some(2), Some(3), Some(4), Some(1)]);
        assert_eq!(given.last_units, 2);
    }

    #[test]
    fn whoever_holds_too_much_gets_nothing_and_owes_nothing() {
        let given = give_out(6, &[-4, 7, 3], 1).expect("adds up");
        assert_eq!(given.units, [0, 5, 1]);
    }

    #[test]
    fn a_pot_without_claimants_is_refused_and_an_empty_one_is_not() {
        assert_eq!(give_out(1, &[], 1), Err(SettlementError::NobodyToPay(1)));
        assert!(give_out(0, &[], 1).expect("empty").units.is_empty());
    }

    #[test]
    fn the_largest_run_fits() {
        let gaps = vec![10_i128.pow(25); 100_000];
        let given = give_out(10_i64.pow(15), &gaps, 10_i128.pow(15)).expect("fits");
        assert_eq!(given.units, vec![10_i64.pow(10); 100_000]);
    }

    proptest! {
        #[test]
        fn it_equals_going_unit_by_unit(
            pot in 0_i64..300,
            gaps in prop::collection::vec(-60_i128..120, 1..9),
            den in 1_i128..12,
        ) {
            let given = give_out(pot, &gaps, den).expect("small");
            prop_assert_eq!(given.units, unit_by_unit(pot, &gaps, den));
        }

        #[test]
        fn a_single_run_is_the_largest_remainder(
            pot in 0_i64..1_000_000_000_000_000,
            weights in prop::collection::vec(1_i128..1_000_000_000_000_000, 1..40),
        ) {
            let gaps: Vec<i128> = weights.iter().map(|w| i128::from(pot) * w).collect();
            let given = give_out(pot, &gaps, weights.iter().sum()).expect("fits");
            prop_assert_eq!(given.units, money::allocate(pot, &weights).expect("fits"));
        }
    }
}
