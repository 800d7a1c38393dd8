//! Between the contract's values and ours, and what every room's refusals have in common.

use contracts::money::Money as PbMoney;
use link::{fault, malformed, refuse, refuse_with};
use money::{Currency, Money};
use tonic::{Code, Status};
use uow::{StoreError, UnusableKey};

use crate::application::ports::BookingError;

/// An amount as a caller gives it.
pub(super) fn amount(given: Option<PbMoney>, field: &str) -> Result<Money, Status> {
    let PbMoney { currency, minor } = given.ok_or_else(|| malformed(field))?;
    let amount = currency
        .parse::<Currency>()
        .and_then(|currency| Money::try_new(minor, currency));
    amount.map_err(|error| refuse(Code::InvalidArgument, error.code(), error))
}

/// An amount as an answer carries it.
#[expect(clippy::unnecessary_wraps, reason = "a message's field is an option")]
pub(super) fn wire(amount: Money) -> Option<PbMoney> {
    Some(PbMoney {
        currency: amount.currency().code().to_owned(),
        minor: amount.minor(),
    })
}

/// A sum of the books as an answer carries it.
#[expect(clippy::unnecessary_wraps, reason = "a message's field is an option")]
pub(super) fn minor(minor: i64, currency: Currency) -> Option<PbMoney> {
    Some(PbMoney {
        currency: currency.code().to_owned(),
        minor,
    })
}

pub(super) fn forbidden(text: impl std::fmt::Display) -> Status {
    refuse(Code::PermissionDenied, "forbidden", text)
}

/// A rule's refusal, with what its answer must name.
pub(super) fn refused(
    code: &'static str,
    text: impl std::fmt::Display,
    args: &[(&str, String)],
) -> Status {
    refuse_with(Code::FailedPrecondition, code, text, args)
}

pub(super) fn unusable(key: &UnusableKey) -> Status {
    refuse(Code::InvalidArgument, "unusable_idempotency_key", key)
}

/// What the ledger refuses, such as a wallet that holds too little.
pub(super) fn booking(error: BookingError) -> Status {
    match error {
        BookingError::Refused(refusal) => refused(refusal.code(), refusal, &[]),
        BookingError::NoAccount(missing) => fault(&StoreError::failed(missing)),
    }
}
