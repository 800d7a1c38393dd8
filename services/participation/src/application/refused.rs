//! A rule's no as it is answered and kept: its code, its English text, and what it names.

use clock::to_text;
use serde::{Deserialize, Serialize};

use crate::domain::Refusal;

/// One refusal of a batch, or the whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Stable, for programs.
    pub code: String,
    /// For developers.
    pub text: String,
    /// By name.
    pub args: Vec<(String, String)>,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        let named = |(name, value): (&str, String)| (name.to_owned(), value);
        Self {
            code: refusal.code().to_owned(),
            text: refusal.to_string(),
            args: args(refusal).into_iter().map(named).collect(),
        }
    }
}

/// What the answer must name.
fn args(refusal: &Refusal) -> Vec<(&'static str, String)> {
    match refusal {
        Refusal::NotEnoughRoom { room } => vec![("room", room.to_string())],
        Refusal::BelowMinTicket { min } | Refusal::BelowProductsTicket { min } => {
            vec![("min", min.to_string())]
        }
        Refusal::AboveMaxTicket { max } => vec![("max", max.to_string())],
        Refusal::AboveInvestorLimit {
            window: _,
            limit,
            used,
            left,
        } => vec![
            ("limit", limit.to_string()),
            ("used", used.to_string()),
            ("left", left.to_string()),
        ],
        Refusal::ConsentNeeded { consent, version } => vec![
            ("consent", consent.to_string()),
            ("version", version.to_string()),
        ],
        Refusal::AgreementChanged {
            version,
            hash_es,
            hash_en,
        } => vec![
            ("version", (*version).to_owned()),
            ("hash_es", hash_es.clone()),
            ("hash_en", hash_en.clone()),
        ],
        Refusal::FirstLossUncovered { missing } => vec![("missing", missing.to_string())],
        Refusal::DeadlinePassed { deadline } => vec![("deadline", to_text(*deadline))],
        Refusal::DecisionOver { decide_by } | Refusal::DecisionOpen { decide_by } => {
            vec![("decide_by", to_text(*decide_by))]
        }
        Refusal::CoolingOffOver { until } | Refusal::Paused { until } => {
            vec![("until", to_text(*until))]
        }
        Refusal::RenewalOver { renew_by } => vec![("renew_by", to_text(*renew_by))],
        Refusal::AnotherNotice { notice } => vec![("notice_id", notice.to_string())],
        Refusal::DecisionsCount { max } => vec![("max", max.to_string())],
        Refusal::OfferingClosed
        | Refusal::Suspended
        | Refusal::Unverified
        | Refusal::AmountNotPositive
        | Refusal::Money(_)
        | Refusal::ProductsNotOffered
        | Refusal::OwnerTakesProfitOnly
        | Refusal::UnfundedRequest
        | Refusal::WaitingAlready
        | Refusal::NotHeld
        | Refusal::Already(_)
        | Refusal::FundingAlready(_)
        | Refusal::ReasonRequired
        | Refusal::OfferingSealed
        | Refusal::NotFull
        | Refusal::NotCaptured
        | Refusal::CoolingOffRunning
        | Refusal::ListIncomplete
        | Refusal::NotSealed
        | Refusal::NothingToRenew
        | Refusal::RenewalOutstanding
        | Refusal::DeadlineNotMissed
        | Refusal::NotInProject => Vec::new(),
    }
}
