//! The holder of an allotment takes it, all of it, once.

use ids::{ParticipationId, UserId};

use super::{Counted, ExecutionRefusal, Goods, Outflow};

/// What one participation is handed: frozen at the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allotment {
    /// Whose share it is.
    pub participation: ParticipationId,
    /// Who takes it.
    pub investor: UserId,
    /// Whole units of every product, zero too; in the order of the sheet.
    pub units: Vec<Counted>,
    /// Whether the holder has it.
    pub handed_over: bool,
    /// Whether it was not collected in time, and is sold for its holder.
    pub lapsed: bool,
}

impl Allotment {
    /// The units there are to take.
    pub fn whole_units(&self) -> impl Iterator<Item = &Counted> {
        self.units.iter().filter(|one| one.units > 0)
    }
}

impl Goods {
    /// Records the holder's acceptance; refuses a second time, and an allotment of nothing.
    pub fn hand_over(&mut self, allotment: &mut Allotment) -> Result<(), ExecutionRefusal> {
        if allotment.handed_over {
            return Err(ExecutionRefusal::AlreadyHandedOver);
        }
        if allotment.lapsed {
            return Err(ExecutionRefusal::AllotmentLapsed);
        }
        let units: Vec<_> = allotment.whole_units().collect();
        if units.is_empty() {
            return Err(ExecutionRefusal::NothingAllotted);
        }
        let units = units.iter().map(|one| (one.sku.as_str(), one.units));
        self.take(Outflow::HandOver, units)?;
        allotment.handed_over = true;
        Ok(())
    }

    /// The units of an allotment that nobody collected can be sold from here on. False when there
    /// is nothing to lapse: it was handed over, lapsed before, or has no whole unit.
    pub fn lapse(&mut self, allotment: &mut Allotment) -> bool {
        let has_units = allotment.whole_units().next().is_some();
        if allotment.handed_over || allotment.lapsed || !has_units {
            return false;
        }
        for one in allotment.whole_units() {
            self.give_up(&one.sku, one.units);
        }
        allotment.lapsed = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::execution::goods::tests::lamps_and_chairs;

    fn allotment(lamps: i64) -> Allotment {
        let units = [("LAMP", lamps), ("CHAIR", 0)].map(|(sku, units)| Counted {
            sku: sku.to_owned(),
            units,
        });
        Allotment {
            participation: ParticipationId::new(),
            investor: UserId::new(),
            units: units.into(),
            handed_over: false,
            lapsed: false,
        }
    }

    #[test]
    fn an_allotment_is_taken_once_and_as_a_whole() {
        let (mut goods, mut own) = (lamps_and_chairs(), allotment(4));
        goods.hand_over(&mut own).unwrap();
        assert!(own.handed_over);
        assert_eq!(goods.stock()[0].handed_over, 4);
        let again = goods.hand_over(&mut own);
        assert_eq!(again, Err(ExecutionRefusal::AlreadyHandedOver));
        assert_eq!(goods.stock()[0].handed_over, 4);
        let nothing = goods.hand_over(&mut allotment(0));
        assert_eq!(nothing, Err(ExecutionRefusal::NothingAllotted));
    }

    #[test]
    fn what_nobody_collected_can_be_sold_and_not_be_taken() {
        let (mut goods, mut own, mut other) = (lamps_and_chairs(), allotment(3), allotment(1));
        goods.hand_over(&mut other).unwrap();
        let sellable = |goods: &Goods| goods.stock()[0].left_for(Outflow::Sale);
        let (before, open) = (sellable(&goods), goods.stock()[0].open());
        assert!(goods.lapse(&mut own) && own.lapsed);
        assert_eq!(sellable(&goods), before + 3);
        assert_eq!(
            goods.stock()[0].open(),
            open,
            "it is still to be accounted for"
        );
        let late = goods.hand_over(&mut own);
        assert_eq!(late, Err(ExecutionRefusal::AllotmentLapsed));
        for mut none in [own, other, allotment(0)] {
            let stands = goods.clone();
            assert!(!goods.lapse(&mut none));
            assert_eq!(goods, stands);
        }
    }
}
