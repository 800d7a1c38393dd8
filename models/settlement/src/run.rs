//! The document of a run: every figure from which a person can recompute it.

use money::Currency;
use serde::{Deserialize, Serialize};

use crate::entitlement::{Claim, Claims};
use crate::exact::{Ratio, rate, sum, text, text_or_none};
use crate::payment::Payment;
use crate::{RunInput, RunKind, SettlementError, ShareType, Stake};

/// A computed run. Amounts are minor units of `currency`, as strings in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The project's currency.
    pub currency: Currency,
    /// What was settled.
    pub kind: RunKind,
    /// The cumulative sums.
    pub waterfall: Waterfall,
    /// What this run pays.
    pub totals: Totals,
    /// One line per participation, in the order in which ties are broken.
    pub lines: Vec<Line>,
}

/// The cumulative sums of a run, in the words of the crate's formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waterfall {
    /// The owner's advances that no cost needed.
    #[serde(with = "text")]
    pub unused_advances_minor: i64,
    /// U.
    #[serde(with = "text")]
    pub unspent_minor: i64,
    /// The value of all fractions.
    #[serde(with = "text")]
    pub fractions_minor: i64,
    /// S.
    #[serde(with = "text")]
    pub pool_minor: i64,
    /// K.
    #[serde(with = "text")]
    pub at_work_minor: i64,
    /// f.
    #[serde(with = "text")]
    pub first_loss_minor: i64,
    /// Capital given back out of the pool.
    #[serde(with = "text")]
    pub capital_minor: i64,
    /// The owner's used advances, as far as the pool repays them.
    #[serde(with = "text")]
    pub used_advances_minor: i64,
    /// What the pool holds above capital and advances.
    #[serde(with = "text")]
    pub profit_minor: i64,
    /// The investors' part of it.
    #[serde(with = "text")]
    pub investors_profit_minor: i64,
    /// The owner's part of it, and of the gains on fractions.
    #[serde(with = "text")]
    pub owner_split_minor: i64,
}

/// What this run pays: `escrow_before = advances_returned + advances_repaid + owner_split + paid +
/// escrow_after`, and `paid = net + fees + taxes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Both escrow accounts before the run.
    #[serde(with = "text")]
    pub escrow_before_minor: i64,
    /// To the owner for advances, out of `escrow:capital`.
    #[serde(with = "text")]
    pub advances_returned_minor: i64,
    /// To the owner for advances, out of `escrow:proceeds`.
    #[serde(with = "text")]
    pub advances_repaid_minor: i64,
    /// To the owner, of the profit.
    #[serde(with = "text")]
    pub owner_split_minor: i64,
    /// Of `owner_split_minor`, out of `escrow:capital`.
    #[serde(with = "text")]
    pub owner_split_from_capital_minor: i64,
    /// On the participations, before anything is held back.
    #[serde(with = "text")]
    pub gross_minor: i64,
    /// On the participations.
    #[serde(with = "text")]
    pub paid_minor: i64,
    /// Of `paid_minor` and `owner_split_minor`, out of `escrow:capital`: this run's U.
    #[serde(with = "text")]
    pub unspent_paid_minor: i64,
    /// To the platform.
    #[serde(with = "text")]
    pub fees_minor: i64,
    /// Withheld.
    #[serde(with = "text")]
    pub taxes_minor: i64,
    /// To the investors' wallets.
    #[serde(with = "text")]
    pub net_minor: i64,
    /// Held back of the participations' gross and of the owner's split.
    #[serde(with = "text")]
    pub held_back_minor: i64,
    /// Both escrow accounts after the run. After a FINAL run: what is held back.
    #[serde(with = "text")]
    pub escrow_after_minor: i64,
    /// How many lines got one more unit for their remainder: those ranked up to this number.
    #[serde(with = "text")]
    pub last_units: u32,
}

/// One participation's derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Whose.
    pub participation: String,
    /// Who is paid.
    pub investor: String,
    /// How.
    pub share: ShareType,
    /// Whether it is the owner's own.
    pub owner_stake: bool,
    /// `a_i`: the weight for unspent capital and profit.
    #[serde(with = "text")]
    pub amount_minor: i64,
    /// `u_i`.
    #[serde(with = "text")]
    pub unspent_minor: i64,
    /// `k_i`; less the first loss it is the weight for capital and loss.
    #[serde(with = "text")]
    pub at_work_minor: i64,
    /// The first loss taken off `k_i`.
    #[serde(with = "text")]
    pub first_loss_minor: i64,
    /// The cash for fractions, per product.
    pub fractions: Vec<FractionPaid>,
    /// The owner's part of the gain on the fractions.
    #[serde(with = "text")]
    pub owner_split_minor: i64,
    /// Capital given back out of the pool.
    pub capital: Ratio,
    /// Profit.
    pub profit: Ratio,
    /// Capital at work that is lost, the first loss included; zero in an INTERIM run.
    pub loss: Ratio,
    /// `e_i`.
    pub entitlement: Ratio,
    /// What earlier runs paid, before fee and tax.
    #[serde(with = "text")]
    pub received_before_minor: i64,
    /// The place of the remainder; none when nothing was due.
    #[serde(with = "text_or_none")]
    pub remainder_rank: Option<u32>,
    /// This run's part of the pot.
    #[serde(with = "text")]
    pub gross_minor: i64,
    /// What of it stays in escrow.
    #[serde(with = "text")]
    pub held_back_minor: i64,
    /// What of it is paid: `gross - held back`.
    #[serde(with = "text")]
    pub paid_minor: i64,
    /// What of the payment comes out of `escrow:capital`.
    #[serde(with = "text")]
    pub from_capital_minor: i64,
    /// Cash profit of all runs together.
    #[serde(with = "text")]
    pub cash_profit_minor: i64,
    /// Success fee of this run.
    #[serde(with = "text")]
    pub fee_minor: i64,
    /// Tax withheld by this run.
    #[serde(with = "text")]
    pub tax_minor: i64,
    /// To the investor's wallet.
    #[serde(with = "text")]
    pub net_minor: i64,
}

