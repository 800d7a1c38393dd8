//! Settlement: who gets how much of a project's escrow, to the minor unit, and why.
//!
//! Pure functions from stored facts to a [`Run`] that an auditor recomputes (domain.md §5 "Goods",
//! "Runs", "Exactness"). Everything is an `i64` of minor units, intermediates are checked `i128`.
//!
//! **Cumulative.** What anyone is entitled to follows from the cumulative facts alone; what was
//! paid before only decides what is paid now. With `A` captured, `D` advances paid in, `R`
//! recovered, `P` costs paid, and `left = A + D + R - P`:
//!
//! ```text
//! D_used           = min(D, max(0, P - A))             unused advances = min(D - D_used, left)
//! unspent U        = left - unused advances
//! u_i              = U split by a_i over all           k_i = max(0, a_i - u_i)
//! fraction_i,j     = a_i * received_j mod A, over A    (PRODUCTS; lapsed units are added)
//! value_j          = half_even(SUM fraction_i,j * realised net unit price_j), at most what j
//!                    brought in, split by fraction_i,j -> cash_i
//! gain_i           = max(0, cash_i - landed cost of the fractions, half-even per product)
//! split_i          = gain_i - half_even(gain_i * investor_share)        to the owner
//! S = proceeds - SUM value_j          K = SUM k_i over PROFIT_ONLY
//! S <  K: f = min(first_loss, K - S, SUM k_owner), taken off k_owner;  capital_i = S * k_i / K
//! S >= K: capital_i = k_i, then advances = min(S - K, half_even((D - unused) * A_po / A)),
//!         profit = S - K - advances, investors = half_even(profit * investor_share) split by
//!         a_i over PROFIT_ONLY, the rest of it is the owner's
//! e_i              = u_i + cash_i - split_i + capital_i + profit_i
//! ```
//!
//! Costs use the investors' capital before the owner's advance, and a recovery does not un-use an
//! advance: it is subordinated (docs/adr/0002-advances-and-recoveries.md).
//!
//! Splits are by largest remainder; `u_i`, `cash_i` and so `k_i` and `K` are whole minor units, and
//! at most one of `capital_i`, `profit_i` is a broken one, so `e_i` is exact over one denominator.
//!
//! **Paid now.** In this order, never more than is due and there: unused advances, participations,
//! used advances, the owner's split. The participations' pot goes out unit by unit to the largest
//! `e_i - received_i`; ties to the larger amount, the earlier approval, the smaller id. Where
//! somebody holds more than is due now, it is not clawed back: the others' shares are short by it
//! until later runs set it off.
//!
//! **Per payee**, each rounded half-even: held back (FINAL and liquidation) = gross * holdback, of
//! the owner's split too; cash profit = what was received so far above the capital that it
//! returns (`a_i`; for PRODUCTS `u_i` and the fractions' landed cost); success fee of the cash
//! profit; tax of the profit after fee. Fee and tax are cumulative, less what was taken before.
//!
//! **INTERIM** pays capital only, out of proceeds: `C = min(S, K)` with `U = 0`, split by `a_i`;
//! nothing is taken off for a first loss yet, and the fractions' value known by then stays back.

mod balance;
mod entitlement;
mod entries;
mod error;
mod exact;
mod give_out;
mod goods;
mod input;
mod payment;
mod run;

pub use entries::{Entry, Payee, Source};
pub use error::SettlementError;
pub use exact::Ratio;
pub use goods::{Allotment, allotments, buyback_minor};
pub use input::{Escrow, Paid, Product, RunInput, RunKind, ShareType, Stake, Terms};
pub use run::{FractionPaid, Line, Run, Totals, Waterfall};

/// Computes the run that the facts call for. The result depends on the facts alone: not on the
/// order of stakes or products, not on the time. Refuses facts that contradict each other, and
/// never answers a run that does not add up.
pub fn propose(input: &RunInput) -> Result<Run, SettlementError> {
    let stakes = input.checked_stakes()?;
    let claims = entitlement::claims(input, &stakes)?;
    let payment = payment::pay(input, &stakes, &claims)?;
    let run = run::assemble(input, &stakes, claims, payment)?;
    balance::check(input, &run)?;
    Ok(run)
}

/// What is left in `escrow:capital` when costs are closed: the owner's unused advances, which go
/// back first, and the rest `U`, which is everybody's pro rata. Cumulative (domain.md §5).
///
/// An advance is used as far as the costs are above what was captured, whatever is recovered later.
pub fn unspent(escrow: &Escrow) -> Result<(i64, i64), SettlementError> {
    let left = escrow.left_minor()?;
    let above = exact::sum([escrow.costs_minor, -escrow.captured_minor])?;
    let used = above.clamp(0, escrow.advances_minor);
    let unused = left.min(escrow.advances_minor - used);
    Ok((unused, exact::minor(i128::from(left) - i128::from(unused))?))
}
