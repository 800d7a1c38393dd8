//! What is asked of an investor before they take part. How much they may put up is in `limit`.

use crate::{Broken, Category, Consent, ConsentKind, Pack, Refusal};

impl Pack {
    /// The consents that are asked of an investor; `is_large` above `warn_above`.
    pub fn consents_for(
        &self,
        category: Category,
        is_large: bool,
    ) -> impl Iterator<Item = &Consent> {
        let category = self.resolved(category);
        self.consents.iter().filter(move |consent| {
            consent.categories.contains(&category)
                && (is_large || consent.kind != ConsentKind::LargeAmount)
        })
    }

    /// The tests that are asked of an investor and that they have not done.
    pub fn test_refusals(
        &self,
        category: Category,
        passed_entry_test: bool,
        simulated_loss: bool,
    ) -> Vec<Refusal> {
        let Some(rules) = self.rules_of(category) else {
            return Vec::new();
        };
        let tests = [
            (
                &rules.entry_test,
                passed_entry_test,
                Broken::EntryTestMissing,
            ),
            (
                &rules.loss_simulation,
                simulated_loss,
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
