//! Every notice with its words: one that lacks a language does not compile.

use strum::{Display, EnumIter, EnumString};

use super::{
    accounting::accounting, accounts::accounts, participation::participation, projects::projects,
};

/// What we write in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Language {
    /// Spanish, also for whoever is not known yet.
    #[default]
    Es,
    /// English.
    En,
}

macro_rules! catalogue {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident {
            es: $subject_es:literal, $body_es:literal;
            en: $subject_en:literal, $body_en:literal;
        }
    )+) => {
        /// A notice, by the name of the event that it tells of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, EnumIter)]
        #[strum(serialize_all = "snake_case")]
        pub enum Kind {$(
            $(#[doc = $doc])+
            $kind,
        )+}

        impl Kind {
            /// Whose event it is, and who is told.
            pub const fn told(self) -> &'static str {
                match self {$(
                    Self::$kind => concat!($($doc),+),
                )+}
            }

            /// Subject and body; the body names its facts in braces: project, amount, reason.
            pub const fn words(self, language: Language) -> (&'static str, &'static str) {
                match (self, language) {$(
                    (Self::$kind, Language::Es) => ($subject_es, $body_es),
                    (Self::$kind, Language::En) => ($subject_en, $body_en),
                )+}
            }
        }
    };
}

// Each producer's notices stand in a file of their own, in a macro that adds them to those before.
macro_rules! gather {
    ([] $($all:tt)*) => {
        catalogue! { $($all)* }
    };
    ([$producer:ident $($rest:ident)*] $($before:tt)*) => {
        $producer! { [$($rest)*] $($before)* }
    };
}

gather! { [accounts participation projects accounting] }

/// Where a notice is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    /// On the platform.
    Inbox,
    /// By mail.
    Mail,
}

impl Kind {
    /// Whether it cannot be switched off: money moved, a decision waits, somebody's safety, or
    /// something that an investor must know. What only says how a project goes can be.
    pub const fn is_required(self) -> bool {
        !matches!(
            self,
            Self::ParticipationActivated
                | Self::ParticipationSettled
                | Self::ProjectPublished
                | Self::FundingOpened
                | Self::ProjectFullyFunded
                | Self::FundingReopened
                | Self::ProjectApproved
                | Self::ExecutionStarted
                | Self::GoodsReceived
                | Self::GoodsHandedOver
                | Self::StockWrittenOff
                | Self::ProjectCompleted
                | Self::ProjectSettled
                | Self::MilestoneRecorded
                | Self::UpdatePosted
                | Self::QuestionAsked
                | Self::QuestionAnswered
                | Self::KeyInformationIssued
                | Self::LiquidationClosed
        )
    }
}
