//! Whether what an owner offers keeps the rules.

use std::collections::BTreeSet;

use costing::Exchange;
use money::Money;
use settlement::ShareType;

use crate::{Broken, Figure, Pack, Refusal, RuleError};

/// What an owner offers, as far as rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct OfferFacts<'a> {
    /// The types of participation that may be asked for.
    pub types: &'a [ShareType],
    /// What the project raises.
    pub goal: Money,
    /// What the owner's other projects raised in the last twelve months.
    pub raised_12_months: Money,
    /// How long FUNDING lasts.
    pub open_days: u16,
    /// How long an investor may withdraw at no cost.
    pub cooling_off_hours: u16,
    /// How long investors have to renew, where a material change was told.
    pub renewal_hours: Option<u16>,
    /// Codes of the documents that are issued.
    pub documents: &'a BTreeSet<String>,
}

impl Pack {
    /// Why a type of participation may not be offered; `None` of one that may.
    pub fn participation_refusal(&self, share: ShareType) -> Option<Refusal> {
        if self.participation.iter().any(|rule| rule.share == share) {
            return None;
        }
        let allowed = self.participation.iter().map(|rule| rule.share).collect();
        let what = Broken::ParticipationTypeNotAllowed { share, allowed };
        let sources = self
            .participation
            .iter()
            .map(|rule| self.cite(&rule.source));
        Some(self.refusal_of(what, sources.collect::<Vec<_>>().join("; ")))
    }

    /// Every rule that an offer breaks; none of an offer that may be published.
    ///
    /// Refuses to judge amounts in a currency that no rate is given for.
    pub fn check_terms(
        &self,
        facts: &OfferFacts<'_>,
        exchange: Exchange<'_>,
    ) -> Result<Vec<Refusal>, RuleError> {
        let mut refusals: Vec<Refusal> = facts
            .types
            .iter()
            .filter_map(|share| self.participation_refusal(*share))
            .collect();
        refusals.extend(self.goal_refusals(facts, exchange)?);
        refusals.extend(self.time_refusals(facts));
        for document in &self.documents {
            if !facts.documents.contains(&document.code) {
                let what = Broken::DocumentMissing {
                    code: document.code.clone(),
                    name: document.name.clone(),
                };
                refusals.push(self.refusal(what, &document.source));
            }
        }
        Ok(refusals)
    }

    /// The longest cooling-off time of any category: what the terms of a project must give all.
    pub fn cooling_off_hours(&self) -> Option<&Figure<i32>> {
        self.categories
            .values()
            .filter_map(|rules| rules.cooling_off_hours.as_ref())
            .max_by_key(|hours| hours.value)
    }

    fn goal_refusals(
        &self,
        facts: &OfferFacts<'_>,
        exchange: Exchange<'_>,
    ) -> Result<Vec<Refusal>, RuleError> {
        let goal = exchange.convert(facts.goal)?;
        let mut refusals = Vec::new();
        if let Some(most) = &self.offering.goal_max {
            let max = exchange.convert(most.value.money(self)?)?;
            if goal.compare(max)?.is_gt() {
                refusals.push(self.refusal(Broken::GoalAboveMax { goal, max }, &most.source));
            }
        }
        if let Some(most) = &self.offering.goal_max_12_months {
            let max = exchange.convert(most.value.money(self)?)?;
            let total = goal.checked_add(exchange.convert(facts.raised_12_months)?)?;
            if total.compare(max)?.is_gt() {
                refusals.push(self.refusal(Broken::GoalAboveCeiling { total, max }, &most.source));
            }
        }
        Ok(refusals)
    }

    fn time_refusals(&self, facts: &OfferFacts<'_>) -> Vec<Refusal> {
        let days = i32::from(facts.open_days);
        let hours = i32::from(facts.cooling_off_hours);
        let offering = &self.offering;
        let refuse = |figure: Option<&Figure<i32>>, broken: &dyn Fn(i32) -> Option<Broken>| {
            let figure = figure?;
            Some(self.refusal(broken(figure.value)?, &figure.source))
        };
        let found = [
            refuse(offering.open_days_min.as_ref(), &|min| {
                (days < min).then_some(Broken::OpenDaysTooFew { days, min })
            }),
            refuse(offering.open_days_max.as_ref(), &|max| {
                (days > max).then_some(Broken::OpenDaysTooMany { days, max })
            }),
            refuse(self.cooling_off_hours(), &|min| {
                (hours < min).then_some(Broken::CoolingOffTooShort { hours, min })
            }),
            refuse(offering.renewal_hours.as_ref(), &|min| {
                let hours = i32::from(facts.renewal_hours?);
                (hours < min).then_some(Broken::RenewalTooShort { hours, min })
            }),
        ];
        found.into_iter().flatten().collect()
    }
}
