//! Between the contracts' messages and what the API shows and takes. The macros name every field
//! of a message: a new one stops the build until somebody decides whether the API has it.

use async_graphql::{ID, InputObject, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::money::Money as PbMoney;
use money::MoneyError;

/// An answer that is not of the form that the contract promises: a fault of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer's `{0}` can't be read")]
pub struct Unreadable(String);

impl Unreadable {
    /// A text that is none of the contract's words, or an amount that is none.
    pub fn here() -> Self {
        Self(String::new())
    }

    /// The same, seen from the message around it.
    pub fn inside(self, field: &str) -> Self {
        Self(if self.0.is_empty() {
            field.to_owned()
        } else {
            format!("{field}.{}", self.0)
        })
    }
}

/// An input that no service could read. Nothing was called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {why}")]
pub struct Unusable {
    /// Which input, as `input.terms.minTicket`.
    pub at: String,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// No amount of a currency.
    #[error(transparent)]
    Amount(#[from] MoneyError),
    /// Longer than [`TEXT_CHARS_MAX`], or with characters that no reader sees.
    #[error("a text is too long or has control characters")]
    Text,
    /// No bytes.
    #[error("this is not Base64")]
    Base64,
}

impl Why {
    /// The code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Amount(why) => why.code(),
            Self::Text => "bad_text",
            Self::Base64 => "bad_base64",
        }
    }
}

/// No text that a person writes is longer; a sheet is a file.
const TEXT_CHARS_MAX: usize = 10_000;

/// What may stand in a text: line ends and tabs, but nothing else that is not seen.
fn is_shown(c: char) -> bool {
    text::is_seen(c) || matches!(c, '\n' | '\r' | '\t')
}

impl Given<Self> for String {
    fn given(self, at: &str) -> Result<Self, Unusable> {
        if self.chars().all(is_shown) && self.chars().nth(TEXT_CHARS_MAX).is_none() {
            return Ok(self);
        }
        let at = at.to_owned();
        Err(Unusable { at, why: Why::Text })
    }
}

/// What the API shows of a message or a field.
pub trait Shown<W>: Sized {
    /// Refuses what the contract does not promise.
    fn shown(wire: W) -> Result<Self, Unreadable>;
}

/// What the API takes for a message or a field; `at` says where it stands in the input.
pub trait Given<W> {
    /// Refuses what the contract can't carry.
    fn given(self, at: &str) -> Result<W, Unusable>;
}

macro_rules! as_it_is {
    ($($ty:ty),*) => {$(
        impl Shown<$ty> for $ty {
            fn shown(wire: $ty) -> Result<Self, Unreadable> {
                Ok(wire)
            }
        }

        impl Given<$ty> for $ty {
            fn given(self, _at: &str) -> Result<$ty, Unusable> {
                Ok(self)
            }
        }
    )*};
}
as_it_is!(bool, i32, i64);

macro_rules! zero_when_not_given {
    ($($ty:ty),*) => {$(
        /// What is not given is the contract's zero.
        impl Given<$ty> for Option<$ty> {
            fn given(self, at: &str) -> Result<$ty, Unusable> {
                self.unwrap_or_default().given(at)
            }
        }
    )*};
}
zero_when_not_given!(bool, i32, i64, String);

impl Shown<Self> for String {
    fn shown(wire: Self) -> Result<Self, Unreadable> {
        Ok(wire)
    }
}

/// A number of a payload, which a refused one does not have.
impl Shown<i64> for Option<i64> {
    fn shown(wire: i64) -> Result<Self, Unreadable> {
        Ok(Some(wire))
    }
}

impl Shown<String> for ID {
    fn shown(wire: String) -> Result<Self, Unreadable> {
        Ok(Self(wire))
    }
}

impl Given<String> for ID {
    fn given(self, at: &str) -> Result<String, Unusable> {
        self.0.given(at)
    }
}

/// None is the contract's empty text.
impl Given<String> for Option<ID> {
    fn given(self, at: &str) -> Result<String, Unusable> {
        self.map(|id| id.0).given(at)
    }
}

/// None are none.
impl<W, T: Given<W>> Given<Vec<W>> for Option<Vec<T>> {
    fn given(self, at: &str) -> Result<Vec<W>, Unusable> {
        self.unwrap_or_default().given(at)
    }
}

/// The contract's empty text is the API's null.
impl Shown<String> for Option<String> {
    fn shown(wire: String) -> Result<Self, Unreadable> {
        Ok(Some(wire).filter(|text| !text.is_empty()))
    }
}

impl Shown<String> for Option<ID> {
    fn shown(wire: String) -> Result<Self, Unreadable> {
        Ok(Some(wire).filter(|text| !text.is_empty()).map(ID))
    }
}

/// Files are text in the API and bytes in the contract.
impl Given<Vec<u8>> for String {
    fn given(self, _at: &str) -> Result<Vec<u8>, Unusable> {
        Ok(self.into_bytes())
    }
}

