//! What everybody is entitled to, from the cumulative facts alone: the waterfall of domain.md §5.

use crate::exact::{minor, mul, part, rate, split, sum};
use crate::goods::{Fractions, fractions};
use crate::input::total_minor;
use crate::run::{FractionPaid, Waterfall};
use crate::{RunInput, RunKind, SettlementError, ShareType, Stake, unspent};

/// Cumulative claims on escrow.
pub(crate) struct Claims {
    /// The sums and where they come from.
    pub waterfall: Waterfall,
    /// What all participations claim together.
    pub participations_minor: i64,
    /// Per stake, in the order given.
    pub stakes: Vec<Claim>,
    /// The denominator of all claims.
    pub den: i128,
}

/// One participation's claim: whole units and `(capital + profit) / den`.
#[derive(Default)]
pub(crate) struct Claim {
    pub unspent_minor: i64,
    pub at_work_minor: i64,
    pub first_loss_minor: i64,
    pub fractions: Vec<FractionPaid>,
    pub owner_split_minor: i64,
    pub capital: i128,
    pub profit: i128,
}

impl Claim {
    /// `e_i * den`.
    pub(crate) fn entitlement(&self, den: i128) -> Result<i128, SettlementError> {
        let cash = self.fractions.iter().map(|fraction| fraction.cash_minor);
        let whole = sum(cash.chain([self.unspent_minor, -self.owner_split_minor]))?;
        let broken = self.capital.checked_add(self.profit);
        broken
            .and_then(|broken| mul(whole.into(), den).ok()?.checked_add(broken))
            .ok_or(SettlementError::Overflow)
    }

    /// What of the cash gives capital back; what is received above it is profit.
    pub(crate) fn basis_minor(&self, stake: &Stake) -> Result<i64, SettlementError> {
        match stake.share {
            ShareType::ProfitOnly => Ok(stake.amount_minor),
            ShareType::Products => {
                let landed = self.fractions.iter().map(|fraction| fraction.landed_minor);
                sum(landed.chain([self.unspent_minor.min(stake.amount_minor)]))
            }
        }
    }
}

/// Computes all claims.
pub(crate) fn claims(input: &RunInput, stakes: &[&Stake]) -> Result<Claims, SettlementError> {
    let fractions = fractions(input, stakes)?;
    let pool_minor = input.escrow.proceeds_minor - fractions.value_minor;
    if pool_minor < 0 {
        return Err(SettlementError::FractionsExceedProceeds {
            value_minor: fractions.value_minor,
            proceeds_minor: input.escrow.proceeds_minor,
        });
    }
    if input.kind == RunKind::Interim {
        interim(input, stakes, pool_minor, fractions.value_minor)
    } else {
        complete(input, stakes, fractions)
    }
}

/// Capital back, `C * a_i / A_po`, and nothing else.
fn interim(
    input: &RunInput,
    stakes: &[&Stake],
    pool_minor: i64,
    fractions_minor: i64,
) -> Result<Claims, SettlementError> {
    let at_work: Vec<i64> = stakes.iter().map(|s| in_pool(s, s.amount_minor)).collect();
    let at_work_minor = sum(at_work.iter().copied())?;
    let paid = sum(stakes.iter().map(|s| s.paid.gross_minor))?;
    let limit = sum([paid, input.interim_limit_minor])?;
    let capital_minor = pool_minor.min(at_work_minor).min(limit);
    let mut claims = Vec::with_capacity(stakes.len());
    for k in at_work {
        claims.push(Claim {
            at_work_minor: k,
            capital: mul(capital_minor.into(), k.into())?,
            ..Claim::default()
        });
    }
    Ok(Claims {
        waterfall: Waterfall {
            fractions_minor,
            pool_minor,
            at_work_minor,
            capital_minor,
            ..Waterfall::default()
        },
        participations_minor: capital_minor,
        stakes: claims,
        den: i128::from(at_work_minor.max(1)),
    })
}

