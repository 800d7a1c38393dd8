//! What is paid now: the claims less what was paid before, as far as escrow goes.

use money::Ppm;

use crate::entitlement::{Claim, Claims};
use crate::exact::{mul, rate, split, sum};
use crate::give_out::{Given, give_out};
use crate::{RunInput, RunKind, SettlementError, Stake};

/// The payments of one run. Every amount is at least zero.
pub(crate) struct Payment {
    /// Unused advances returned, first of all, out of `escrow:capital`.
    pub unused_advances_minor: i64,
    /// The participations' pot, before anything is held back.
    pub pot_minor: i64,
    /// The rest of the owner's advances.
    pub advances_minor: i64,
    /// The owner's part of the profit, before anything is held back.
    pub owner_split_minor: i64,
    /// Held back of it.
    pub owner_held_minor: i64,
    /// How the pot was given out.
    pub given: Given,
    /// Per stake: held back of what it was given.
    pub held: Vec<i64>,
    /// Per stake: what of its payment comes out of `escrow:capital`.
    pub from_capital: Vec<i64>,
    /// What is left of `escrow:capital` for advances and the owner's split.
    pub capital_left_minor: i64,
}

/// Gives each claim its due in the order of rank, then the pot to the participations.
pub(crate) fn pay(
    input: &RunInput,
    stakes: &[&Stake],
    claims: &Claims,
) -> Result<Payment, SettlementError> {
    let escrow = &input.escrow;
    let waterfall = &claims.waterfall;
    let is_interim = input.kind == RunKind::Interim;
    let capital = if is_interim { 0 } else { escrow.capital_minor };
    let mut cash = sum([capital, escrow.proceeds_balance_minor])?;
    if cash == 0 && input.kind == RunKind::Adjustment {
        return Err(SettlementError::NothingToDistribute);
    }
    let paid = sum(stakes.iter().map(|stake| stake.paid.gross_minor))?;
    let advances = waterfall.unused_advances_minor + waterfall.used_advances_minor
        - escrow.advances_returned_minor
        - escrow.advances_repaid_minor;
    let unused = waterfall.unused_advances_minor - escrow.advances_returned_minor;
    let mut take = |due: i64| {
        let taken = due.clamp(0, cash);
        cash -= taken;
        taken
    };
    let unused_advances_minor = take(unused.min(advances).min(capital));
    let pot_minor = take(claims.participations_minor - paid);
    if pot_minor == 0 && is_interim {
        return Err(SettlementError::NothingToDistribute);
    }
    let advances_minor = take(advances - unused_advances_minor);
    let owner_split_minor = take(waterfall.owner_split_minor - escrow.owner_split_paid_minor);
    let given = give_out(pot_minor, &gaps(stakes, claims)?, claims.den)?;
    let holdback = if input.kind.holds_back() {
        input.terms.holdback_ppm
    } else {
        Ppm::ZERO
    };
    let hold = |gross: &i64| rate(*gross, holdback);
    let held = given
        .units
        .iter()
        .map(hold)
        .collect::<Result<Vec<_>, _>>()?;
    let capital_left = capital - unused_advances_minor;
    let (from_capital, capital_left_minor) = sources(stakes, &given.units, &held, capital_left)?;
    Ok(Payment {
        unused_advances_minor,
        pot_minor,
        advances_minor,
        owner_held_minor: hold(&owner_split_minor)?,
        owner_split_minor,
        given,
        held,
        from_capital,
        capital_left_minor,
    })
}

/// `(e_i - received_i) * den`.
fn gaps(stakes: &[&Stake], claims: &Claims) -> Result<Vec<i128>, SettlementError> {
    let gap = |(stake, claim): (&&Stake, &Claim)| {
        let received = mul(stake.paid.gross_minor.into(), claims.den)?;
        Ok(claim.entitlement(claims.den)? - received)
    };
    stakes.iter().zip(&claims.stakes).map(gap).collect()
}

/// Which account each payment comes out of: `escrow:capital` is paid out pro rata to `a_i`, so that
/// in a single run each gets its `u_i` from there; what one cannot take, the next one takes.
fn sources(
    stakes: &[&Stake],
    gross: &[i64],
    held: &[i64],
    capital: i64,
) -> Result<(Vec<i64>, i64), SettlementError> {
    let amounts: Vec<i128> = stakes.iter().map(|s| s.amount_minor.into()).collect();
    let mut from_capital = split(capital, &amounts)?;
    for ((part, gross), held) in from_capital.iter_mut().zip(gross).zip(held) {
        *part = (*part).min(gross - held);
    }
    let mut left = capital - sum(from_capital.iter().copied())?;
    for ((part, gross), held) in from_capital.iter_mut().zip(gross).zip(held) {
        let more = (gross - held - *part).min(left);
        *part += more;
        left -= more;
    }
    Ok((from_capital, left))
}
