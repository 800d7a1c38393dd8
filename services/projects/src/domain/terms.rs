//! What the owner offers: ranges that a project's terms must keep (domain.md §2, §5).

use money::{Currency, Money, Ppm};
use serde::{Deserialize, Serialize};

use super::{ProjectState, Refusal};

/// Ten times the cost.
const MARGIN_MAX: Ppm = Ppm::new(10_000_000);
/// Twice the landed cost.
const BUYBACK_MAX: Ppm = Ppm::new(2_000_000);
const MONTH_HOURS: u16 = 31 * 24;

/// The terms of a project; immutable from PUBLISHED.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The owner's margin on total cost, at most ten times it.
    pub margin: Ppm,
    /// The least of one request, above zero.
    pub min_ticket: Money,
    /// The most that one investor may hold, if there is a limit.
    pub max_ticket: Option<Money>,
    /// The least of a PRODUCTS request; none where goods are not offered.
    pub products_ticket_min: Option<Money>,
    /// Whether recoverable taxes are part of the goal.
    pub finance_recoverable: bool,
    /// Of the total before fees, at most the whole.
    pub contingency: Ppm,
    /// Of the total before fees and the contingency, at most the whole.
    pub platform_fee: Ppm,
    /// The investors' part of profit, at most the whole.
    pub investor_share: Ppm,
    /// Of each one's cash profit, at most the whole.
    pub success_fee: Ppm,
    /// Withheld of profit after fee, at most the whole.
    pub tax_withholding: Ppm,
    /// What the owner's own stake bears first; zero or more.
    pub first_loss: Money,
    /// Of the gross of a final run, at most the whole.
    pub holdback: Ppm,
    /// How long it stays back, at most two years; above zero if anything does.
    pub holdback_days: u16,
    /// What the owner pays for leftover stock, of its landed cost; may be zero, at most twice it.
    pub buyback: Ppm,
    /// How long an investor may withdraw after the approval; may be zero, at most a month.
    pub cooling_off_hours: u16,
    /// How long the owner has to decide about a request; at most a month.
    pub decision_hours: u16,
    /// How long FUNDING lasts from its opening; at most a year, like the following.
    pub funding_days: u16,
    /// How long an approval may take once funded.
    pub approval_days: u16,
    /// How long the start may take once approved.
    pub start_days: u16,
    /// How long an allotment waits for its holder.
    pub collection_days: u16,
}

impl Terms {
    /// Refuses the first field that is out of its range, by its name in the contract.
    pub fn check(&self, currency: Currency) -> Result<(), Refusal> {
        let min = minor("min_ticket", Some(self.min_ticket), currency)?;
        let max = minor("max_ticket", self.max_ticket, currency)?;
        let goods = minor("products_ticket_min", self.products_ticket_min, currency)?;
        let first_loss = minor("first_loss", Some(self.first_loss), currency)?;
        let is_part = |rate: Ppm| rate <= Ppm::ONE;
        let kept_back = self.holdback > Ppm::ZERO;
        let is_year = |days: u16| (1..=366).contains(&days);
        let rules = [
            ("margin_ppm", self.margin <= MARGIN_MAX),
            ("min_ticket", min > Some(0)),
            ("max_ticket", max.is_none() || max >= min),
            ("products_ticket_min", goods.is_none_or(|least| least > 0)),
            ("first_loss", first_loss >= Some(0)),
            ("contingency_ppm", is_part(self.contingency)),
            ("platform_fee_ppm", is_part(self.platform_fee)),
            ("investor_share_ppm", is_part(self.investor_share)),
            ("success_fee_ppm", is_part(self.success_fee)),
            ("tax_withholding_ppm", is_part(self.tax_withholding)),
            ("holdback_ppm", is_part(self.holdback)),
            ("holdback_days", !kept_back || self.holdback_days > 0),
            ("holdback_days", self.holdback_days <= 732),
            ("buyback_ppm", self.buyback <= BUYBACK_MAX),
            ("cooling_off_hours", self.cooling_off_hours <= MONTH_HOURS),
            (
                "decision_hours",
                (1..=MONTH_HOURS).contains(&self.decision_hours),
            ),
            ("funding_days", is_year(self.funding_days)),
            ("approval_days", is_year(self.approval_days)),
            ("start_days", is_year(self.start_days)),
            ("collection_days", is_year(self.collection_days)),
        ];
        match rules.into_iter().find(|rule| !rule.1) {
            Some((field, _)) => Err(Refusal::Terms(field)),
            None => Ok(()),
        }
    }

    /// Refuses amounts that the goal makes impossible: a ticket above it, and a first loss above
    /// what the owner's own stake can be, which is the goal or the greatest ticket.
    pub fn check_against(&self, goal: Money) -> Result<(), Refusal> {
        let goal = goal.minor();
        let stake_max = self.max_ticket.map_or(goal, |max| max.minor().min(goal));
        let goods = self.products_ticket_min.map_or(goal, Money::minor);
        let rules = [
            ("min_ticket", self.min_ticket.minor() <= goal),
            ("products_ticket_min", goods <= goal),
            ("first_loss", self.first_loss.minor() <= stake_max),
        ];
        match rules.into_iter().find(|rule| !rule.1) {
            Some((field, _)) => Err(Refusal::Terms(field)),
            None => Ok(()),
        }
    }

    /// Refuses a change of terms once the project was shown.
    pub fn check_open(state: ProjectState) -> Result<(), Refusal> {
        if state == ProjectState::Draft {
            Ok(())
        } else {
            Err(Refusal::TermsImmutable(state))
        }
    }
}

fn minor(
    field: &'static str,
    amount: Option<Money>,
    currency: Currency,
) -> Result<Option<i64>, Refusal> {
    amount
        .map(|amount| amount.minor_in(currency))
        .transpose()
        .map_err(|_| Refusal::Terms(field))
}

