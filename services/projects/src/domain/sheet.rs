//! The owner's sheet with the lines that the terms add to it (domain.md §4.2).

use costing::{
    AllocationKey, Base, Charge, CostLine, Costing, CostingError, Kind, Rate, RecoverableTaxes,
    Sheet,
};
use money::{Money, Ppm};

use super::Terms;

/// The sheet and, for each rate above zero, its line; by value of the goods.
#[must_use]
pub fn with_fees(mut sheet: Sheet, terms: &Terms) -> Sheet {
    let lines = [
        (Kind::Contingency, "Contingency", terms.contingency),
        (Kind::PlatformFee, "Platform fee", terms.platform_fee),
    ];
    for (kind, name, rate) in lines.into_iter().filter(|line| line.2 > Ppm::ZERO) {
        sheet.lines.push(CostLine {
            kind,
            name: name.to_owned(),
            charge: Charge::Rate {
                rate: Rate::Ppm(rate),
                base: Base::TotalBeforeFees,
            },
            allocation: AllocationKey::ByValue,
            recoverable: false,
            in_vat_base: false,
        });
    }
    sheet
}

/// What the sheet costs with the terms' own lines, and what is to be raised for it.
pub fn cost(sheet: Sheet, terms: &Terms) -> Result<(Costing, Money), CostingError> {
    let costing = costing::compute(&with_fees(sheet, terms), terms.margin)?;
    let goal = costing.goal(if terms.finance_recoverable {
        RecoverableTaxes::Financed
    } else {
        RecoverableTaxes::PaidByOwner
    });
    Ok((costing, goal))
}

#[cfg(test)]
mod tests {
    use costing::{Product, Rates};

    use super::*;
    use crate::domain::terms::tests::{good, usd};

    /// One hundred units at 10.00 USD.
    fn thousand_dollars() -> Sheet {
        let currency = "USD".parse().unwrap();
        Sheet {
            currency,
            rates: Rates::new(),
            products: vec![Product {
                sku: "LAMP".into(),
                name: "Lamp".into(),
                hs_code: "9405.21".into(),
                quantity: 100,
                unit: "piece".into(),
                unit_price: "10".parse().unwrap(),
                currency,
                unit_weight: "1".parse().unwrap(),
                unit_volume: "1".parse().unwrap(),
                duty: Ppm::ZERO,
                planned_price: None,
            }],
            lines: vec![],
        }
    }

    #[test]
    fn the_fee_is_taken_of_the_contingency_too_and_a_rate_of_zero_is_no_line() {
        // Goods 1000.00; contingency 2 % = 20.00; fee 1 % of 1020.00 = 10.20.
        for (contingency, fee, lines, goal) in [
            (0, 0, 0, 100_000),
            (20_000, 0, 1, 102_000),
            (0, 10_000, 1, 101_000),
            (20_000, 10_000, 2, 103_020),
        ] {
            let mut terms = good();
            terms.contingency = Ppm::new(contingency);
            terms.platform_fee = Ppm::new(fee);
            let (costing, raised) = cost(thousand_dollars(), &terms).unwrap();
            assert_eq!(with_fees(thousand_dollars(), &terms).lines.len(), lines);
            assert_eq!((costing.totals.total_cost, raised), (usd(goal), usd(goal)));
        }
    }
}
