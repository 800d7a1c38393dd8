//! Goods: whole units to the PRODUCTS participations, and cash for what is left of a unit.

use money::Ppm;
use serde::{Deserialize, Serialize};

use crate::exact::{mul, part, split, sum};
use crate::input::{ranked, total_minor};
use crate::run::FractionPaid;
use crate::{Product, Ratio, RunInput, SettlementError, ShareType, Stake, Terms};

/// The units of one product that one PRODUCTS participation is handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allotment {
    /// Whose.
    pub participation: String,
    /// Of what.
    pub product: String,
    /// Whole units, `floor(s_i * received_j)`.
    pub units: i64,
    /// What is left of a unit, `s_i * received_j - units`, settled in cash.
    pub fraction: Ratio,
}

/// What GoodsReceived freezes: per product, and per PRODUCTS participation in the order in which
/// ties are broken. `s_i` is the share in all stakes, so all stakes must be given.
pub fn allotments(
    stakes: &[Stake],
    products: &[Product],
) -> Result<Vec<Allotment>, SettlementError> {
    stakes.iter().try_for_each(Stake::check)?;
    products.iter().try_for_each(Product::check)?;
    let stakes = ranked(stakes);
    let total = total_minor(&stakes)?;
    let mut allotments = Vec::new();
    for product in products {
        for stake in stakes.iter().filter(|s| s.share == ShareType::Products) {
            let exact = mul(stake.amount_minor.into(), product.received.into())?;
            allotments.push(Allotment {
                participation: stake.participation.clone(),
                product: product.product.clone(),
                units: crate::exact::minor(exact / i128::from(total))?,
                fraction: Ratio {
                    num: exact % i128::from(total),
                    den: total.into(),
                },
            });
        }
    }
    Ok(allotments)
}

/// What the owner pays for the units bought back: their landed cost at `buyback_ppm`, half-even.
/// It is part of the proceeds.
pub fn buyback_minor(product: &Product, terms: &Terms) -> Result<i64, SettlementError> {
    let rate = mul(product.bought_back.into(), terms.buyback_ppm.parts().into())?;
    let den = mul(product.ordered.into(), Ppm::SCALE)?;
    part(product.landed_cost_minor, rate, den)
}

/// The cash for fractions.
pub(crate) struct Fractions {
    /// Per stake, in the order given: one entry for each product with a fraction and a price.
    pub paid: Vec<Vec<FractionPaid>>,
    /// Their value together.
    pub value_minor: i64,
}

/// Values and splits the fractions, and the allotments that lapsed with them, product by product,
/// in the order of the product's names.
pub(crate) fn fractions(input: &RunInput, stakes: &[&Stake]) -> Result<Fractions, SettlementError> {
    let total = i128::from(total_minor(stakes)?);
    let mut fractions = Fractions {
        paid: vec![Vec::new(); stakes.len()],
        value_minor: 0,
    };
    let mut products: Vec<&Product> = input.products.iter().collect();
    products.sort_by(|a, b| a.product.cmp(&b.product));
    for product in products {
        let mut weights = Vec::with_capacity(stakes.len());
        for stake in stakes {
            weights.push(match stake.share {
                ShareType::Products => {
                    let exact = mul(stake.amount_minor.into(), product.received.into())?;
                    let lapsed = stake.lapsed.get(&product.product).copied();
                    exact % total + mul(lapsed.unwrap_or_default().into(), total)?
                }
                ShareType::ProfitOnly => 0,
            });
        }
        let Some(value) = value(product, &input.terms, weights.iter().sum(), total)? else {
            continue;
        };
        fractions.value_minor = sum([fractions.value_minor, value])?;
        for (i, cash_minor) in split(value, &weights)?.into_iter().enumerate() {
            if weights[i] == 0 {
                continue;
            }
            let ordered = mul(total, product.ordered.into())?;
            fractions.paid[i].push(FractionPaid {
                product: product.product.clone(),
                fraction: Ratio {
                    num: weights[i],
                    den: total,
                },
                cash_minor,
                landed_minor: part(product.landed_cost_minor, weights[i], ordered)?,
            });
        }
    }
    Ok(fractions)
}

/// The fractions' value at the realised net unit price, sold and bought back together. Never above
/// what the product brought in: a fraction of a unit that was written off is worth nothing. None
/// when nothing of it was sold or bought back.
fn value(
    product: &Product,
    terms: &Terms,
    fractions: i128,
    total: i128,
) -> Result<Option<i64>, SettlementError> {
    let realised = product.sold + product.bought_back;
    if realised == 0 {
        return Ok(None);
    }
    let net = sum([product.sold_net_minor, buyback_minor(product, terms)?])?;
    let exact = part(net, fractions, mul(total, realised.into())?)?;
    Ok(Some(exact.min(net)))
}
