//! The count at arrival, once, which freezes the allotments.

use money::Ppm;
use serde::Serialize;
use settlement::{Paid, Product, Stake};
use text::Rule;
use time::{Duration, OffsetDateTime};

use super::{Allotment, ExecutionRefusal, Goods, Stock};
use crate::domain::{ImportProject, SealedEntry, ShareType};

/// Whole units of one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Of which product.
    pub sku: String,
    /// How many.
    pub units: i64,
}

/// The count at arrival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Every product once; shrinkage and damage off.
    pub counted: Vec<Counted>,
    /// What is remarked, at most 1,000 characters.
    pub note: String,
}

impl ImportProject {
    /// Allots what was received: `floor(s_i * received_j)` to each participation that takes goods,
    /// with `s_i` its share in all of the sealed list. Refuses a count that leaves a product out,
    /// names one twice, or finds more than was ordered.
    /// From `now` on the holders have the terms' days to collect.
    pub fn receive(
        &mut self,
        count: &Count,
        sealed: &[SealedEntry],
        now: OffsetDateTime,
    ) -> Result<(Goods, Vec<Allotment>), ExecutionRefusal> {
        Rule::long("note", 1_000).optional().read(&count.note)?;
        let (terms, _) = self.agreed_terms()?;
        let collect_by = now + Duration::days(terms.collection_days.into());
        let products = self.count(&count.counted)?;
        let stakes: Vec<Stake> = sealed.iter().map(stake).collect();
        let frozen = settlement::allotments(&stakes, &products)?;

        let units_of = |sku: &str, whose: Option<&str>| -> i64 {
            let own = frozen.iter().filter(|one| {
                one.product == sku && whose.is_none_or(|whose| one.participation == whose)
            });
            own.map(|one| one.units).sum()
        };
        let stock = products.iter().map(|product| {
            let allotted = units_of(&product.product, None);
            Stock::counted(&product.product, product.received, allotted)
        });
        let holders = sealed.iter().filter(|one| one.share == ShareType::Products);
        let allotments = holders.map(|holder| {
            let whose = holder.participation.to_string();
            let units = products.iter().map(|product| Counted {
                sku: product.product.clone(),
                units: units_of(&product.product, Some(&whose)),
            });
            Allotment {
                participation: holder.participation,
                investor: holder.investor,
                units: units.collect(),
                handed_over: false,
                lapsed: false,
            }
        });
        let (goods, allotments) = (Goods::restore(stock.collect()), allotments.collect());
        self.due_at = Some(collect_by);
        Ok((goods, allotments))
    }

    /// Every product of the sheet with its count, as settlement sees it: nothing is sold yet.
    fn count(&self, counted: &[Counted]) -> Result<Vec<Product>, ExecutionRefusal> {
        let ordered = &self.sheet.products;
        let is_known = |sku: &str| ordered.iter().any(|product| product.sku == sku);
        if let Some(other) = counted.iter().find(|one| !is_known(&one.sku)) {
            return Err(ExecutionRefusal::UnknownSku(other.sku.clone()));
        }
        let product = |(sku, quantity): (&String, u32)| {
            Ok(Product {
                product: sku.clone(),
                ordered: quantity.into(),
                landed_cost_minor: 0,
                received: count_of(sku, quantity.into(), counted)?,
                sold: 0,
                sold_net_minor: 0,
                bought_back: 0,
            })
        };
        let products = ordered.iter().map(|one| (&one.sku, one.quantity));
        products.map(product).collect()
    }
}

/// Counted once, from zero to what was ordered.
fn count_of(sku: &str, ordered: i64, counted: &[Counted]) -> Result<i64, ExecutionRefusal> {
    let mut counts = counted.iter().filter(|one| one.sku == sku);
    let units = match (counts.next(), counts.next()) {
        (Some(count), None) => count.units,
        (Some(_), Some(_)) => return Err(ExecutionRefusal::CountedTwice(sku.to_owned())),
        (None, _) => return Err(ExecutionRefusal::NotCounted(sku.to_owned())),
    };
    if !(0..=ordered).contains(&units) {
        let sku = sku.to_owned();
        return Err(ExecutionRefusal::CountOutOfRange { sku, ordered });
    }
    Ok(units)
}

