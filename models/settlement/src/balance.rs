//! The last look before a run is shown: it adds up, to the minor unit, or it does not exist.

use crate::exact::sum;
use crate::{Entry, Line, Run, RunInput, RunKind, SettlementError, Source};

/// Recomputes the sums from the entries and lines, not from the totals that made them.
pub(crate) fn check(input: &RunInput, run: &Run) -> Result<(), SettlementError> {
    let refuse = |what| Err(SettlementError::DoesNotBalance(what));
    let entries = run.entries();
    let taken = |source: Source| {
        let of_source = entries.iter().filter(|entry| entry.source == source);
        sum(of_source.map(|entry: &Entry| entry.amount_minor))
    };
    let (capital, proceeds) = (taken(Source::Capital)?, taken(Source::Proceeds)?);
    let (escrow, totals) = (&input.escrow, &run.totals);
    if capital > escrow.capital_minor || proceeds > escrow.proceeds_balance_minor {
        return refuse("an escrow account would go below zero");
    }
    if capital + proceeds + totals.escrow_after_minor != totals.escrow_before_minor {
        return refuse("what is paid and what stays is not what was in escrow");
    }
    if capital != totals.advances_returned_minor + totals.unspent_paid_minor {
        return refuse("U and the advances returned are not what left escrow:capital");
    }
    if input.kind != RunKind::Interim && totals.escrow_after_minor != totals.held_back_minor {
        return refuse("what stays in escrow is not what is held back");
    }
    let gross = sum(run.lines.iter().map(|line| line.gross_minor))?;
    if gross != totals.gross_minor {
        return refuse("the lines are not the pot");
    }
    if !run.lines.iter().all(adds_up) {
        return refuse("a line does not add up, or is below zero");
    }
    Ok(())
}

fn adds_up(line: &Line) -> bool {
    let parts = [
        line.held_back_minor,
        line.fee_minor,
        line.tax_minor,
        line.net_minor,
        line.from_capital_minor,
    ];
    parts.iter().all(|part| *part >= 0)
        && line.held_back_minor + line.fee_minor + line.tax_minor + line.net_minor
            == line.gross_minor
        && line.from_capital_minor <= line.paid_minor
}
