//! All goods of a project. Whoever changes them holds the project's lock, so that two sales at once
//! never sell one unit twice.

use super::{ExecutionRefusal, Outflow, Stock};
use crate::domain::{ImportProject, Liquidation, ProjectState};

/// Every product's stock, in the order of the sheet; there is none before the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goods {
    stock: Vec<Stock>,
}

impl Goods {
    /// As counted, or as stored.
    #[must_use]
    pub fn restore(stock: Vec<Stock>) -> Self {
        Self { stock }
    }

    /// Product by product.
    #[must_use]
    pub fn stock(&self) -> &[Stock] {
        &self.stock
    }

    /// One product's stock; refuses a product that is not the project's.
    pub(super) fn of(&self, sku: &str) -> Result<&Stock, ExecutionRefusal> {
        let found = self.stock.iter().find(|stock| stock.sku == sku);
        found.ok_or_else(|| ExecutionRefusal::UnknownSku(sku.to_owned()))
    }

    /// All of these units, or none of them.
    pub(super) fn take<'a>(
        &mut self,
        outflow: Outflow,
        units: impl IntoIterator<Item = (&'a str, i64)>,
    ) -> Result<(), ExecutionRefusal> {
        let mut left = self.stock.clone();
        for (sku, units) in units {
            let stock = left.iter_mut().find(|stock| stock.sku == sku);
            stock
                .ok_or_else(|| ExecutionRefusal::UnknownSku(sku.to_owned()))?
                .take(outflow, units)?;
        }
        self.stock = left;
        Ok(())
    }

    /// These units are nobody's allotment any more.
    pub(super) fn give_up(&mut self, sku: &str, units: i64) {
        for stock in self.stock.iter_mut().filter(|stock| stock.sku == sku) {
            stock.allotted -= units;
        }
    }
}

impl ImportProject {
    /// Goods move in execution, and in the liquidation of a project that was cancelled there.
    pub fn check_goods_move(&self) -> Result<(), ExecutionRefusal> {
        match (self.state, self.liquidation) {
            (ProjectState::InExecution, _) | (ProjectState::Cancelled, Liquidation::Open) => Ok(()),
            (state, _) => Err(ExecutionRefusal::NotInExecution(state)),
        }
    }
}

#[cfg(test)]
pub(in crate::domain) mod tests {
    use costing::{Product, Rates, Sheet};
    use ids::{ProjectId, UserId};
    use money::Ppm;
    use strum::IntoEnumIterator;
    use time::OffsetDateTime;

    use super::*;
    use crate::domain::Description;
    use crate::domain::terms::tests::good;

    /// Twelve lamps at 1.00 and five chairs at 0.01, nothing else; bought back at half.
    pub fn project() -> ImportProject {
        let currency = "USD".parse().unwrap();
        let product = |sku: &str, quantity, unit_price: &str| Product {
            sku: sku.into(),
            name: sku.into(),
            hs_code: "9405.21".into(),
            quantity,
            unit: "piece".into(),
            unit_price: unit_price.parse().unwrap(),
            currency,
            unit_weight: "1".parse().unwrap(),
            unit_volume: "1".parse().unwrap(),
            duty: Ppm::ZERO,
            planned_price: None,
        };
        let sheet = Sheet {
            currency,
            rates: Rates::new(),
            products: vec![product("LAMP", 12, "1"), product("CHAIR", 5, "0.01")],
            lines: vec![],
        };
        let description = Description {
            name: "Lamps".into(),
            summary: String::new(),
            risk_text: "You may lose all.".into(),
            jurisdiction: "PE".into(),
        };
        let at = OffsetDateTime::UNIX_EPOCH;
        let (id, owner) = (ProjectId::new(), UserId::new());
        let mut project = ImportProject::create(id, owner, description, sheet, at).unwrap();
        let mut terms = good();
        terms.products_ticket_min = None;
        (terms.contingency, terms.platform_fee) = (Ppm::ZERO, Ppm::ZERO);
        terms.buyback = Ppm::new(500_000);
        project.set_terms(terms).unwrap();
        project.state = ProjectState::InExecution;
        project
    }

    /// Ten lamps, of which four are allotted, and five chairs.
    pub fn lamps_and_chairs() -> Goods {
        Goods::restore(vec![
            Stock::counted("LAMP", 10, 4),
            Stock::counted("CHAIR", 5, 0),
        ])
    }

    #[test]
    fn all_units_leave_or_none() {
        let mut goods = lamps_and_chairs();
        for (units, code) in [
            (vec![("LAMP", 6), ("CHAIR", 6)], "not_enough_units"),
            (vec![("LAMP", 3), ("LAMP", 4)], "not_enough_units"),
            (vec![("LAMP", 6), ("TABLE", 1)], "unknown_sku"),
        ] {
            let refusal = goods.take(Outflow::Sale, units).unwrap_err();
            assert_eq!(refusal.code(), code);
            assert_eq!(goods, lamps_and_chairs());
        }
        let all = [("LAMP", 3), ("LAMP", 3), ("CHAIR", 5)];
        goods.take(Outflow::Sale, all).unwrap();
        let left: Vec<i64> = goods.stock().iter().map(Stock::open).collect();
        assert_eq!(left, [4, 0]);
    }

    #[test]
    fn goods_move_in_execution_and_in_a_liquidation_only() {
        let mut project = project();
        for state in ProjectState::iter() {
            project.state = state;
            let executed = state == ProjectState::InExecution;
            project.liquidation = Liquidation::None;
            assert_eq!(project.check_goods_move().is_ok(), executed, "{state}");
            let cancelled = state == ProjectState::Cancelled;
            project.liquidation = Liquidation::Open;
            let moves = project.check_goods_move().is_ok();
            assert_eq!(moves, executed || cancelled, "{state}");
        }
    }
}
