//! The count at arrival, which freezes the allotments (domain.md §5 "Goods").

use settlement::{Allotment, Product, SettlementError, Stake};
use thiserror::Error;

use super::{Refusal, Stock};

/// What one count decides, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Whole units per PRODUCTS participation and product, and the fraction left of each.
    pub allotments: Vec<Allotment>,
    /// Each product's stock, in the order of the products.
    pub stock: Vec<Stock>,
}

/// Why a count is refused.
#[derive(Debug, Error)]
pub enum ArrivalError {
    /// The stakes or the products contradict themselves.
    #[error(transparent)]
    Settlement(#[from] SettlementError),
    /// The units do.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Allots the received units among all stakes of the sealed list.
pub fn receive(stakes: &[Stake], products: &[Product]) -> Result<Arrival, ArrivalError> {
    let allotments = settlement::allotments(stakes, products)?;
    let mut stock = Vec::with_capacity(products.len());
    for product in products {
        let own = allotments.iter().filter(|a| a.product == product.product);
        stock.push(Stock::counted(
            product.received,
            own.map(|a| a.units).sum(),
        )?);
    }
    Ok(Arrival { allotments, stock })
}

#[cfg(test)]
mod tests {
    use money::Ppm;
    use settlement::ShareType;
    use time::OffsetDateTime;

    use super::*;
    use crate::domain::Outflow;

    fn stake(participation: &str, share: ShareType, amount_minor: i64) -> Stake {
        Stake {
            participation: participation.into(),
            investor: participation.into(),
            share,
            owner_stake: false,
            amount_minor,
            approved_at: OffsetDateTime::UNIX_EPOCH,
            tax_ppm: Ppm::ZERO,
            paid: settlement::Paid::default(),
        }
    }

    #[test]
    fn whole_units_are_allotted_and_the_rest_is_for_sale() {
        // A third of 100 lamps is 33 and a fraction; the other two thirds want cash.
        let stakes = [
            stake("goods", ShareType::Products, 100),
            stake("cash", ShareType::ProfitOnly, 200),
        ];
        let lamps = Product {
            product: "LAMP".into(),
            ordered: 110,
            landed_cost_minor: 300,
            received: 100,
            sold: 0,
            sold_net_minor: 0,
            bought_back: 0,
        };
        let arrival = receive(&stakes, &[lamps]).unwrap();
        assert_eq!(arrival.allotments.len(), 1);
        assert_eq!(arrival.allotments[0].units, 33);
        assert_eq!(arrival.stock[0].left_for(Outflow::HandOver), 33);
        assert_eq!(arrival.stock[0].left_for(Outflow::Sale), 67);
    }
}
