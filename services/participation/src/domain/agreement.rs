//! What an investor signs: a text made of a versioned template and the offering's own terms, the
//! same for everybody who asks for the same.

use ids::UserId;
use money::Money;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use time::format_description::well_known::Rfc3339;

use super::{Conditions, Offering, Refusal, ShareType};

/// Of the templates; another wording is another version.
pub const AGREEMENT_VERSION: &str = "1";

/// What an agreement is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Language {
    /// Spanish.
    Es,
    /// English.
    En,
}

impl Language {
    const fn template(self) -> &'static str {
        match self {
            Self::Es => include_str!("../../agreement/v1.es.txt"),
            Self::En => include_str!("../../agreement/v1.en.txt"),
        }
    }

    const fn kind(self, share_type: ShareType) -> &'static str {
        match (self, share_type) {
            (Self::Es, ShareType::Products) => "productos",
            (Self::Es, ShareType::ProfitOnly) => "solo ganancia",
            (Self::En, ShareType::Products) => "products",
            (Self::En, ShareType::ProfitOnly) => "profit only",
        }
    }

    const fn gets(self, share_type: ShareType) -> &'static str {
        match (self, share_type) {
            (Self::Es, ShareType::Products) => {
                "Su parte de las mercancías que lleguen, en unidades enteras, según su parte del \
                 capital; las fracciones se pagan en dinero, y el capital no gastado se devuelve."
            }
            (Self::Es, ShareType::ProfitOnly) => {
                "Su capital, y después su parte de la ganancia de las ventas según su parte del \
                 capital, tras las comisiones y los impuestos retenidos que siguen."
            }
            (Self::En, ShareType::Products) => {
                "Their part of the goods that arrive, in whole units, by their part of the \
                 capital; fractions are paid in money, and unspent capital is returned."
            }
            (Self::En, ShareType::ProfitOnly) => {
                "Their capital, and then their part of the profit of the sales by their part of \
                 the capital, after the fees and the withheld taxes below."
            }
        }
    }

    const fn conditions(self) -> &'static str {
        match self {
            Self::Es => {
                "9. Condiciones. Parte de los inversionistas en la ganancia: {investor_share} %. \
                 Comisión de éxito sobre la ganancia: {success_fee} %. Retención de impuestos: \
                 {withholding} %. Retenido del pago: {holdback} % por {holdback_days} días. \
                 Recompra del dueño: {buyback} % del costo en destino. Recojo de mercancías: \
                 {collection_days} días. El proyecto financiado se aprueba en {approval_days} \
                 días y comienza en {start_days} días, o se cancela.\n\n"
            }
            Self::En => {
                "9. Conditions. The investors' part of the profit: {investor_share} %. Success \
                 fee on the profit: {success_fee} %. Taxes withheld: {withholding} %. Held back of \
                 a payment: {holdback} % for {holdback_days} days. The owner's buy-back: \
                 {buyback} % of the landed cost. Goods are collected within {collection_days} \
                 days. The funded project is approved within {approval_days} days and begins \
                 within {start_days} days, or is cancelled.\n\n"
            }
        }
    }
}

/// Who signs for what.
#[derive(Clone, Copy, Debug)]
pub struct Signer {
    /// Whose money.
    pub investor: UserId,
    /// How much, as it is asked for.
    pub amount: Money,
    /// Goods or profit.
    pub share_type: ShareType,
}

impl Offering {
    /// The text. Refuses an amount of another currency.
    pub fn agreement(&self, signer: Signer, language: Language) -> Result<String, Refusal> {
        signer.amount.minor_in(self.state.currency)?;
        let state = &self.state;
        let terms = &state.terms;
        let deadline = terms.deadline.format(&Rfc3339);
        let conditions = terms.conditions.as_ref();
        let values = [
            (
                "conditions",
                conditions.map_or(String::new(), |all| listed(all, language)),
            ),
            ("version", AGREEMENT_VERSION.to_owned()),
            (
                "name",
                conditions.map_or(String::new(), |all| all.name.clone()),
            ),
            ("project", state.project.to_string()),
            ("owner", state.owner.to_string()),
            ("investor", signer.investor.to_string()),
            ("amount", in_words(signer.amount)),
            ("type", language.kind(signer.share_type).to_owned()),
            ("goal", in_words(self.amount(state.goal_minor))),
            ("decision_hours", terms.decision_hours.to_string()),
            ("deadline", deadline.expect("a year of four digits")),
            ("cooling_off_hours", terms.cooling_off_hours.to_string()),
            ("gets", language.gets(signer.share_type).to_owned()),
            ("first_loss", in_words(self.limit(terms.first_loss_minor)?)),
        ];
        Ok(filled(language.template(), &values))
    }
}

fn listed(conditions: &Conditions, language: Language) -> String {
    let Conditions {
        name: _,
        investor_share_ppm,
        success_fee_ppm,
        tax_withholding_ppm,
        holdback_ppm,
        holdback_days,
        buyback_ppm,
        collection_days,
        approval_days,
        start_days,
    } = conditions;
    let values = [
        ("investor_share", investor_share_ppm.percent()),
        ("success_fee", success_fee_ppm.percent()),
        ("withholding", tax_withholding_ppm.percent()),
        ("holdback", holdback_ppm.percent()),
        ("holdback_days", holdback_days.to_string()),
        ("buyback", buyback_ppm.percent()),
        ("collection_days", collection_days.to_string()),
        ("approval_days", approval_days.to_string()),
        ("start_days", start_days.to_string()),
    ];
    filled(language.conditions(), &values)
}

/// Each name in braces is replaced once, from left to right: what a value says is never read as a
/// name again.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').expect("a template closes its braces");
        let value = values.iter().find(|(own, _)| *own == name);
        text += &value.expect("a template names what there is").1;
        text += rest;
    }
    text
}

fn in_words(amount: Money) -> String {
    format!("{amount} {}", amount.currency().code())
}

#[cfg(test)]
mod tests {
    use money::Ppm;
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::domain::samples::{offering, usd};

    #[test]
    fn each_language_says_who_signs_for_what_and_that_less_may_be_taken() {
        let mut offering = offering(1_000);
        offering.state.terms.conditions = Some(Conditions {
            name: "Home {goal} goods".to_owned(),
            investor_share_ppm: Ppm::new(800_000),
            success_fee_ppm: Ppm::new(50_000),
            tax_withholding_ppm: Ppm::ZERO,
            holdback_ppm: Ppm::ZERO,
            holdback_days: 0,
            buyback_ppm: Ppm::new(600_000),
            collection_days: 15,
            approval_days: 30,
            start_days: 30,
        });
        let signer = Signer {
            investor: UserId::new(),
            amount: usd(400),
            share_type: ShareType::Products,
        };
        for language in Language::iter() {
            let text = offering.agreement(signer, language).unwrap();
            let less = match language {
                Language::Es => "monto menor",
                Language::En => "smaller amount",
            };
            for said in ["4.00 USD", "Home {goal} goods", "80", less] {
                assert!(text.contains(said), "{said} in {text}");
            }
            assert!(text.contains(&signer.investor.to_string()));
            let other = Signer {
                amount: usd(401),
                ..signer
            };
            assert_ne!(offering.agreement(other, language).unwrap(), text);
        }
    }

    #[test]
    fn an_offering_from_before_agreements_has_one_too() {
        let signer = Signer {
            investor: UserId::new(),
            amount: usd(400),
            share_type: ShareType::ProfitOnly,
        };
        let text = offering(1_000).agreement(signer, Language::En).unwrap();
        assert!(text.contains("10.00 USD") && !text.contains("9. Conditions"));
    }
}
