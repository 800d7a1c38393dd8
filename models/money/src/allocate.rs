//! Sharing a total out by weights so that the parts add up to it: largest remainder.

use crate::MoneyError;
use crate::rounding::floor_div;

/// Splits `total` in proportion to `weights`, exactly: the parts add up to `total`, and each is
/// less than one unit away from its exact share.
///
/// What is left after rounding down goes, unit by unit, to the largest remainders, ties to the
/// earlier weight (domain.md §4.3). A negative total is the mirror image of the positive one.
/// Refuses `zero_weights`, `negative_weight`, and `overflow` of the products.
pub fn allocate(total: i64, weights: &[i128]) -> Result<Vec<i64>, MoneyError> {
    if weights.iter().any(|weight| *weight < 0) {
        return Err(MoneyError::NegativeWeight);
    }
    let sum = weights
        .iter()
        .try_fold(0_i128, |sum, weight| sum.checked_add(*weight))
        .ok_or(MoneyError::Overflow)?;
    if sum == 0 {
        return Err(MoneyError::ZeroWeights);
    }
    let size = i128::from(total).wrapping_abs();
    let shares = weights
        .iter()
        .map(|weight| {
            weight
                .checked_mul(size)
                .map(|product| floor_div(product, sum))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or(MoneyError::Overflow)?;

    let given: i128 = shares.iter().map(|(floor, _)| floor).sum();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(shares[i].1));
    let mut parts: Vec<i128> = shares.iter().map(|(floor, _)| *floor).collect();
    // The remainders add up to `left * sum` and each is below `sum`, so more than `left` of them
    // are above zero and a weight of zero never gets a unit.
    let left = usize::try_from(size.wrapping_sub(given)).map_err(|_| MoneyError::Overflow)?;
    for &i in by_remainder.iter().take(left) {
        parts[i] = parts[i].wrapping_add(1);
    }
    let signed = |part: i128| if total < 0 { part.wrapping_neg() } else { part };
    parts
        .into_iter()
        .map(|part| i64::try_from(signed(part)).map_err(|_| MoneyError::Overflow))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Currency, Money};

    #[test]
    fn the_parts_add_up_and_ties_go_to_the_earlier() {
        let table: [(i64, &[i128], &[i64]); 10] = [
            (100, &[1, 1, 1], &[34, 33, 33]),
            (101, &[1, 1, 1], &[34, 34, 33]),
            (-100, &[1, 1, 1], &[-34, -33, -33]),
            (5, &[3, 3, 3, 1], &[2, 2, 1, 0]),
            (10, &[0, 5, 0, 5], &[0, 5, 0, 5]),
            (1, &[0, 1, 1], &[0, 1, 0]),
            (0, &[7, 9], &[0, 0]),
            (7, &[1], &[7]),
            (100, &[66, 67, 67], &[33, 34, 33]),
            (i64::MIN, &[1, 0], &[i64::MIN, 0]),
        ];
        for (total, weights, parts) in table {
            assert_eq!(
                allocate(total, weights).as_deref(),
                Ok(parts),
                "{total} by {weights:?}"
            );
        }
    }

    #[test]
    fn weights_that_say_nothing_are_refused() {
        let table: [(&[i128], MoneyError); 5] = [
            (&[], MoneyError::ZeroWeights),
            (&[0, 0], MoneyError::ZeroWeights),
            (&[1, -1], MoneyError::NegativeWeight),
            (&[i128::MAX, 1], MoneyError::Overflow),
            (&[i128::MAX], MoneyError::Overflow),
        ];
        for (weights, refusal) in table {
            assert_eq!(allocate(100, weights), Err(refusal), "{weights:?}");
        }
    }

    proptest! {
        #[test]
        fn no_unit_is_lost_and_each_part_is_within_one_of_its_share(
            total in -1_000_000_000_000_000_i64..=1_000_000_000_000_000,
            weights in proptest::collection::vec(0_i128..1_000_000_000_000_000_000, 1..40),
        ) {
            let sum: i128 = weights.iter().sum();
            prop_assume!(sum > 0);
            let parts = allocate(total, &weights).expect("in range");
            prop_assert_eq!(parts.iter().map(|p| i128::from(*p)).sum::<i128>(), i128::from(total));
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(*part) * sum - i128::from(total) * weight;
                prop_assert!(off.abs() < sum);
                prop_assert!(*weight > 0 || *part == 0);
            }
        }

        #[test]
        fn a_negative_total_is_the_mirror_image(
            total in 0..i64::MAX, weights in proptest::collection::vec(0_i128..1_000_000, 1..20),
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let mirrored: Vec<i64> =
                allocate(-total, &weights).expect("in range").into_iter().map(|p| -p).collect();
            prop_assert_eq!(allocate(total, &weights).expect("in range"), mirrored);
        }

        #[test]
        fn units_left_over_go_to_the_largest_remainder_then_the_earlier(
            total in 0_i64..10_000, weights in proptest::collection::vec(1_i128..50, 1..12),
        ) {
            let sum: i128 = weights.iter().sum();
            let parts = allocate(total, &weights).expect("in range");
            let rank = |i: usize| (i128::from(total) * weights[i] % sum, std::cmp::Reverse(i));
            let raised = |i: usize| i128::from(parts[i]) > i128::from(total) * weights[i] / sum;
            for (i, j) in (0..parts.len()).flat_map(|i| (0..parts.len()).map(move |j| (i, j))) {
                prop_assert!(!(raised(i) && !raised(j) && rank(j) > rank(i)));
            }
        }

        #[test]
        fn an_amount_of_any_currency_is_shared_out_or_refused_for_its_reason(
            minor in -1_000_000_000_000_000_i64..=1_000_000_000_000_000,
            currency in proptest::sample::select(vec![Currency::CLP, Currency::USD, Currency::KWD]),
            weights in proptest::collection::vec(
                prop_oneof![
                    30 => Just(0_i128), 30 => 1_i128..5, 1 => Just(-1), 1 => Just(i128::MAX),
                ],
                0..6,
            ),
        ) {
            let total = Money::try_new(minor, currency).expect("in range");
            let sum = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight));
            let parts = total.allocate(&weights);
            if weights.iter().any(|weight| *weight < 0) {
                prop_assert_eq!(parts, Err(MoneyError::NegativeWeight));
            } else if sum == Some(0) {
                prop_assert_eq!(parts, Err(MoneyError::ZeroWeights));
            } else if sum.is_none() || weights.contains(&i128::MAX) && minor.abs() > 1 {
                prop_assert_eq!(parts, Err(MoneyError::Overflow));
            } else {
                let parts = parts.expect("in range");
                prop_assert_eq!(Money::sum(parts.iter().copied(), currency), Ok(total));
                for (part, weight) in parts.iter().zip(&weights) {
                    let same_side = part.is_negative() == (minor < 0);
                    prop_assert!(part.is_zero() || (*weight > 0 && same_side));
                    let text = part.to_string();
                    let read = Money::parse(text.trim_start_matches('-'), currency);
                    prop_assert_eq!(read.map(Money::minor), Ok(part.minor().abs()));
                }
            }
        }
    }
}
