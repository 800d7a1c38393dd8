//! Which event makes which notice, and for whom.

use strum::{Display, EnumIter, EnumString};

/// A notice, by the name of the event that it tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// Auth: a sign-in was ended because its token came twice.
    RefreshTokenReused,
    /// Users.
    KycVerified,
    /// Users; with the reason.
    KycRejected,
    /// Accounting; with the amount.
    DepositBooked,
    /// Participation: somebody waits for the owner's decision.
    ParticipationHeld,
    /// Participation; with the amount.
    ParticipationApproved,
    /// Participation; with the reason.
    ParticipationRejected,
    /// Participation: nobody decided in time.
    ParticipationExpired,
    /// Participation; with the amount.
    ParticipationRefunded,
    /// Accounting: a settlement run; with the reader's own net amount.
    RunPosted,
    /// Accounting; with the amount.
    PayoutPaid,
}

/// Whom a notice is for, seen from its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The event's `user_id`.
    User,
    /// The event's `investor_id`; each of them where there are several.
    Investor,
    /// The event's `owner_id`.
    Owner,
}

/// What we write in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Language {
    /// Spanish.
    Es,
    /// English.
    En,
}

impl Kind {
    /// Whom it is for.
    pub const fn reader(self) -> Reader {
        match self {
            Self::RefreshTokenReused
            | Self::KycVerified
            | Self::KycRejected
            | Self::DepositBooked
            | Self::PayoutPaid => Reader::User,
            Self::ParticipationHeld => Reader::Owner,
            Self::ParticipationApproved
            | Self::ParticipationRejected
            | Self::ParticipationExpired
            | Self::ParticipationRefunded
            | Self::RunPosted => Reader::Investor,
        }
    }
}
