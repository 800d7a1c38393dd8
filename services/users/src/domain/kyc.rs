//! KYC: NONE -> PENDING -> VERIFIED or REJECTED; VERIFIED -> EXPIRED by time alone, or SUSPENDED by
//! an administrator. Whoever is not PENDING may submit again.

use serde::Serialize;
use strum::{Display, EnumString};
use text::Rule;
use time::{Date, Duration, OffsetDateTime};

use super::country::is_country;
use super::{Malformed, Reason, Refusal};

/// How long a verification holds.
pub const VERIFIED_FOR: Duration = Duration::days(365);
/// Nobody below this age takes part.
pub const MAJORITY_YEARS: i32 = 18;
/// Who would be older has written the date of birth wrongly.
pub const AGE_MAX_YEARS: i32 = 120;

/// Where a person stands, at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum KycState {
    /// Nothing was submitted.
    None,
    /// Somebody has to look at it.
    Pending,
    /// Until `valid_until`.
    Verified,
    /// With a reason.
    Rejected,
    /// Was verified; not any more.
    Expired,
    /// Was verified, until an administrator took it away, with a reason.
    Suspended,
}

/// What is stored. A verification that is over counts as expired before it is stored as such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kyc {
    /// Nothing was submitted.
    None,
    /// Waits for a decision.
    Pending {
        /// When it came, in business time.
        submitted_at: OffsetDateTime,
    },
    /// Decided well.
    Verified {
        /// From this instant on it does not hold any more.
        valid_until: OffsetDateTime,
    },
    /// Decided badly.
    Rejected(Reason),
    /// Was decided well, and has been over for good.
    Expired,
    /// Was decided well, and taken away.
    Suspended(Reason),
}

/// What a person shows. No `Debug`: it must not reach a log.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Documents {
    /// As on the document.
    pub full_name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// NATIONAL_ID, PASSPORT or TAX_ID.
    pub document_type: String,
    /// As on the document.
    pub document_number: String,
    /// The holder's.
    pub birth_date: Date,
}

impl Documents {
    /// The same as they are kept: the number without what people put between its characters.
    /// Refuses fields that are empty, overlong or of an unknown form.
    pub fn checked(self) -> Result<Self, Malformed> {
        let number = self.document_number.replace([' ', '-', '.', '/'], "");
        let is_number =
            (3..=32).contains(&number.len()) && number.bytes().all(|c| c.is_ascii_alphanumeric());
        if !is_number {
            return Err(Malformed {
                field: "document_number",
            });
        }
        if !is_country(&self.country) {
            return Err(Malformed { field: "country" });
        }
        let types = ["NATIONAL_ID", "PASSPORT", "TAX_ID"];
        if !types.contains(&self.document_type.as_str()) {
            return Err(Malformed {
                field: "document_type",
            });
        }
        Ok(Self {
            full_name: Rule::line("full_name", 200).read(&self.full_name)?,
            document_number: number.to_ascii_uppercase(),
            ..self
        })
    }

    fn age(&self, on: Date) -> i32 {
        let had_birthday =
            (on.month() as u8, on.day()) >= (self.birth_date.month() as u8, self.birth_date.day());
        on.year() - self.birth_date.year() - i32::from(!had_birthday)
    }
}

impl Kyc {
    /// Where the person stands at this instant.
    pub fn state(&self, now: OffsetDateTime) -> KycState {
        match self {
            Self::None => KycState::None,
            Self::Pending { .. } => KycState::Pending,
            Self::Verified { valid_until } if now < *valid_until => KycState::Verified,
            Self::Verified { .. } | Self::Expired => KycState::Expired,
            Self::Rejected(_) => KycState::Rejected,
            Self::Suspended(_) => KycState::Suspended,
        }
    }

    /// Takes a submission; a verification that still holds is given up for it.
    pub fn submit(&mut self, documents: &Documents, now: OffsetDateTime) -> Result<(), Refusal> {
        if matches!(self, Self::Pending { .. }) {
            return Err(Refusal::AlreadyPending);
        }
        match documents.age(now.date()) {
            ..MAJORITY_YEARS => return Err(Refusal::Minor),
            MAJORITY_YEARS..=AGE_MAX_YEARS => {}
            _older => return Err(Refusal::BirthDate),
        }
        *self = Self::Pending { submitted_at: now };
        Ok(())
    }

    /// Decides well; gives the instant until which it holds.
    pub fn verify(&mut self, now: OffsetDateTime) -> Result<OffsetDateTime, Refusal> {
        self.expect_pending()?;
        let valid_until = now + VERIFIED_FOR;
        *self = Self::Verified { valid_until };
        Ok(valid_until)
    }

    /// Decides badly.
    pub fn reject(&mut self, reason: Reason) -> Result<(), Refusal> {
        self.expect_pending()?;
        *self = Self::Rejected(reason);
        Ok(())
    }

