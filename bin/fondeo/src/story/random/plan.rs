//! What a walk sets out to do: its cast, its goods, its costs and its terms.

use std::fmt::Write as _;

use authz::Role;
use serde_json::{Value, json};

use super::command::{Dice, money};
use super::crowd::Crowd;

/// Drawn once, before the first step.
#[expect(clippy::struct_excessive_bools, reason = "each is drawn by itself")]
pub struct Plan {
    /// Whose project it is.
    pub owner: String,
    /// Who may ask for shares; another project's owner may be among them.
    pub investors: Vec<String>,
    /// With none, two or three decimals.
    pub currency: String,
    /// Ordered units, by product.
    pub products: Vec<(String, i64)>,
    /// The goods sheet.
    pub goods: String,
    /// The cost sheet.
    pub costs: String,
    terms: Value,
    with_products: bool,
    with_first_loss: bool,
    with_max_ticket: bool,
    /// Whether somebody is inclined to give it up.
    pub ends_early: bool,
}

/// With two, none and three decimals, and how often each.
pub const CURRENCIES: [(u32, &str); 3] = [(6, "USD"), (2, "CLP"), (2, "KWD")];

impl Plan {
    /// Another one for each walk.
    pub fn draw(dice: &mut Dice, crowd: &Crowd) -> Self {
        let owners = crowd.all(Role::Owner);
        let owner = dice.one(&owners).cloned().unwrap_or_default();
        let mut others = crowd.all(Role::Investor);
        others.extend(owners.iter().filter(|other| **other != owner).cloned());
        let count = dice.range(2, 5);
        let mut investors: Vec<String> = Vec::new();
        for _ in 0..count {
            investors.extend(dice.one(&others).cloned());
        }
        investors.sort();
        investors.dedup();
        let currency = dice
            .weighted(&CURRENCIES)
            .copied()
            .unwrap_or("USD")
            .to_owned();
        let products: Vec<(String, i64)> = (0..dice.range(1, 3))
            .map(|at| (format!("P-{at}"), dice.range(3, 60)))
            .collect();
        let (goods, costs) = sheets(dice, &currency, &products);
        let terms = terms(dice, &currency);
        Self {
            owner,
            investors,
            products,
            goods,
            costs,
            terms,
            with_products: dice.one_in(2),
            with_first_loss: dice.one_in(3),
            with_max_ticket: dice.one_in(4),
            ends_early: dice.one_in(3),
            currency,
        }
    }

    /// The terms as far as they can be said before the goal is known, and then all of them.
    pub fn terms(&self, goal: Option<i64>) -> Value {
        let mut terms = self.terms.clone();
        terms["minTicket"] = money(&self.currency, 1);
        let Some(goal) = goal else { return terms };
        terms["minTicket"] = money(&self.currency, goal / 40 + 1);
        let fewest = self
            .products
            .iter()
            .map(|(_, units)| *units)
            .min()
            .unwrap_or(1);
        if self.with_products {
            terms["productsAllowed"] = true.into();
            terms["productsTicketMin"] = money(&self.currency, goal / fewest + 1);
        }
        if self.with_first_loss {
            terms["firstLoss"] = money(&self.currency, goal / 10);
        }
        if self.with_max_ticket {
            terms["maxTicket"] = money(&self.currency, goal / 2 + 1);
        }
        terms
    }
}

fn terms(dice: &mut Dice, currency: &str) -> Value {
    let holdback = dice.one_in(4);
    let either = |dice: &mut Dice, of: &[i64]| dice.one(of).copied();
    json!({
        "marginPpm": dice.range(0, 500_000),
        "financeRecoverable": dice.one_in(2),
        "contingencyPpm": either(dice, &[0, 5_000, 33_333]),
        "platformFeePpm": either(dice, &[0, 10_000, 30_001]),
        "investorSharePpm": either(dice, &[1_000_000, 800_000, 333_333]),
        "successFeePpm": either(dice, &[0, 50_000, 77_777]),
        "taxWithholdingPpm": either(dice, &[0, 50_000]),
        "firstLoss": money(currency, 0),
        "holdbackPpm": if holdback { 50_000 } else { 0 },
        "holdbackDays": if holdback { 3 } else { 0 },
        "buybackPpm": either(dice, &[0, 600_000, 1_000_001]),
        "coolingOffHours": either(dice, &[0, 1, 24, 96]),
        "decisionHours": either(dice, &[24, 72, 200]),
        "fundingDays": dice.range(2, 20),
        "approvalDays": dice.range(4, 30),
        "startDays": dice.range(4, 30),
        "collectionDays": dice.range(1, 20),
        "productsAllowed": false,
    })
}

fn sheets(dice: &mut Dice, currency: &str, products: &[(String, i64)]) -> (String, String) {
    let mut goods = "sku,name,hs_code,quantity,unit,unit_price,currency,unit_weight_kg,\
                     unit_volume_m3,duty_rate_pct\n"
        .to_owned();
    for (sku, units) in products {
        let (price, duty) = (dice.range(1, 90), dice.range(0, 11));
        writeln!(
            goods,
            "{sku},Goods {sku},8516.60,{units},unit,{price},{currency},1.5,0.02,{duty}"
        )
        .expect("memory");
    }
    let (freight, trucks) = (dice.range(1, 300), dice.range(1, 90));
    let costs = format!(
        "kind,name,amount,currency,rate_pct,base,allocation,recoverable\n\
         FREIGHT,Ocean freight,{freight},{currency},,,BY_VOLUME,no\n\
         CUSTOMS_DUTY,Duty,,{currency},per_product,CIF,PER_PRODUCT,no\n\
         VAT,Value added tax,,{currency},18,CIF_PLUS_DUTY,PER_PRODUCT,yes\n\
         INLAND_TRANSPORT,Trucks,{trucks},{currency},,,BY_WEIGHT,no\n"
    );
    (goods, costs)
}