/// What is paid for the fraction of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FractionPaid {
    /// The product.
    pub product: String,
    /// The fraction of a unit; with an allotment that lapsed, its units too.
    pub fraction: Ratio,
    /// Its part of the fractions' value.
    #[serde(with = "text")]
    pub cash_minor: i64,
    /// Its landed cost.
    #[serde(with = "text")]
    pub landed_minor: i64,
}

/// Writes the document.
pub(crate) fn assemble(
    input: &RunInput,
    stakes: &[&Stake],
    claims: Claims,
    payment: Payment,
) -> Result<Run, SettlementError> {
    let mut lines = Vec::with_capacity(stakes.len());
    for (i, (stake, claim)) in stakes.iter().zip(claims.stakes).enumerate() {
        lines.push(line(input, stake, claim, claims.den, (&payment, i))?);
    }
    Ok(Run {
        currency: input.currency,
        kind: input.kind,
        waterfall: claims.waterfall,
        totals: totals(input, &payment, &lines)?,
        lines,
    })
}

fn line(
    input: &RunInput,
    stake: &Stake,
    claim: Claim,
    den: i128,
    (payment, i): (&Payment, usize),
) -> Result<Line, SettlementError> {
    let gross = payment.given.units[i];
    let paid = gross - payment.held[i];
    let received = sum([stake.paid.gross_minor, paid])?;
    let profit = (received - claim.basis_minor(stake)?).max(0);
    let fees = rate(profit, input.terms.success_fee_ppm)?;
    let taxes = rate(profit - fees, stake.tax_ppm)?;
    let fee = (fees - stake.paid.fee_minor).clamp(0, paid);
    let tax = (taxes - stake.paid.tax_minor).clamp(0, paid - fee);
    let lost = match input.kind {
        RunKind::Interim => 0,
        RunKind::Final | RunKind::Adjustment | RunKind::Liquidation => {
            i128::from(claim.at_work_minor) * den - claim.capital
        }
    };
    let over = |num| Ratio { num, den };
    Ok(Line {
        participation: stake.participation.clone(),
        investor: stake.investor.clone(),
        share: stake.share,
        owner_stake: stake.owner_stake,
        amount_minor: stake.amount_minor,
        unspent_minor: claim.unspent_minor,
        at_work_minor: claim.at_work_minor,
        first_loss_minor: claim.first_loss_minor,
        owner_split_minor: claim.owner_split_minor,
        capital: over(claim.capital),
        profit: over(claim.profit),
        loss: over(lost),
        entitlement: over(claim.entitlement(den)?),
        fractions: claim.fractions,
        received_before_minor: stake.paid.gross_minor,
        remainder_rank: payment.given.ranks[i],
        gross_minor: gross,
        held_back_minor: payment.held[i],
        paid_minor: paid,
        from_capital_minor: payment.from_capital[i],
        cash_profit_minor: profit,
        fee_minor: fee,
        tax_minor: tax,
        net_minor: paid - fee - tax,
    })
}

fn totals(input: &RunInput, payment: &Payment, lines: &[Line]) -> Result<Totals, SettlementError> {
    let column = |of: fn(&Line) -> i64| sum(lines.iter().map(of));
    let owner_split = payment.owner_split_minor - payment.owner_held_minor;
    let advances_from_capital = payment.advances_minor.min(payment.capital_left_minor);
    let owner_from_capital = owner_split.min(payment.capital_left_minor - advances_from_capital);
    let before = sum([
        input.escrow.capital_minor,
        input.escrow.proceeds_balance_minor,
    ])?;
    let paid = column(|line| line.paid_minor)?;
    let advances = sum([payment.unused_advances_minor, payment.advances_minor])?;
    Ok(Totals {
        escrow_before_minor: before,
        advances_returned_minor: payment.unused_advances_minor + advances_from_capital,
        advances_repaid_minor: payment.advances_minor - advances_from_capital,
        owner_split_minor: owner_split,
        owner_split_from_capital_minor: owner_from_capital,
        gross_minor: payment.pot_minor,
        paid_minor: paid,
        unspent_paid_minor: column(|line| line.from_capital_minor)? + owner_from_capital,
        fees_minor: column(|line| line.fee_minor)?,
        taxes_minor: column(|line| line.tax_minor)?,
        net_minor: column(|line| line.net_minor)?,
        held_back_minor: column(|line| line.held_back_minor)? + payment.owner_held_minor,
        escrow_after_minor: before - advances - owner_split - paid,
        last_units: payment.given.last_units,
    })
}
