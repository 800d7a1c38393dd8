//! The parts of a project: terms, goods, costs, sales and stock.

use async_graphql::ID;
use contracts::projects as pb;

use crate::wire::{Money, MoneyInput, given, shown, words};

shown! {
    /// The funding terms. Rates are in parts per million: 30 % is 300000.
    Terms of pb::Terms {
        margin_ppm: i64,
        min_ticket: Option<Money>,
        max_ticket: Option<Money>,
        products_ticket_min: Option<Money>,
        products_allowed: bool,
        finance_recoverable: bool,
        contingency_ppm: i64,
        platform_fee_ppm: i64,
        investor_share_ppm: i64,
        success_fee_ppm: i64,
        tax_withholding_ppm: i64,
        first_loss: Option<Money>,
        holdback_ppm: i64,
        holdback_days: i32,
        buyback_ppm: i64,
        cooling_off_hours: i32,
        decision_hours: i32,
        funding_days: i32,
        approval_days: i32,
        start_days: i32,
        collection_days: i32,
    }
}

given! {
    /// The funding terms. Rates are in parts per million: 30 % is 300000. What may be left out is
    /// zero, false or no limit then.
    TermsInput for pb::Terms {
        /// The planned margin on the total cost.
        margin_ppm: i64,
        min_ticket: Option<MoneyInput>,
        max_ticket: Option<MoneyInput>,
        products_ticket_min: Option<MoneyInput>,
        products_allowed: Option<bool>,
        /// Whether the goal has the recoverable taxes in it.
        finance_recoverable: Option<bool>,
        /// Of the total before fees.
        contingency_ppm: Option<i64>,
        /// Of the total before fees and the contingency.
        platform_fee_ppm: Option<i64>,
        /// The investors' part of the profit: all of it is 1000000.
        investor_share_ppm: i64,
        success_fee_ppm: Option<i64>,
        tax_withholding_ppm: Option<i64>,
        /// What the owner's stake loses before the investors do.
        first_loss: Option<MoneyInput>,
        holdback_ppm: Option<i64>,
        holdback_days: Option<i32>,
        /// Of the landed cost, when the owner takes back what was not sold.
        buyback_ppm: Option<i64>,
        cooling_off_hours: i32,
        decision_hours: i32,
        /// Funding lasts this long from its opening.
        funding_days: i32,
        approval_days: i32,
        start_days: i32,
        collection_days: i32,
    }
}

shown! {
    /// One line of goods.
    Product of pb::Product {
        product_id: ID,
        sku: String,
        name: String,
        hs_code: String,
        quantity: i64,
        unit: String,
        /// A decimal of up to 6 places, in `priceCurrency`.
        unit_price: String,
        price_currency: String,
        /// In the project's currency, as the following.
        goods: Option<Money>,
        landed_cost: Option<Money>,
        /// A decimal of 4 places.
        landed_unit_cost: Option<String>,
        planned_unit_price: Option<String>,
        received: i64,
        /// Belongs to PRODUCTS participations.
        allotted: i64,
        handed_over: i64,
        sold: i64,
        written_off: i64,
        bought_back: i64,
    }
}

shown! {
    /// The figures of the cost structure.
    CostTotals of pb::CostTotals {
        goods: Option<Money>,
        logistics: Option<Money>,
        /// Goods and logistics.
        total_cost: Option<Money>,
        /// Cash that must be found, but no cost.
        recoverable_taxes: Option<Money>,
        cash_need: Option<Money>,
        cif: Option<Money>,
        projected_return: Option<Money>,
        /// What the funding round is for.
        goal: Option<Money>,
    }
}

shown! {
    /// One line of the cost structure.
    CostLine of pb::CostLine {
        kind: String,
        name: String,
        amount: Option<Money>,
        recoverable: bool,
    }
}

shown! {
    /// A reported sale.
    Sale of pb::Sale {
        sale_id: ID,
        buyer: String,
        net: Option<Money>,
        /// Whether its money came in.
        matched: bool,
    } lists {
        lines: SaleLine,
    }
}

shown! {
    /// One product of a sale.
    SaleLine of pb::SaleLine {
        sku: String,
        units: i64,
        /// After output VAT and selling costs.
        net: Option<Money>,
    }
}

given! {
    SaleLineInput for pb::SaleLine {
        sku: String,
        units: i64,
        /// After output VAT and selling costs.
        net: MoneyInput,
    }
}

given! {
    /// What was counted of one product.
    CountedInput for pb::Counted {
        sku: String,
        units: i64,
    }
}

shown! {
    /// What was counted of one product.
    Counted of pb::Counted {
        sku: String,
        units: i64,
    }
}

shown! {
    /// What a PRODUCTS participation is handed, frozen when the goods are counted.
    ProductsAllotment of pb::ProductsAllotment {
        participation_id: ID,
        investor_id: ID,
        handed_over: bool,
        /// Not collected in time: sold for its holder.
        lapsed: bool,
    } lists {
        units: Counted,
    }
}

words! {
    /// What becomes of stock that is not sold.
    StockClosureKind {
        /// It is lost.
        WriteOff,
        /// The owner buys it.
        BuyBack,
    }
}

shown! {
    /// Stock that is not sold: proposed by the owner, agreed by an admin.
    StockClosure of pb::StockClosure {
        closure_id: ID,
        kind: StockClosureKind,
        sku: String,
        units: i64,
        reason: Option<String>,
        /// What the owner pays; null for a write-off.
        price: Option<Money>,
        agreed: bool,
    }
}

shown! {
    /// How many participations of a cancelled project have their money back.
    RefundProgress of pb::RefundProgress {
        expected: i64,
        done: i64,
    }
}

shown! {
    /// What investors had to hear of a shown project.
    MaterialChange of pb::MaterialChange {
        change_id: ID,
        text: String,
        /// Until when those who take part must say that they stay; null: they need not.
        renew_by: Option<String>,
        notified_at: String,
    }
}