    /// Takes a verification that holds away.
    pub fn suspend(&mut self, reason: Reason, now: OffsetDateTime) -> Result<(), Refusal> {
        if self.state(now) != KycState::Verified {
            return Err(Refusal::NothingToSuspend);
        }
        *self = Self::Suspended(reason);
        Ok(())
    }

    /// Puts a verification that is over down as expired; false when there is none.
    pub fn expire(&mut self, now: OffsetDateTime) -> bool {
        let over = matches!(self, Self::Verified { valid_until } if *valid_until <= now);
        if over {
            *self = Self::Expired;
        }
        over
    }

    fn expect_pending(&self) -> Result<(), Refusal> {
        match self {
            Self::Pending { .. } => Ok(()),
            Self::None
            | Self::Verified { .. }
            | Self::Rejected(_)
            | Self::Expired
            | Self::Suspended(_) => Err(Refusal::NotPending),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    fn documents(birth_date: Date) -> Documents {
        Documents {
            full_name: "Ana López".to_owned(),
            country: "MX".to_owned(),
            document_type: "PASSPORT".to_owned(),
            document_number: "G1234".to_owned(),
            birth_date,
        }
    }

    #[test]
    fn each_step_is_open_from_some_states_only() {
        let pending = Kyc::Pending { submitted_at: NOW };
        let verified = Kyc::Verified {
            valid_until: NOW + VERIFIED_FOR,
        };
        let expired = Kyc::Verified { valid_until: NOW };
        let rejected = Kyc::Rejected(Reason::try_new("blurred").expect("a reason"));
        let suspended = Kyc::Suspended(Reason::try_new("a hint").expect("a reason"));
        let table = [
            (Kyc::None, KycState::None, true),
            (pending, KycState::Pending, false),
            (verified, KycState::Verified, true),
            (expired, KycState::Expired, true),
            (Kyc::Expired, KycState::Expired, true),
            (rejected.clone(), KycState::Rejected, true),
            (suspended, KycState::Suspended, true),
        ];
        for (kyc, state, may_submit) in table {
            assert_eq!(kyc.state(NOW), state);
            let mut after = kyc.clone();
            let answer = after.submit(&documents(date!(1990 - 01 - 01)), NOW);
            assert_eq!(answer.is_ok(), may_submit, "{state}");
            let mut after = kyc.clone();
            assert_eq!(after.verify(NOW).is_ok(), !may_submit, "{state}");
            assert_eq!(after == kyc, may_submit, "{state}");
            let mut after = kyc.clone();
            let why = Reason::try_new("a hint").expect("a reason");
            let may_suspend = state == KycState::Verified;
            assert_eq!(after.suspend(why, NOW).is_ok(), may_suspend, "{state}");
            assert_eq!(after != kyc, may_suspend, "{state}");
        }
    }

    #[test]
    fn a_verification_holds_to_the_instant_and_not_beyond() {
        let mut kyc = Kyc::Pending { submitted_at: NOW };
        let until = kyc.verify(NOW).expect("pending");
        let before = until - Duration::NANOSECOND;
        assert_eq!(kyc.state(before), KycState::Verified);
        assert_eq!(kyc.state(until), KycState::Expired);
        assert!(!kyc.expire(before));
        assert!(kyc.expire(until));
        assert_eq!(kyc, Kyc::Expired);
        assert!(!kyc.expire(until), "once is enough");
    }

    #[test]
    fn a_person_is_of_age_from_the_eighteenth_birthday_on() {
        let table = [
            (date!(2008 - 03 - 01), Ok(())),
            (date!(2008 - 03 - 02), Err(Refusal::Minor)),
            (date!(3000 - 01 - 01), Err(Refusal::Minor)),
            (date!(1800 - 01 - 01), Err(Refusal::BirthDate)),
            (date!(2008 - 02 - 29), Ok(())),
        ];
        for (birth_date, expected) in table {
            let mut kyc = Kyc::None;
            assert_eq!(kyc.submit(&documents(birth_date), NOW), expected);
            assert_eq!(kyc == Kyc::None, expected.is_err());
        }
    }

    #[test]
    fn a_malformed_field_is_named() {
        let good = documents(date!(1990 - 01 - 01));
        let dotted = Documents {
            document_number: "g-12.34 5/x".to_owned(),
            ..good.clone()
        };
        let kept = dotted.checked().expect("good");
        assert_eq!(kept.document_number, "G12345X");
        let table = [
            (
                Documents {
                    full_name: " ".to_owned(),
                    ..good.clone()
                },
                "full_name",
            ),
            (
                Documents {
                    country: "XX".to_owned(),
                    ..good.clone()
                },
                "country",
            ),
            (
                Documents {
                    document_type: "CARD".to_owned(),
                    ..good.clone()
                },
                "document_type",
            ),
            (
                Documents {
                    document_number: String::new(),
                    ..good
                },
                "document_number",
            ),
        ];
        for (documents, field) in table {
            assert_eq!(documents.checked().err(), Some(Malformed { field }));
        }
        assert!(Reason::try_new(&"x".repeat(501)).is_err());
    }
}
