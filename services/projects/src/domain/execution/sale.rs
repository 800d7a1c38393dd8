//! A sale as the owner reports it; its money comes in by a bank receipt that Accounting matches.

use ids::SaleId;
use money::{Currency, Money};
use serde::Serialize;
use text::Rule;

use super::{ExecutionRefusal, Goods, Outflow};

/// Units of one product, and what they brought in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaleLine {
    /// Of which product.
    pub sku: String,
    /// How many.
    pub units: i64,
    /// After output VAT and selling costs.
    pub net: Money,
}

/// Who bought what for how much. Reported once, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Its id, by which its receipt is matched.
    pub id: SaleId,
    /// Who bought.
    pub buyer: String,
    /// The sum of the lines.
    pub net: Money,
    /// At least one.
    pub lines: Vec<SaleLine>,
}

impl Goods {
    /// Sells what is received and neither allotted, sold nor closed; all lines or none.
    pub fn sell(
        &mut self,
        id: SaleId,
        buyer: &str,
        lines: Vec<SaleLine>,
        currency: Currency,
    ) -> Result<Sale, ExecutionRefusal> {
        let buyer = Rule::line("buyer", 200).read(buyer);
        let buyer = buyer.map_err(|_| ExecutionRefusal::BuyerRequired)?;
        if lines.is_empty() {
            return Err(ExecutionRefusal::NoLines);
        }
        if let Some(line) = lines.iter().find(|line| !line.net.is_positive()) {
            return Err(ExecutionRefusal::NetNotPositive(line.sku.clone()));
        }
        let net = Money::sum(lines.iter().map(|line| line.net), currency)?;
        let units = lines.iter().map(|line| (line.sku.as_str(), line.units));
        self.take(Outflow::Sale, units)?;
        Ok(Sale {
            id,
            buyer,
            net,
            lines,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::execution::goods::tests::lamps_and_chairs;
    use crate::domain::terms::tests::usd;

    fn line(sku: &str, units: i64, net: i64) -> SaleLine {
        SaleLine {
            sku: sku.to_owned(),
            units,
            net: usd(net),
        }
    }

    #[test]
    fn a_sale_takes_its_units_and_adds_up() {
        let mut goods = lamps_and_chairs();
        let lines = vec![line("LAMP", 6, 600), line("CHAIR", 1, 55)];
        let usd_code = "USD".parse().unwrap();
        let sale = goods.sell(SaleId::new(), " Ana ", lines, usd_code).unwrap();
        assert_eq!((sale.buyer.as_str(), sale.net), ("Ana", usd(655)));
        assert_eq!(goods.stock()[0].left_for(Outflow::Sale), 0);
        assert_eq!(goods.stock()[1].left_for(Outflow::Sale), 4);
    }

    #[test]
    fn a_sale_that_is_refused_leaves_every_unit() {
        let eur = SaleLine {
            net: Money::try_new(5, "EUR".parse().unwrap()).unwrap(),
            ..line("LAMP", 1, 5)
        };
        for (buyer, lines, code) in [
            ("Ana", vec![], "no_lines"),
            (" ", vec![line("LAMP", 1, 5)], "buyer_required"),
            ("Ana", vec![line("LAMP", 1, 0)], "net_not_positive"),
            ("Ana", vec![line("LAMP", 1, -5)], "net_not_positive"),
            ("Ana", vec![eur], "currency_mismatch"),
            ("Ana", vec![line("LAMP", 7, 5)], "not_enough_units"),
        ] {
            let mut goods = lamps_and_chairs();
            let answer = goods.sell(SaleId::new(), buyer, lines, "USD".parse().unwrap());
            assert_eq!(answer.unwrap_err().code(), code);
            assert_eq!(goods, lamps_and_chairs());
        }
    }
}
