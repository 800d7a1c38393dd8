//! What an investor must hear of once the project is shown (domain.md §2), and whether those in it
//! must say again that they stay.

use ids::ChangeId;
use serde::{Deserialize, Serialize};
use text::Rule;
use time::{Duration, OffsetDateTime};

use super::{ImportProject, ProjectState, Refusal};

/// Five business days, as Regulation Crowdfunding gives them (17 CFR 227.304(c)).
pub const RENEW_HOURS: u16 = 120;
/// A day at least, a month at most.
const RENEW_RANGE: std::ops::RangeInclusive<u16> = 24..=720;

/// A material change as it was told. Never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialChange {
    /// Its id.
    pub id: ChangeId,
    /// What changed, 1 to 4,000 characters.
    pub text: String,
    /// Until when every open or approved participation must be renewed, if it must.
    pub renew_by: Option<OffsetDateTime>,
    /// Business time.
    pub notified_at: OffsetDateTime,
}

/// What is to be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// What changed.
    pub text: String,
    /// How many hours those who take part have to say that they stay; none: they need not.
    pub renew_hours: Option<u16>,
}

impl ImportProject {
    /// Refuses a project that is not shown or is at work, and renewal outside of a running round:
    /// before it nobody takes part, after the seal the list is final.
    pub fn notify_change(
        &mut self,
        notice: &Notice,
        now: OffsetDateTime,
    ) -> Result<MaterialChange, Refusal> {
        self.state.must_be_in(ProjectState::BEFORE_EXECUTION)?;
        let text = Rule::long("text", 4_000).read(&notice.text)?;
        let renew_by = notice.renew_hours.map(|hours| {
            if !RENEW_RANGE.contains(&hours) {
                return Err(Refusal::Text("renew_hours"));
            }
            if self.state == ProjectState::Published || self.seal.is_some() {
                return Err(Refusal::NothingToRenew);
            }
            Ok(now + Duration::hours(hours.into()))
        });
        let renew_by = renew_by.transpose()?;
        self.key_information_wanted += 1;
        Ok(MaterialChange {
            id: ChangeId::new(),
            text,
            renew_by,
            notified_at: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::domain::Seal;
    use crate::domain::execution::executed;
    use crate::domain::terms::tests::usd;

    fn notice(renew_hours: Option<u16>) -> Notice {
        Notice {
            text: " The ship sails later. ".into(),
            renew_hours,
        }
    }

    #[test]
    fn a_change_is_told_before_execution_and_renewed_while_the_round_runs() {
        let now = OffsetDateTime::UNIX_EPOCH;
        for state in ProjectState::iter() {
            for sealed in [false, true] {
                let mut project = executed();
                project.state = state;
                project.seal = sealed.then(|| Seal {
                    total: usd(1),
                    list_hash: "a".repeat(64),
                });
                let told = project.notify_change(&notice(None), now);
                let is_early = ProjectState::BEFORE_EXECUTION.contains(&state);
                assert_eq!(told.is_ok(), is_early, "{state}");
                let renewed = project.notify_change(&notice(Some(RENEW_HOURS)), now);
                let in_round = is_early && state != ProjectState::Published && !sealed;
                assert_eq!(renewed.is_ok(), in_round, "{state} {sealed}");
                if let Ok(told) = renewed {
                    assert_eq!(told.text, "The ship sails later.");
                    assert_eq!(told.renew_by, Some(now + Duration::days(5)));
                }
            }
        }
    }

    #[test]
    fn a_notice_says_something_and_gives_a_day_at_least() {
        let mut project = executed();
        project.state = ProjectState::Funding;
        let now = OffsetDateTime::UNIX_EPOCH;
        for (text, hours, field) in [
            (" ", None, "text"),
            ("\u{202e}evil", None, "text"),
            ("late", Some(23), "renew_hours"),
            ("late", Some(721), "renew_hours"),
        ] {
            let notice = Notice {
                text: text.into(),
                renew_hours: hours,
            };
            let answer = project.notify_change(&notice, now);
            assert_eq!(answer, Err(Refusal::Text(field)));
        }
        assert_eq!(project.key_information_wanted, 0);
    }
}