#[cfg(test)]
pub(super) mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    pub fn usd(minor: i64) -> Money {
        Money::try_new(minor, "USD".parse().unwrap()).unwrap()
    }

    pub fn good() -> Terms {
        Terms {
            margin: Ppm::new(250_000),
            min_ticket: usd(1),
            max_ticket: Some(usd(1)),
            products_ticket_min: Some(usd(1)),
            finance_recoverable: false,
            contingency: Ppm::ONE,
            platform_fee: Ppm::ONE,
            investor_share: Ppm::ONE,
            success_fee: Ppm::ZERO,
            tax_withholding: Ppm::ZERO,
            first_loss: usd(0),
            holdback: Ppm::ZERO,
            holdback_days: 0,
            buyback: Ppm::ZERO,
            cooling_off_hours: 0,
            decision_hours: 1,
            funding_days: 1,
            approval_days: 1,
            start_days: 1,
            collection_days: 1,
        }
    }

    fn assert_refused<const N: usize>(beyond: [(&'static str, Terms); N]) {
        for (field, terms) in beyond {
            let answer = terms.check("USD".parse().unwrap());
            assert_eq!(answer, Err(Refusal::Terms(field)));
        }
    }

    #[test]
    fn terms_at_their_bounds_are_good_in_their_own_currency_only() {
        assert_eq!(good().check("USD".parse().unwrap()), Ok(()));
        let other = good().check("EUR".parse().unwrap());
        assert_eq!(other, Err(Refusal::Terms("min_ticket")));
    }

    #[test]
    fn an_amount_beyond_its_bound_is_refused_by_name() {
        let (mut none, mut above, mut no_goods, mut negative) = (good(), good(), good(), good());
        none.min_ticket = usd(0);
        above.min_ticket = usd(2);
        no_goods.products_ticket_min = Some(usd(0));
        negative.first_loss = usd(-1);
        assert_refused([
            ("min_ticket", none),
            ("max_ticket", above),
            ("products_ticket_min", no_goods),
            ("first_loss", negative),
        ]);
    }

    #[test]
    fn a_rate_above_the_whole_is_refused_by_name() {
        let more = Ppm::new(1_000_001);
        let mut terms = [(); 6].map(|()| good());
        terms[0].contingency = more;
        terms[1].platform_fee = more;
        terms[2].investor_share = more;
        terms[3].success_fee = more;
        terms[4].tax_withholding = more;
        terms[5].holdback = more;
        let [contingency, platform, share, success, tax, holdback] = terms;
        assert_refused([
            ("contingency_ppm", contingency),
            ("platform_fee_ppm", platform),
            ("investor_share_ppm", share),
            ("success_fee_ppm", success),
            ("tax_withholding_ppm", tax),
            ("holdback_ppm", holdback),
        ]);
    }

    #[test]
    fn a_time_of_nothing_is_refused_by_name() {
        let mut terms = [(); 6].map(|()| good());
        terms[0].holdback = Ppm::ONE;
        terms[1].decision_hours = 0;
        terms[2].funding_days = 0;
        terms[3].approval_days = 0;
        terms[4].start_days = 0;
        terms[5].collection_days = 0;
        let [holdback, decision, funding, approval, start, collection] = terms;
        assert_refused([
            ("holdback_days", holdback),
            ("decision_hours", decision),
            ("funding_days", funding),
            ("approval_days", approval),
            ("start_days", start),
            ("collection_days", collection),
        ]);
    }

    #[test]
    fn what_is_beyond_all_sense_is_refused_by_name() {
        let mut terms = [(); 9].map(|()| good());
        terms[0].margin = Ppm::new(10_000_001);
        terms[1].buyback = Ppm::new(2_000_001);
        terms[2].holdback_days = 733;
        terms[3].cooling_off_hours = 745;
        terms[4].decision_hours = 745;
        terms[5].funding_days = 367;
        terms[6].approval_days = 367;
        terms[7].start_days = 367;
        terms[8].collection_days = 367;
        let [
            margin,
            buyback,
            holdback,
            cooling,
            decision,
            funding,
            approval,
            start,
            collection,
        ] = terms;
        assert_refused([
            ("margin_ppm", margin),
            ("buyback_ppm", buyback),
            ("holdback_days", holdback),
            ("cooling_off_hours", cooling),
            ("decision_hours", decision),
            ("funding_days", funding),
            ("approval_days", approval),
            ("start_days", start),
            ("collection_days", collection),
        ]);
    }

    #[test]
    fn a_first_loss_is_at_most_what_the_owner_can_put_in() {
        let against = |first_loss, max: Option<i64>, least, goal| {
            let mut terms = good();
            terms.first_loss = usd(first_loss);
            terms.max_ticket = max.map(usd);
            terms.min_ticket = usd(least);
            terms.check_against(usd(goal))
        };
        assert_eq!(against(100, None, 1, 100), Ok(()));
        assert_eq!(against(40, Some(40), 1, 100), Ok(()));
        for answer in [
            against(101, None, 1, 100),
            against(41, Some(40), 1, 100),
            against(101, Some(400), 1, 100),
        ] {
            assert_eq!(answer, Err(Refusal::Terms("first_loss")));
        }
        let ticket = against(0, None, 101, 100);
        assert_eq!(ticket, Err(Refusal::Terms("min_ticket")));
    }

    #[test]
    fn only_a_draft_may_change_its_terms() {
        for state in ProjectState::iter().filter(|state| *state != ProjectState::Draft) {
            assert_eq!(
                Terms::check_open(state),
                Err(Refusal::TermsImmutable(state))
            );
        }
        assert_eq!(Terms::check_open(ProjectState::Draft), Ok(()));
    }
}
