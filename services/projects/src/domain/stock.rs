//! The goods of one product in execution: every unit is accounted for (domain.md §5 "Goods").

use ids::UserId;

use super::Refusal;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    pub(crate) received: i64,
    pub(crate) allotted: i64,
    pub(crate) handed_over: i64,
    pub(crate) sold: i64,
    pub(crate) written_off: i64,
    pub(crate) bought_back: i64,
}

impl Stock {
    /// Counted at arrival; `allotted` is the sum of the frozen allotments.
    pub fn counted(received: i64, allotted: i64) -> Result<Self, Refusal> {
        if allotted < 0 || received < allotted {
            return Err(Refusal::ImpossibleCount);
        }
        Ok(Self {
            received,
            allotted,
            ..Self::default()
        })
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

    /// Takes units out; refuses more than are left for it.
    pub fn take(&mut self, outflow: Outflow, units: i64) -> Result<(), Refusal> {
        if units <= 0 {
            return Err(Refusal::UnitsNotPositive);
        }
        let left = self.left_for(outflow);
        if units > left {
            return Err(Refusal::NotEnoughUnits { left });
        }
        let counter = match outflow {
            Outflow::HandOver => &mut self.handed_over,
            Outflow::Sale => &mut self.sold,
            Outflow::WriteOff => &mut self.written_off,
            Outflow::BuyBack => &mut self.bought_back,
        };
        *counter += units;
        Ok(())
    }

    /// Refuses while a unit is open: COMPLETED needs
    /// `received = handed over + sold + written off + bought back`.
    pub fn check_closed(&self) -> Result<(), Refusal> {
        let units = self.left_for(Outflow::HandOver) + self.left_for(Outflow::Sale);
        if units == 0 {
            Ok(())
        } else {
            Err(Refusal::StockOpen { units })
        }
    }

    /// Four eyes over a write-off or a buy-back: who agrees is neither its proposer nor the owner.
    pub fn check_agreeing(
        agreeing: UserId,
        proposer: UserId,
        owner: UserId,
    ) -> Result<(), Refusal> {
        if agreeing == owner {
            Err(Refusal::IsOwner)
        } else if agreeing == proposer {
            Err(Refusal::IsProposer)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_unit_can_leave_and_not_one_more() {
        let mut stock = Stock::counted(10, 4).unwrap();
        for (outflow, units, expected) in [
            (Outflow::Sale, 0, Err(Refusal::UnitsNotPositive)),
            (Outflow::Sale, 7, Err(Refusal::NotEnoughUnits { left: 6 })),
            (Outflow::Sale, 3, Ok(())),
            (Outflow::WriteOff, 1, Ok(())),
            (
                Outflow::BuyBack,
                3,
                Err(Refusal::NotEnoughUnits { left: 2 }),
            ),
            (Outflow::BuyBack, 2, Ok(())),
            (
                Outflow::HandOver,
                5,
                Err(Refusal::NotEnoughUnits { left: 4 }),
            ),
            (Outflow::HandOver, 3, Ok(())),
        ] {
            assert_eq!(stock.take(outflow, units), expected, "{outflow:?} {units}");
        }
        assert_eq!(stock.check_closed(), Err(Refusal::StockOpen { units: 1 }));
        stock.take(Outflow::HandOver, 1).unwrap();
        assert_eq!(stock.check_closed(), Ok(()));
    }

    #[test]
    fn nobody_is_allotted_what_did_not_arrive() {
        assert_eq!(Stock::counted(3, 4), Err(Refusal::ImpossibleCount));
        assert_eq!(Stock::counted(3, -1), Err(Refusal::ImpossibleCount));
        assert_eq!(Stock::counted(0, 0).unwrap().check_closed(), Ok(()));
    }

    #[test]
    fn a_stock_closure_needs_a_second_person() {
        let (agreeing, proposer, owner) = (UserId::new(), UserId::new(), UserId::new());
        let check = Stock::check_agreeing;
        assert_eq!(check(agreeing, proposer, owner), Ok(()));
        assert_eq!(check(proposer, proposer, owner), Err(Refusal::IsProposer));
        assert_eq!(check(owner, proposer, owner), Err(Refusal::IsOwner));
    }
}