impl Given<Vec<u8>> for Option<String> {
    fn given(self, at: &str) -> Result<Vec<u8>, Unusable> {
        self.unwrap_or_default().given(at)
    }
}

/// Bytes as text (RFC 4648, with padding).
#[derive(Clone, Debug, async_graphql::NewType)]
pub struct Base64(String);

impl Given<Vec<u8>> for Option<Base64> {
    fn given(self, at: &str) -> Result<Vec<u8>, Unusable> {
        let text = self.map(|bytes| bytes.0).unwrap_or_default();
        STANDARD.decode(text).map_err(|_| Unusable {
            at: at.to_owned(),
            why: Why::Base64,
        })
    }
}

impl<W, T: Shown<W>> Shown<Option<W>> for Option<T> {
    fn shown(wire: Option<W>) -> Result<Self, Unreadable> {
        wire.map(T::shown).transpose()
    }
}

impl<W, T: Shown<W>> Shown<Vec<W>> for Vec<T> {
    fn shown(wire: Vec<W>) -> Result<Self, Unreadable> {
        wire.into_iter().map(T::shown).collect()
    }
}

impl<W, T: Given<W>> Given<Vec<W>> for Vec<T> {
    fn given(self, at: &str) -> Result<Vec<W>, Unusable> {
        self.into_iter()
            .enumerate()
            .map(|(index, one)| one.given(&format!("{at}[{index}]")))
            .collect()
    }
}

/// A list of a payload, which a refused one does not have.
impl<W, T: Shown<W>> Shown<Vec<W>> for Option<Vec<T>> {
    fn shown(wire: Vec<W>) -> Result<Self, Unreadable> {
        Vec::shown(wire).map(Some)
    }
}

/// An exact amount of one currency.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Money {
    /// With the decimals of its currency: `1234.56`.
    #[graphql(complexity = 0)]
    pub amount: String,
    /// In the smallest unit of its currency: `123456`.
    #[graphql(complexity = 0)]
    pub minor: String,
    /// ISO 4217.
    #[graphql(complexity = 0)]
    pub currency: String,
}

impl Shown<PbMoney> for Money {
    fn shown(PbMoney { currency, minor }: PbMoney) -> Result<Self, Unreadable> {
        let amount = currency
            .parse()
            .and_then(|currency| money::Money::try_new(minor, currency))
            .map_err(|_| Unreadable::here())?;
        Ok(Self {
            amount: amount.to_string(),
            minor: minor.to_string(),
            currency,
        })
    }
}

/// An amount that the contract always has.
impl Shown<Option<PbMoney>> for Money {
    fn shown(wire: Option<PbMoney>) -> Result<Self, Unreadable> {
        Self::shown(wire.ok_or_else(Unreadable::here)?)
    }
}

/// An exact amount: digits with a decimal point, no more decimals than the currency has.
#[derive(Clone, Debug, InputObject)]
pub struct MoneyInput {
    /// As in `1234.56`.
    pub amount: String,
    /// ISO 4217, as in `USD`.
    pub currency: String,
}

impl Given<Option<PbMoney>> for MoneyInput {
    fn given(self, at: &str) -> Result<Option<PbMoney>, Unusable> {
        let unusable = |field: &str, why: MoneyError| Unusable {
            at: format!("{at}.{field}"),
            why: why.into(),
        };
        let currency: money::Currency = self
            .currency
            .parse()
            .map_err(|why| unusable("currency", why))?;
        let amount =
            money::Money::parse(&self.amount, currency).map_err(|why| unusable("amount", why))?;
        Ok(Some(PbMoney {
            currency: currency.code().to_owned(),
            minor: amount.minor(),
        }))
    }
}

impl Given<Option<PbMoney>> for Option<MoneyInput> {
    fn given(self, at: &str) -> Result<Option<PbMoney>, Unusable> {
        self.map_or(Ok(None), |money| money.given(at))
    }
}

/// `project_id` as the API writes it.
pub fn api_name(field: &str) -> String {
    let mut words = field.trim_start_matches("r#").split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}