/// Unspent capital, fractions, capital, advances, profit, loss.
fn complete(
    input: &RunInput,
    stakes: &[&Stake],
    fractions: Fractions,
) -> Result<Claims, SettlementError> {
    let (unused_advances_minor, unspent_minor) = unspent(&input.escrow)?;
    let amounts: Vec<i128> = stakes.iter().map(|s| s.amount_minor.into()).collect();
    let mut claims = Vec::with_capacity(stakes.len());
    let unspent_parts = split(unspent_minor, &amounts)?;
    for ((stake, u), fractions) in stakes.iter().zip(unspent_parts).zip(fractions.paid) {
        let gain = sum(fractions.iter().map(|f| f.cash_minor - f.landed_minor))?.max(0);
        claims.push(Claim {
            unspent_minor: u,
            at_work_minor: in_pool(stake, (stake.amount_minor - u).max(0)),
            fractions,
            owner_split_minor: gain - rate(gain, input.terms.investor_share_ppm)?,
            ..Claim::default()
        });
    }
    let mut waterfall = Waterfall {
        unused_advances_minor,
        unspent_minor,
        fractions_minor: fractions.value_minor,
        pool_minor: input.escrow.proceeds_minor - fractions.value_minor,
        at_work_minor: sum(claims.iter().map(|claim| claim.at_work_minor))?,
        owner_split_minor: sum(claims.iter().map(|claim| claim.owner_split_minor))?,
        ..Waterfall::default()
    };
    let den = if waterfall.pool_minor < waterfall.at_work_minor {
        share_loss(input, stakes, &mut waterfall, &mut claims)?
    } else {
        share_profit(input, stakes, &mut waterfall, &mut claims)?
    };
    let split_of_fractions = sum(claims.iter().map(|claim| claim.owner_split_minor))?;
    Ok(Claims {
        participations_minor: sum([
            unspent_minor,
            waterfall.fractions_minor,
            -split_of_fractions,
            waterfall.capital_minor,
            waterfall.investors_profit_minor,
        ])?,
        waterfall,
        stakes: claims,
        den,
    })
}

/// `S < K`: the owner's stake bears the first loss, the rest is borne pro rata to what is left.
fn share_loss(
    input: &RunInput,
    stakes: &[&Stake],
    waterfall: &mut Waterfall,
    claims: &mut [Claim],
) -> Result<i128, SettlementError> {
    let owner: Vec<i128> = stakes
        .iter()
        .zip(claims.iter())
        .map(|(s, claim)| {
            i128::from(if s.owner_stake {
                claim.at_work_minor
            } else {
                0
            })
        })
        .collect();
    let loss = waterfall.at_work_minor - waterfall.pool_minor;
    let first_loss = input.terms.first_loss_minor.min(loss);
    waterfall.first_loss_minor = first_loss.min(minor(owner.iter().sum())?);
    waterfall.capital_minor = waterfall.pool_minor;
    let first_losses = split(waterfall.first_loss_minor, &owner)?;
    for (claim, f) in claims.iter_mut().zip(first_losses) {
        claim.first_loss_minor = f;
        let bearing = i128::from(claim.at_work_minor - f);
        claim.capital = mul(waterfall.pool_minor.into(), bearing)?;
    }
    let bearing = waterfall.at_work_minor - waterfall.first_loss_minor;
    // Nothing is left at work only when the first loss took it all, and then the pool is empty.
    Ok(bearing.max(1).into())
}

/// `S >= K`: all capital, the used advances' part, and the profit.
fn share_profit(
    input: &RunInput,
    stakes: &[&Stake],
    waterfall: &mut Waterfall,
    claims: &mut [Claim],
) -> Result<i128, SettlementError> {
    let weights: Vec<i64> = stakes.iter().map(|s| in_pool(s, s.amount_minor)).collect();
    let profit_only = sum(weights.iter().copied())?;
    let used = input.escrow.advances_minor - waterfall.unused_advances_minor;
    let repayable = part(used, profit_only.into(), total_minor(stakes)?.into())?;
    waterfall.capital_minor = waterfall.at_work_minor;
    waterfall.used_advances_minor = repayable.min(waterfall.pool_minor - waterfall.at_work_minor);
    waterfall.profit_minor =
        waterfall.pool_minor - waterfall.at_work_minor - waterfall.used_advances_minor;
    let investors = rate(waterfall.profit_minor, input.terms.investor_share_ppm)?;
    if investors > 0 && profit_only == 0 {
        return Err(SettlementError::NobodyToPay(investors));
    }
    waterfall.investors_profit_minor = investors;
    waterfall.owner_split_minor += waterfall.profit_minor - investors;
    let den = i128::from(profit_only.max(1));
    for (claim, weight) in claims.iter_mut().zip(weights) {
        claim.capital = mul(claim.at_work_minor.into(), den)?;
        claim.profit = mul(investors.into(), weight.into())?;
    }
    Ok(den)
}

/// Only PROFIT_ONLY participations share in the cash pool.
fn in_pool(stake: &Stake, minor: i64) -> i64 {
    match stake.share {
        ShareType::ProfitOnly => minor,
        ShareType::Products => 0,
    }
}
