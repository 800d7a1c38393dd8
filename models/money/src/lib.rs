//! Money and the exact numbers around it (domain.md §6): amounts in minor units, rates in parts
//! per million, decimals with fixed places, fractions, half-even rounding, and shares that add up.
//!
//! Deliberately absent: floating point, operators that could wrap, and exchange rates of its own.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod allocate;
mod amount;
mod currency;
mod decimal;
mod error;
mod fraction;
mod ppm;
mod rounding;

pub use allocate::allocate;
pub use amount::Money;
pub use currency::Currency;
pub use decimal::{Decimal, Fx, Measure, UnitPrice};
pub use error::MoneyError;
pub use fraction::Fraction;
pub use ppm::Ppm;
pub use rounding::div_half_even;
