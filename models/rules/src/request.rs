//! Whether an investor may take part with so much.

use std::collections::BTreeMap;

use money::Money;
use settlement::ShareType;

use crate::{Bound, Broken, Category, Consent, ConsentKind, Exchange, Means, Pack};
use crate::{Refusal, RuleError};

/// What an investor asks for and has shown, as far as rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct RequestFacts<'a> {
    /// How they want to be paid.
    pub share: ShareType,
    /// What they are taken to know.
    pub category: Category,
    /// What they declare to have.
    pub means: Means,
    /// What they would put up, above zero.
    pub amount: Money,
    /// What they have in this project without it.
    pub in_project: Money,
    /// What they have put up over all projects in twelve months without it.
    pub in_12_months: Money,
    /// What they accepted: each consent's code and the version of its text.
    pub consents: &'a BTreeMap<String, u16>,
    /// Whether they passed the entry knowledge test.
    pub passed_entry_test: bool,
    /// Whether they simulated the loss that they can bear.
    pub simulated_loss: bool,
}

impl Pack {
    /// Every rule that a request breaks; none of one that may be taken.
    ///
    /// Refuses to judge amounts in a currency that no rate is given for.
    pub fn check_request(
        &self,
        facts: &RequestFacts<'_>,
        exchange: Exchange<'_>,
    ) -> Result<Vec<Refusal>, RuleError> {
        let limits = self.investor_limit(facts.category, facts.means, exchange)?;
        let amount = exchange.money(facts.amount)?;
        let in_project = exchange.money(facts.in_project)?;
        let in_12_months = exchange.money(facts.in_12_months)?;
        let mut refusals = Vec::new();
        refusals.extend(self.participation_refusal(facts.share));
        if let Some(bound) = &limits.per_project
            && let Some((used, left)) = above(bound, in_project, amount)?
        {
            let limit = bound.amount;
            let what = Broken::AboveProjectLimit { limit, used, left };
            refusals.push(self.refusal_of(what, bound.source.clone()));
        }
        if let Some(bound) = &limits.per_12_months
            && let Some((used, left)) = above(bound, in_12_months, amount)?
        {
            let limit = bound.amount;
            let what = Broken::AboveYearlyLimit { limit, used, left };
            refusals.push(self.refusal_of(what, bound.source.clone()));
        }
        let is_large = match &limits.warn_above {
            Some(bound) => above(bound, in_project, amount)?.is_some(),
            None => false,
        };
        refusals.extend(self.consent_refusals(facts, is_large));
        refusals.extend(self.test_refusals(facts));
        Ok(refusals)
    }

    /// The consents that are asked of an investor; `is_large` above `warn_above`.
    pub fn consents_for(
        &self,
        category: Category,
        is_large: bool,
    ) -> impl Iterator<Item = &Consent> {
        self.consents.iter().filter(move |consent| {
            consent.categories.contains(&category)
                && (is_large || consent.kind != ConsentKind::LargeAmount)
        })
    }

    fn consent_refusals(&self, facts: &RequestFacts<'_>, is_large: bool) -> Vec<Refusal> {
        self.consents_for(facts.category, is_large)
            .filter(|consent| facts.consents.get(&consent.code) != Some(&consent.version))
            .map(|consent| {
                let what = Broken::ConsentNeeded {
                    code: consent.code.clone(),
                    version: consent.version,
                };
                self.refusal(what, &consent.source)
            })
            .collect()
    }

    fn test_refusals(&self, facts: &RequestFacts<'_>) -> Vec<Refusal> {
        let Some(rules) = self.category(facts.category) else {
            return Vec::new();
        };
        let tests = [
            (
                &rules.entry_test,
                facts.passed_entry_test,
                Broken::EntryTestMissing,
            ),
            (
                &rules.loss_simulation,
                facts.simulated_loss,
                Broken::LossSimulationMissing,
            ),
        ];
        let missing = tests.into_iter().filter_map(|(asked, done, what)| {
            let asked = asked.as_ref().filter(|asked| asked.value && !done)?;
            Some(self.refusal(what, &asked.source))
        });
        missing.collect()
    }
}

/// What is used and what is left of a limit that an amount would go above.
fn above(bound: &Bound, used: Money, amount: Money) -> Result<Option<(Money, Money)>, RuleError> {
    let limit = bound.amount;
    if !used.checked_add(amount)?.compare(limit)?.is_gt() {
        return Ok(None);
    }
    let left = limit.checked_sub(used)?;
    let left = if left.is_negative() {
        Money::zero(left.currency())
    } else {
        left
    };
    Ok(Some((used, left)))
}
