//! Stock that will not be sold: written off, or bought back by the owner. Four eyes.

use ids::{ClosureId, UserId};
use money::{Money, Ppm};
use strum::{Display, EnumDiscriminants, EnumString, IntoStaticStr};
use text::Rule;

use super::{ExecutionRefusal, Goods, Outflow, Stock};
use crate::domain::{ImportProject, Refusal};

/// How the stock is closed.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(ClosureWord), derive(Display, EnumString, IntoStaticStr))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The word for it in contracts and tables.")]
pub enum ClosureKind {
    /// Nobody gets it.
    WriteOff {
        /// Why, 1 to 500 characters.
        reason: String,
    },
    /// The owner gets it.
    BuyBack {
        /// What the owner owes for it; may be zero.
        price: Money,
    },
}

/// Units of one product that leave the stock once an admin agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Its id, by which a buy-back's receipt is matched.
    pub id: ClosureId,
    /// Of which product.
    pub sku: String,
    /// How many.
    pub units: i64,
    /// How.
    pub kind: ClosureKind,
    /// The admin, once agreed.
    pub agreed_by: Option<UserId>,
}

impl ImportProject {
    /// What the owner owes for units bought back: the terms' rate of their landed cost, rounded
    /// half-even over all units of the product bought back so far, less what was owed for those
    /// before. So the prices of several buy-backs add up to the price of one.
    fn buy_back_price(&self, stock: &Stock, units: i64) -> Result<Money, ExecutionRefusal> {
        let (terms, _) = self.agreed_terms()?;
        let mut products = self.costing.products.iter();
        let product = products
            .find(|product| product.sku == stock.sku)
            .ok_or_else(|| ExecutionRefusal::UnknownSku(stock.sku.clone()))?;
        let price_of = |units: i64| {
            let num = i128::from(units) * i128::from(terms.buyback.parts());
            let den = i128::from(product.quantity) * Ppm::SCALE;
            product.landed_cost.mul_ratio(num, den)
        };
        let before = price_of(stock.bought_back)?;
        Ok(price_of(stock.bought_back + units)?.checked_sub(before)?)
    }
}

/// An admin's word on what the owner proposed.
#[derive(Clone, Copy, Debug)]
pub struct SecondPerson<'a> {
    /// The admin.
    pub admin: UserId,
    /// Everybody with money in the project.
    pub participants: &'a [UserId],
}

impl SecondPerson<'_> {
    /// Four eyes: neither the owner nor a participant.
    pub(in crate::domain) fn check(&self, project: &ImportProject) -> Result<(), Refusal> {
        if self.admin == project.owner {
            return Err(Refusal::IsOwner);
        }
        if self.participants.contains(&self.admin) {
            return Err(Refusal::IsParticipant);
        }
        Ok(())
    }
}

impl Goods {
    /// The owner wants units written off. They stay in the stock until an admin agrees.
    pub fn propose_write_off(
        &self,
        id: ClosureId,
        (sku, units): (String, i64),
        reason: &str,
    ) -> Result<Closure, ExecutionRefusal> {
        let reason = Rule::long("reason", 500).read(reason);
        let reason = reason.map_err(|_| ExecutionRefusal::ReasonRequired)?;
        self.of(&sku)?.check(Outflow::WriteOff, units)?;
        Ok(Closure {
            id,
            sku,
            units,
            kind: ClosureKind::WriteOff { reason },
            agreed_by: None,
        })
    }

    /// The owner wants units for themselves. They stay in the stock until an admin agrees.
    pub fn propose_buy_back(
        &self,
        id: ClosureId,
        (sku, units): (String, i64),
        project: &ImportProject,
    ) -> Result<Closure, ExecutionRefusal> {
        let stock = self.of(&sku)?;
        stock.check(Outflow::BuyBack, units)?;
        let price = project.buy_back_price(stock, units)?;
        Ok(Closure {
            id,
            sku,
            units,
            kind: ClosureKind::BuyBack { price },
            agreed_by: None,
        })
    }

