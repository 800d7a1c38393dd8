//! What an investor gets when sales go otherwise than planned (domain.md §4.7).

use money::{Money, MoneyError, Ppm};

use super::{ImportProject, Refusal};

/// Sales that fall by so much.
const FALLS: [u32; 4] = [0, 100_000, 200_000, 350_000];

/// One course of sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// How much less is sold than planned.
    pub fall: Ppm,
    /// What sales bring in.
    pub proceeds: Money,
    /// The investors' part of what is above the cost, or of what is missing, in all; before fees
    /// and taxes.
    pub result: Money,
    /// The same for what they put in, in parts per million.
    pub return_ppm: i64,
}

/// Why nothing can be worked out.
#[derive(Debug, thiserror::Error)]
pub enum Unforeseeable {
    /// Not offered yet.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Beyond what an amount can be.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Sales as planned, and 10, 20 and 35 % below.
pub fn scenarios(project: &ImportProject) -> Result<Vec<Scenario>, Unforeseeable> {
    let (terms, goal) = project.agreed_terms()?;
    let totals = &project.costing.totals;
    let planned = totals.total_cost.checked_add(totals.projected_return)?;
    let mut found = Vec::new();
    for fall in FALLS {
        let left = i128::from(1_000_000 - fall);
        let proceeds = planned.mul_ratio(left, Ppm::SCALE)?;
        let above = proceeds.checked_sub(totals.total_cost)?;
        let result = if above.minor() >= 0 {
            above.mul_ratio(terms.investor_share.parts().into(), Ppm::SCALE)?
        } else {
            // The owner's stake bears the first of a loss.
            let borne = terms.first_loss.minor().min(-above.minor());
            Money::try_new(above.minor() + borne, project.currency())?
        };
        let return_ppm = i128::from(result.minor()) * Ppm::SCALE / i128::from(goal.minor());
        found.push(Scenario {
            fall: Ppm::new(fall),
            proceeds,
            result,
            return_ppm: i64::try_from(return_ppm).map_err(|_| MoneyError::Overflow)?,
        });
    }
    Ok(found)
}

/// How far sales may fall before the cost is not covered any more, in parts per million.
pub fn break_even_fall(project: &ImportProject) -> i64 {
    let totals = &project.costing.totals;
    let (cost, margin) = (totals.total_cost.minor(), totals.projected_return.minor());
    let fall = i128::from(margin) * Ppm::SCALE / (i128::from(cost) + i128::from(margin)).max(1);
    i64::try_from(fall).unwrap_or(0)
}

/// A return over so many days as one over a year.
pub fn a_year(return_ppm: i64, days: i64) -> i64 {
    return_ppm.saturating_mul(365) / days.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::execution::executed;
    use crate::domain::terms::tests::usd;

    #[test]
    fn sales_that_fall_take_the_return_and_then_the_capital() {
        // 12.05 of goods, 25 % margin: 15.06 planned, the goal is the cost.
        let mut project = executed();
        let results = |project: &ImportProject| -> Vec<(i64, i64)> {
            let found = scenarios(project).unwrap();
            found
                .iter()
                .map(|one| (one.proceeds.minor(), one.result.minor()))
                .collect()
        };
        assert_eq!(
            results(&project),
            [(1_506, 301), (1_355, 150), (1_205, 0), (979, -226)]
        );
        assert_eq!(break_even_fall(&project), 199_867);
        let terms = project.terms.as_mut().unwrap();
        terms.investor_share = Ppm::new(500_000);
        terms.first_loss = usd(100);
        assert_eq!(
            results(&project),
            [(1_506, 150), (1_355, 75), (1_205, 0), (979, -126)]
        );
        assert_eq!(a_year(100_000, 180), 202_777);
    }
}
