//! The domain's values as messages of the contract, for events and replies alike.

use contracts::money::Money as PbMoney;
use contracts::projects as pb;
use costing::Totals;
use money::{Money, Ppm};

use crate::domain::{ImportProject, Terms};

pub(super) fn amount(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}

impl From<&Terms> for pb::Terms {
    fn from(terms: &Terms) -> Self {
        let Terms {
            margin,
            min_ticket,
            max_ticket,
            products_ticket_min,
            finance_recoverable,
            contingency,
            platform_fee,
            investor_share,
            success_fee,
            tax_withholding,
            first_loss,
            holdback,
            holdback_days,
            buyback,
            cooling_off_hours,
            decision_hours,
            funding_days,
            approval_days,
            start_days,
            collection_days,
        } = terms;
        let ppm = |rate: &Ppm| i64::from(rate.parts());
        Self {
            margin_ppm: ppm(margin),
            min_ticket: Some(amount(*min_ticket)),
            max_ticket: max_ticket.map(amount),
            products_ticket_min: products_ticket_min.map(amount),
            products_allowed: products_ticket_min.is_some(),
            finance_recoverable: *finance_recoverable,
            contingency_ppm: ppm(contingency),
            platform_fee_ppm: ppm(platform_fee),
            investor_share_ppm: ppm(investor_share),
            success_fee_ppm: ppm(success_fee),
            tax_withholding_ppm: ppm(tax_withholding),
            first_loss: Some(amount(*first_loss)),
            holdback_ppm: ppm(holdback),
            holdback_days: (*holdback_days).into(),
            buyback_ppm: ppm(buyback),
            cooling_off_hours: (*cooling_off_hours).into(),
            decision_hours: (*decision_hours).into(),
            funding_days: (*funding_days).into(),
            approval_days: (*approval_days).into(),
            start_days: (*start_days).into(),
            collection_days: (*collection_days).into(),
        }
    }
}

impl From<&ImportProject> for pb::CostTotals {
    fn from(project: &ImportProject) -> Self {
        let Totals {
            goods,
            logistics,
            total_cost,
            recoverable_taxes,
            cash_need,
            cif,
            projected_return,
        } = &project.costing.totals;
        Self {
            goods: Some(amount(*goods)),
            logistics: Some(amount(*logistics)),
            total_cost: Some(amount(*total_cost)),
            recoverable_taxes: Some(amount(*recoverable_taxes)),
            cash_need: Some(amount(*cash_need)),
            cif: Some(amount(*cif)),
            projected_return: Some(amount(*projected_return)),
            goal: project.goal.map(amount),
        }
    }
}
