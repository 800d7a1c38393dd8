//! The owner's sheet with the lines that the terms add to it (domain.md §4.2).

use costing::{AllocationKey, Base, Charge, CostLine, Kind, Rate, Sheet};
use money::Ppm;

/// The rates of the terms that are cost lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Of the total before fees.
    pub contingency: Ppm,
    /// Of the total before fees and the contingency.
    pub platform_fee: Ppm,
}

/// The sheet and, for each rate above zero, its line; by value of the goods.
#[must_use]
pub fn with_fees(mut sheet: Sheet, fees: Fees) -> Sheet {
    let lines = [
        (Kind::Contingency, "Contingency", fees.contingency),
        (Kind::PlatformFee, "Platform fee", fees.platform_fee),
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