/// As settlement sees it at arrival: nothing is paid, and money plays no part.
fn stake(entry: &SealedEntry) -> Stake {
    Stake {
        participation: entry.participation.to_string(),
        investor: entry.investor.to_string(),
        share: match entry.share {
            ShareType::Products => settlement::ShareType::Products,
            ShareType::ProfitOnly => settlement::ShareType::ProfitOnly,
        },
        owner_stake: entry.owner_stake,
        amount_minor: entry.amount.minor(),
        approved_at: entry.approved_at,
        tax_ppm: Ppm::ZERO,
        paid: Paid::default(),
        lapsed: std::collections::BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use ids::{ParticipationId, UserId};

    use super::*;
    use crate::domain::execution::Outflow;
    use crate::domain::execution::goods::tests::project;
    use crate::domain::terms::tests::usd;

    fn entry(share: ShareType, minor: i64) -> SealedEntry {
        SealedEntry {
            participation: ParticipationId::new(),
            investor: UserId::new(),
            amount: usd(minor),
            share,
            owner_stake: false,
            approved_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    fn units(list: &[(&str, i64)]) -> Vec<Counted> {
        let units = list.iter().map(|(sku, units)| Counted {
            sku: (*sku).to_owned(),
            units: *units,
        });
        units.collect()
    }

    fn count(list: &[(&str, i64)]) -> Count {
        Count {
            counted: units(list),
            note: String::new(),
        }
    }

    #[test]
    fn whole_units_are_allotted_and_the_rest_is_for_sale() {
        // A third of 11 lamps is 3 and a fraction; the other two thirds want cash.
        let sealed = [
            entry(ShareType::Products, 100),
            entry(ShareType::ProfitOnly, 200),
        ];
        let counted = count(&[("CHAIR", 2), ("LAMP", 11)]);
        let (goods, allotments) = project()
            .receive(&counted, &sealed, OffsetDateTime::UNIX_EPOCH)
            .unwrap();
        assert_eq!(allotments.len(), 1);
        assert_eq!(allotments[0].investor, sealed[0].investor);
        assert_eq!(allotments[0].units, units(&[("LAMP", 3), ("CHAIR", 0)]));
        assert_eq!(goods.stock()[0].left_for(Outflow::HandOver), 3);
        assert_eq!(goods.stock()[0].left_for(Outflow::Sale), 8);
        assert_eq!(goods.stock()[1].left_for(Outflow::Sale), 2);
    }

    #[test]
    fn a_count_names_every_product_once_from_zero_to_what_was_ordered() {
        let sealed = [entry(ShareType::Products, 1)];
        for (counted, answer) in [
            (vec![("LAMP", 12), ("CHAIR", 0)], Ok(())),
            (vec![("LAMP", 13), ("CHAIR", 0)], Err("count_out_of_range")),
            (vec![("LAMP", -1), ("CHAIR", 0)], Err("count_out_of_range")),
            (vec![("LAMP", 10)], Err("not_counted")),
            (
                vec![("LAMP", 5), ("LAMP", 5), ("CHAIR", 2)],
                Err("counted_twice"),
            ),
            (
                vec![("LAMP", 5), ("CHAIR", 2), ("TABLE", 1)],
                Err("unknown_sku"),
            ),
        ] {
            let received = project().receive(&count(&counted), &sealed, OffsetDateTime::UNIX_EPOCH);
            let received = received.map(drop).map_err(|refusal| refusal.code());
            assert_eq!(received, answer, "{counted:?}");
        }
    }
}