    /// Takes the units out; a buy-back gets the price that is owed from now on. Refuses a second
    /// time, and units that were sold meanwhile.
    pub fn agree(
        &mut self,
        closure: &mut Closure,
        project: &ImportProject,
        second: &SecondPerson<'_>,
    ) -> Result<(), ExecutionRefusal> {
        second.check(project)?;
        if closure.agreed_by.is_some() {
            return Err(ExecutionRefusal::AlreadyAgreed);
        }
        let outflow = match closure.kind {
            ClosureKind::WriteOff { .. } => Outflow::WriteOff,
            ClosureKind::BuyBack { .. } => Outflow::BuyBack,
        };
        let stock = self.of(&closure.sku)?;
        stock.check(outflow, closure.units)?;
        if let ClosureKind::BuyBack { price } = &mut closure.kind {
            *price = project.buy_back_price(stock, closure.units)?;
        }
        self.take(outflow, [(closure.sku.as_str(), closure.units)])?;
        closure.agreed_by = Some(second.admin);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::execution::goods::tests::{lamps_and_chairs, project};
    use crate::domain::terms::tests::usd;

    fn price(closure: &Closure) -> Money {
        match &closure.kind {
            ClosureKind::BuyBack { price } => *price,
            ClosureKind::WriteOff { .. } => panic!("a buy-back"),
        }
    }

    fn anybody() -> SecondPerson<'static> {
        SecondPerson {
            admin: UserId::new(),
            participants: &[],
        }
    }

    #[test]
    fn several_buy_backs_cost_together_what_one_would() {
        let (mut goods, project, second) = (lamps_and_chairs(), project(), anybody());
        // Half a cent each, half-even over all units so far: 0.5, 1, 1.5, 2 -> 0, 1, 2, 2.
        for owed in [0, 1, 1, 0] {
            let chair = ("CHAIR".to_owned(), 1);
            let mut one = goods
                .propose_buy_back(ClosureId::new(), chair, &project)
                .unwrap();
            goods.agree(&mut one, &project, &second).unwrap();
            assert_eq!(
                (price(&one), one.agreed_by),
                (usd(owed), Some(second.admin))
            );
        }
        let four = lamps_and_chairs()
            .propose_buy_back(ClosureId::new(), ("CHAIR".to_owned(), 4), &project)
            .unwrap();
        assert_eq!(price(&four), usd(2));
    }

    #[test]
    fn stock_is_closed_by_a_second_person_without_money_in_it_and_once() {
        let (mut goods, project, investor) = (lamps_and_chairs(), project(), UserId::new());
        let lamps = ("LAMP".to_owned(), 6);
        let mut closure = goods
            .propose_write_off(ClosureId::new(), lamps.clone(), " burnt ")
            .unwrap();
        assert_eq!(goods, lamps_and_chairs(), "a proposal takes nothing");
        for (admin, code) in [(project.owner, "is_owner"), (investor, "is_participant")] {
            let second = SecondPerson {
                admin,
                participants: &[investor],
            };
            let answer = goods.agree(&mut closure, &project, &second);
            assert_eq!(answer.unwrap_err().code(), code);
            assert_eq!((&goods, closure.agreed_by), (&lamps_and_chairs(), None));
        }
        goods.agree(&mut closure, &project, &anybody()).unwrap();
        assert_eq!(goods.stock()[0].written_off, 6);
        let again = goods.agree(&mut closure, &project, &anybody());
        assert_eq!(again, Err(ExecutionRefusal::AlreadyAgreed));
        for (units, reason, code) in [
            (lamps, "burnt", "not_enough_units"),
            (("CHAIR".to_owned(), 1), " ", "reason_required"),
        ] {
            let late = goods.propose_write_off(ClosureId::new(), units, reason);
            assert_eq!(late.unwrap_err().code(), code);
        }
    }

    #[test]
    fn what_was_sold_meanwhile_can_t_be_closed() {
        let (mut goods, project) = (lamps_and_chairs(), project());
        let mut closure = goods
            .propose_buy_back(ClosureId::new(), ("LAMP".to_owned(), 6), &project)
            .unwrap();
        goods.take(Outflow::Sale, [("LAMP", 1)]).unwrap();
        let before = (goods.clone(), closure.clone());
        let answer = goods.agree(&mut closure, &project, &anybody());
        assert_eq!(answer.unwrap_err().code(), "not_enough_units");
        assert_eq!((goods, closure), before);
    }
}
