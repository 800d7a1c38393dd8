//! What holds for every sheet: parts add up to lines, landed costs to the total cost.

use costing::{
    AllocationKey, Charge, CostLine, Costing, Kind, Product, Rate, Rates, Sheet, compute,
};
use money::{Currency, Measure, Money, Ppm, UnitPrice};
use proptest::prelude::*;

fn products() -> impl Strategy<Value = Vec<Product>> {
    let one = (
        1_u32..100_000,
        1_i128..100_000_000,
        1_i128..90_000_000,
        0_u32..400_000,
    );
    proptest::collection::vec(one, 1..8).prop_map(|rows| {
        let product = |(index, (quantity, price, measure, duty))| Product {
            sku: format!("P{index}"),
            name: "Goods".into(),
            hs_code: "1234.56".into(),
            quantity,
            unit: "unit".into(),
            unit_price: UnitPrice::from_scaled(price).expect("in range"),
            currency: Currency::USD,
            unit_weight: Measure::from_scaled(measure).expect("in range"),
            unit_volume: Measure::from_scaled(measure / 7 + 1).expect("in range"),
            duty: Ppm::new(duty),
            planned_price: None,
        };
        rows.into_iter().enumerate().map(product).collect()
    })
}

/// Lines of every kind, base and key; those that contradict themselves are left out.
fn lines() -> impl Strategy<Value = Vec<CostLine>> {
    let kinds = [
        Kind::Freight,
        Kind::Insurance,
        Kind::CustomsDuty,
        Kind::Excise,
        Kind::Vat,
        Kind::TaxAdvance,
        Kind::Storage,
        Kind::Contingency,
        Kind::PlatformFee,
    ];
    let bases = costing::Base::NAMES.map(|name| name.parse().expect(name));
    let keys = [
        AllocationKey::ByValue,
        AllocationKey::ByQuantity,
        AllocationKey::ByWeight,
        AllocationKey::ByVolume,
        AllocationKey::ByCif,
        AllocationKey::Equal,
        AllocationKey::PerProduct,
        AllocationKey::PerDocument,
    ];
    let rate = prop_oneof![
        4 => (1_u32..500_000).prop_map(|parts| Rate::Ppm(Ppm::new(parts))),
        1 => Just(Rate::PerProduct),
    ];
    let charge = prop_oneof![
        (1_i64..100_000_000)
            .prop_map(|m| Charge::Fixed(Money::try_new(m, Currency::USD).expect("small"))),
        (rate, proptest::sample::select(bases.to_vec()))
            .prop_map(|(rate, base)| Charge::Rate { rate, base }),
    ];
    let kind = proptest::sample::select(kinds.to_vec());
    let key = proptest::sample::select(keys.to_vec());
    let line = (kind, charge, key, any::<bool>(), any::<bool>()).prop_map(
        |(kind, charge, allocation, recoverable, in_vat_base)| {
            let name = "Line".into();
            CostLine {
                kind,
                name,
                charge,
                allocation,
                recoverable,
                in_vat_base,
            }
        },
    );
    proptest::collection::vec(line, 0..30).prop_map(|lines| {
        lines
            .into_iter()
            .filter(|line| line.refusals().is_empty())
            .collect()
    })
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    Money::sum(amounts, Currency::USD).expect("in range")
}

fn costing() -> impl Strategy<Value = (Sheet, Costing)> {
    // Goods so cheap that a key finds no value to go by are refused, and of no interest here.
    (products(), lines(), 0_u32..2_000_000).prop_filter_map("nothing to go by", |(p, l, margin)| {
        let (currency, rates) = (Currency::USD, Rates::new());
        let sheet = Sheet {
            currency,
            rates,
            products: p,
            lines: l,
        };
        let costing = compute(&sheet, Ppm::new(margin)).ok()?;
        Some((sheet, costing))
    })
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_line_and_none_is_negative((_, costing) in costing()) {
        for cost in &costing.lines {
            prop_assert_eq!(sum(cost.parts.iter().copied()), cost.amount);
            prop_assert!(cost.parts.iter().all(|part| !part.is_negative()));
        }
    }

    #[test]
    fn products_lines_and_totals_agree_to_the_cent((sheet, costing) in costing()) {
        let totals = &costing.totals;
        prop_assert_eq!(costing.lines.len(), sheet.lines.len());
        prop_assert_eq!(sum(costing.products.iter().map(|p| p.goods)), totals.goods);
        prop_assert_eq!(sum(costing.products.iter().map(|p| p.cif)), totals.cif);
        prop_assert_eq!(sum(costing.products.iter().map(|p| p.landed_cost)), totals.total_cost);
        prop_assert_eq!(sum([totals.goods, totals.logistics]), totals.total_cost);
        prop_assert_eq!(sum([totals.total_cost, totals.recoverable_taxes]), totals.cash_need);
        let by_kind = costing.products.iter().flat_map(|p| p.lines.values().copied());
        prop_assert_eq!(
            sum(by_kind),
            sum([totals.logistics, totals.recoverable_taxes])
        );
    }

    #[test]
    fn a_unit_costs_its_share_of_the_landed_cost_exactly((_, costing) in costing()) {
        for product in &costing.products {
            let units = money::Fraction::whole(i128::from(product.quantity) * 100);
            let whole = product.landed_unit_cost.checked_mul(units).expect("small");
            prop_assert_eq!(whole, money::Fraction::whole(product.landed_cost.minor().into()));
        }
    }

    #[test]
    fn the_same_sheet_gives_the_same_bytes((sheet, costing) in costing()) {
        let again = compute(&sheet, costing.margin).expect("as before");
        let text = |c: &Costing| serde_json::to_string(&c.to_json().expect("small")).expect("text");
        prop_assert_eq!(text(&again), text(&costing));
        let stored = serde_json::to_string(&costing).expect("plain data");
        prop_assert_eq!(serde_json::from_str::<Costing>(&stored).expect("the same"), costing);
    }
}
