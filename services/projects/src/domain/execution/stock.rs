//! The goods of one product in execution: every unit is accounted for.

use super::ExecutionRefusal;

/// How units leave the stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outflow {
    /// To the holder of an allotment.
    HandOver,
    /// To a buyer.
    Sale,
    /// To nobody: damaged, lost, worthless. Four eyes.
    WriteOff,
    /// To the owner, at the terms' price. Four eyes.
    BuyBack,
}

/// Whole units of one product. Invariant: `handed_over <= allotted` and
/// `sold + written_off + bought_back <= received - allotted`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    pub(crate) sku: String,
    pub(crate) received: i64,
    pub(crate) allotted: i64,
    pub(crate) handed_over: i64,
    pub(crate) sold: i64,
    pub(crate) written_off: i64,
    pub(crate) bought_back: i64,
}

impl Stock {
    /// Counted at arrival; `allotted` is the sum of the frozen allotments, never above the count.
    pub(super) fn counted(sku: &str, received: i64, allotted: i64) -> Self {
        debug_assert!((0..=received).contains(&allotted));
        Self {
            sku: sku.to_owned(),
            received,
            allotted,
            handed_over: 0,
            sold: 0,
            written_off: 0,
            bought_back: 0,
        }
    }

    /// Units that may still leave this way.
    #[must_use]
    pub fn left_for(&self, outflow: Outflow) -> i64 {
        match outflow {
            Outflow::HandOver => self.allotted - self.handed_over,
            Outflow::Sale | Outflow::WriteOff | Outflow::BuyBack => {
                let sellable = self.received - self.allotted;
                sellable - self.sold - self.written_off - self.bought_back
            }
        }
    }

    /// Units that COMPLETED does not allow: neither handed over, sold, written off nor bought back.
    #[must_use]
    pub fn open(&self) -> i64 {
        self.left_for(Outflow::HandOver) + self.left_for(Outflow::Sale)
    }

    /// Refuses zero, less, and more units than are left for it.
    pub fn check(&self, outflow: Outflow, units: i64) -> Result<(), ExecutionRefusal> {
        if units <= 0 {
            return Err(ExecutionRefusal::UnitsNotPositive(self.sku.clone()));
        }
        let left = self.left_for(outflow);
        if units > left {
            let sku = self.sku.clone();
            return Err(ExecutionRefusal::NotEnoughUnits { sku, left });
        }
        Ok(())
    }

    /// Takes units out; refuses what [`Stock::check`] refuses.
    pub fn take(&mut self, outflow: Outflow, units: i64) -> Result<(), ExecutionRefusal> {
        self.check(outflow, units)?;
        let counter = match outflow {
            Outflow::HandOver => &mut self.handed_over,
            Outflow::Sale => &mut self.sold,
            Outflow::WriteOff => &mut self.written_off,
            Outflow::BuyBack => &mut self.bought_back,
        };
        *counter += units;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_unit_can_leave_and_not_one_more() {
        let mut stock = Stock::counted("LAMP", 10, 4);
        let none = |left| {
            let sku = "LAMP".to_owned();
            Err(ExecutionRefusal::NotEnoughUnits { sku, left })
        };
        let zero = Err(ExecutionRefusal::UnitsNotPositive("LAMP".to_owned()));
        for (outflow, units, expected) in [
            (Outflow::Sale, 0, zero),
            (Outflow::Sale, 7, none(6)),
            (Outflow::Sale, 3, Ok(())),
            (Outflow::WriteOff, 1, Ok(())),
            (Outflow::BuyBack, 3, none(2)),
            (Outflow::BuyBack, 2, Ok(())),
            (Outflow::HandOver, 5, none(4)),
            (Outflow::HandOver, 3, Ok(())),
        ] {
            let before = stock.clone();
            let answer = stock.take(outflow, units);
            assert_eq!(answer, expected, "{outflow:?} {units}");
            assert!(answer.is_ok() || stock == before);
        }
        assert_eq!(stock.open(), 1);
        stock.take(Outflow::HandOver, 1).unwrap();
        assert_eq!(stock.open(), 0);
    }
}
