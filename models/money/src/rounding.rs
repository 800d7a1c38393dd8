//! Rounding: one number is rounded half-even, exactly (domain.md §6).

use crate::MoneyError;

/// `num / den` rounded to the nearest whole number, a tie to the even one.
///
/// Refuses a `den` of zero or less (`not_positive`).
pub fn div_half_even(num: i128, den: i128) -> Result<i128, MoneyError> {
    if den <= 0 {
        return Err(MoneyError::NotPositive);
    }
    let (floor, rest) = floor_div(num, den);
    // `rest` against `den - rest` is twice the rest against the whole, without the overflow.
    let other = den.wrapping_sub(rest);
    let up = rest > other || (rest == other && floor & 1 == 1);
    floor
        .checked_add(i128::from(up))
        .ok_or(MoneyError::Overflow)
}

/// The quotient rounded down and what is left over, `0 <= rest < den`, for a `den` above zero.
pub(crate) fn floor_div(num: i128, den: i128) -> (i128, i128) {
    debug_assert!(den > 0);
    (num.div_euclid(den), num.rem_euclid(den))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tie_goes_to_the_even_neighbour() {
        let table = [
            (5, 10, 0),
            (15, 10, 2),
            (25, 10, 2),
            (26, 10, 3),
            (24, 10, 2),
            (-5, 10, 0),
            (-15, 10, -2),
            (-25, 10, -2),
            (-26, 10, -3),
            (-24, 10, -2),
            (0, 7, 0),
            (7, 1, 7),
            (i128::MAX, 1, i128::MAX),
            (i128::MIN, 1, i128::MIN),
        ];
        for (num, den, rounded) in table {
            assert_eq!(div_half_even(num, den), Ok(rounded), "{num}/{den}");
        }
    }

    #[test]
    fn a_divisor_of_zero_or_less_is_refused() {
        for den in [0, -1, i128::MIN] {
            assert_eq!(div_half_even(1, den), Err(MoneyError::NotPositive));
        }
    }

    proptest! {
        #[test]
        fn the_error_is_at_most_half(num in -1_000_000_000_000_i128..1_000_000_000_000,
                                     den in 1_i128..1_000_000_000) {
            let rounded = div_half_even(num, den).expect("in range");
            let twice_off = 2 * (num - rounded * den);
            prop_assert!(twice_off.abs() <= den);
            prop_assert!(twice_off.abs() < den || rounded % 2 == 0);
        }
    }
}
