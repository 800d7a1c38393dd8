//! Settlement from the outside: tables of single cases, and properties of all of them.
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "1_000_00 reads as 1,000.00"
)]

mod facts;
mod golden;
mod liquidation;
mod properties;
mod second_calculation;
mod tables;