/// An object of the API out of a message of the contract. Its `lists` cost as many times as they
/// may have entries.
macro_rules! shown {
    ($(#[$meta:meta])* $name:ident of $package:ident::$message:ident {
        $($(#[$about:meta])* $field:ident: $ty:ty),* $(,)?
    } $(lists { $($(#[$of:meta])* $list:ident: $each:ty),* $(,)? })?) => {
        #[derive(Clone, Debug, async_graphql::SimpleObject)]
        $(#[$meta])*
        pub struct $name {
            $($(#[$about])* pub $field: $ty,)*
            $($(
                $(#[$of])*
                #[graphql(complexity = "crate::cost::list(child_complexity)")]
                pub $list: Vec<$each>,
            )*)?
        }

        impl $crate::wire::Shown<$package::$message> for $name {
            fn shown(wire: $package::$message) -> Result<Self, $crate::wire::Unreadable> {
                let $package::$message { $($field,)* $($($list,)*)? } = wire;
                Ok(Self {
                    $($field: $crate::wire::field(stringify!($field), $field)?,)*
                    $($($list: $crate::wire::field(stringify!($list), $list)?,)*)?
                })
            }
        }
    };
}

/// One field of a message, named when it can't be read.
pub fn field<W, T: Shown<W>>(name: &str, wire: W) -> Result<T, Unreadable> {
    T::shown(wire).map_err(|unreadable| unreadable.inside(name))
}

/// An input of the API for a message of the contract.
macro_rules! given {
    ($(#[$meta:meta])* $name:ident for $package:ident::$message:ident {
        $($(#[$about:meta])* $field:ident: $ty:ty),* $(,)?
    }) => {
        #[derive(Clone, Debug, async_graphql::InputObject)]
        $(#[$meta])*
        pub struct $name {
            $($(#[$about])* pub $field: $ty,)*
        }

        impl $crate::wire::Given<$package::$message> for $name {
            fn given(self, at: &str) -> Result<$package::$message, $crate::wire::Unusable> {
                let Self { $($field),* } = self;
                Ok($package::$message {
                    $($field: $crate::wire::Given::given(
                        $field,
                        &format!("{at}.{}", $crate::wire::api_name(stringify!($field))),
                    )?,)*
                })
            }
        }

        impl $crate::wire::Given<Option<$package::$message>> for $name {
            fn given(self, at: &str) -> Result<Option<$package::$message>, $crate::wire::Unusable> {
                $crate::wire::Given::<$package::$message>::given(self, at).map(Some)
            }
        }
    };
}

/// A closed set of words: text in the contract, an enum in the API.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$about:meta])* $word:ident),* $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
        #[derive(strum::EnumString, strum::IntoStaticStr)]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
        $(#[$meta])*
        pub enum $name {
            $($(#[$about])* $word,)*
        }

        impl $crate::wire::Shown<String> for $name {
            fn shown(wire: String) -> Result<Self, $crate::wire::Unreadable> {
                wire.parse().map_err(|_| $crate::wire::Unreadable::here())
            }
        }

        impl $crate::wire::Shown<String> for Option<$name> {
            fn shown(wire: String) -> Result<Self, $crate::wire::Unreadable> {
                if wire.is_empty() {
                    return Ok(None);
                }
                $crate::wire::Shown::shown(wire).map(Some)
            }
        }

        impl $crate::wire::Given<String> for $name {
            fn given(self, _at: &str) -> Result<String, $crate::wire::Unusable> {
                Ok(<&'static str>::from(self).to_owned())
            }
        }
    };
}

pub(crate) use {given, shown, words};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_as_the_api_writes_it() {
        assert_eq!(api_name("idempotency_key"), "idempotencyKey");
        assert_eq!(api_name("r#type"), "type");
        assert_eq!(api_name("amount"), "amount");
    }

    #[test]
    fn an_amount_that_cannot_be_carried_is_named_by_its_place() {
        let given = |amount: &str, currency: &str| {
            let input = MoneyInput {
                amount: amount.to_owned(),
                currency: currency.to_owned(),
            };
            input
                .given("input.amount")
                .map_err(|unusable| (unusable.at, unusable.why.code()))
        };
        let cases = [
            ("10.005", "USD", "input.amount.amount", "too_many_decimals"),
            ("1.5", "CLP", "input.amount.amount", "too_many_decimals"),
            ("1e3", "USD", "input.amount.amount", "malformed_amount"),
            (
                "99999999999999999999",
                "USD",
                "input.amount.amount",
                "overflow",
            ),
            ("10.00", "usd", "input.amount.currency", "unknown_currency"),
        ];
        for (amount, currency, at, code) in cases {
            assert_eq!(given(amount, currency), Err((at.to_owned(), code)));
        }
        let wire = given("-1234.5", "USD").expect("a rule's matter, not the form's");
        assert_eq!(wire.map(|money| money.minor), Some(-123_450));
    }

    #[test]
    fn a_text_has_nothing_that_a_reader_does_not_see() {
        let given = |text: &str| Given::<String>::given(text.to_owned(), "input.name");
        for text in ["", "Ñandú 💰", "one\r\n\ttwo", &"x".repeat(TEXT_CHARS_MAX)] {
            assert_eq!(given(text).as_deref(), Ok(text));
        }
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        for text in ["a\0b", "a\u{1b}[2Jb", "gnp.\u{202e}exe", "\u{85}", &long] {
            let refused = given(text).map_err(|unusable| (unusable.at, unusable.why.code()));
            assert_eq!(
                refused,
                Err(("input.name".to_owned(), "bad_text")),
                "{text:?}"
            );
        }
        assert_eq!(
            ID("\0".to_owned())
                .given("input.userId")
                .map_err(|unusable| unusable.why),
            Err(Why::Text)
        );
    }

    #[test]
    fn an_answer_that_breaks_the_contract_is_named_by_its_field() {
        let broken = Some(PbMoney::default());
        assert_eq!(
            <Money as Shown<_>>::shown(broken).map_err(|err| err.inside("goal").to_string()),
            Err("the answer's `goal` can't be read".to_owned())
        );
    }
}
