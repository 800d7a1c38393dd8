//! The facts of a run, as the service stores them and an auditor writes them by hand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use money::{Currency, Money, Ppm};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::exact::{minor, sum, text, units};
use crate::{SettlementError, allotments};

/// An owner may promise to buy back above landed cost, at most at twice it.
const BUYBACK_MAX: Ppm = Ppm::new(2_000_000);
/// The most units of one product.
const MAX_QUANTITY: i64 = 1_000_000_000_000;

/// Everything that a run depends on. Amounts are minor units of `currency`, cumulative from the
/// project's first day, and written as strings in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunInput {
    /// The project's currency.
    pub currency: Currency,
    /// What is settled.
    pub kind: RunKind,
    /// An INTERIM run pays at most this much; other runs ignore it. Without a word: no limit.
    #[serde(with = "text", default = "no_limit")]
    pub interim_limit_minor: i64,
    /// The project's terms.
    pub terms: Terms,
    /// What came into escrow and left it.
    pub escrow: Escrow,
    /// The goods.
    pub products: Vec<Product>,
    /// Who takes part.
    pub stakes: Vec<Stake>,
}

const fn no_limit() -> i64 {
    Money::MAX_MINOR
}

/// What is settled (domain.md §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunKind {
    /// Before costs are closed: capital back, out of proceeds.
    Interim,
    /// The project is completed: everything.
    Final,
    /// After a FINAL run: what changed, and what was held back.
    Adjustment,
    /// The FINAL run of a cancelled project.
    Liquidation,
}

impl RunKind {
    const ALL: [Self; 4] = [
        Self::Interim,
        Self::Final,
        Self::Adjustment,
        Self::Liquidation,
    ];

    /// Its name, as documents write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interim => "INTERIM",
            Self::Final => "FINAL",
            Self::Adjustment => "ADJUSTMENT",
            Self::Liquidation => "LIQUIDATION",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether part of the gross stays in escrow: later costs may still come.
    pub(crate) const fn holds_back(self) -> bool {
        matches!(self, Self::Final | Self::Liquidation)
    }
}

/// The terms that bear on a settlement; no rate but `buyback_ppm` is above 1,000,000 ppm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The investors' part of the profit; the rest is the owner's.
    pub investor_share_ppm: Ppm,
    /// The platform's fee on cash profit.
    pub success_fee_ppm: Ppm,
    /// The part of the gross that a FINAL run leaves in escrow.
    pub holdback_ppm: Ppm,
    /// What the owner buys unsold stock back at, of landed cost; at most twice it.
    pub buyback_ppm: Ppm,
    /// How much of a loss the owner's stake bears first.
    #[serde(with = "text")]
    pub first_loss_minor: i64,
}

/// The two escrow accounts: cumulative figures and the balances that they must add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escrow {
    /// A: captured from participations.
    #[serde(with = "text")]
    pub captured_minor: i64,
    /// D: the owner's advances paid in.
    #[serde(with = "text")]
    pub advances_minor: i64,
    /// R: recovered taxes, indemnities, supplier refunds.
    #[serde(with = "text")]
    pub recovered_minor: i64,
    /// P: paid for costs, platform fee and financed recoverable taxes included.
    #[serde(with = "text")]
    pub costs_minor: i64,
    /// U: what earlier runs paid out of `escrow:capital`, other than to return advances.
    #[serde(with = "text")]
    pub unspent_paid_minor: i64,
    /// Advances that earlier runs returned out of `escrow:capital`.
    #[serde(with = "text")]
    pub advances_returned_minor: i64,
    /// The balance of `escrow:capital`.
    #[serde(with = "text")]
    pub capital_minor: i64,
    /// Net sales received, buy-backs included.
    #[serde(with = "text")]
    pub proceeds_minor: i64,
    /// The balance of `escrow:proceeds`.
    #[serde(with = "text")]
    pub proceeds_balance_minor: i64,
    /// Advances that earlier runs repaid out of `escrow:proceeds`.
    #[serde(with = "text")]
    pub advances_repaid_minor: i64,
    /// The owner's part of the profit that earlier runs paid.
    #[serde(with = "text")]
    pub owner_split_paid_minor: i64,
}

/// One product's goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its id or SKU, unique in the run.
    pub product: String,
    /// Units ordered, at least one.
    #[serde(with = "text")]
    pub ordered: i64,
    /// Landed cost of the ordered units together; by `ordered` it is the landed unit cost.
    #[serde(with = "text")]
    pub landed_cost_minor: i64,
    /// Units received, shrinkage and damage off.
    #[serde(with = "text")]
    pub received: i64,
    /// Units sold.
    #[serde(with = "text")]
    pub sold: i64,
    /// What they brought in, after output VAT and selling costs.
    #[serde(with = "text")]
    pub sold_net_minor: i64,
    /// Units that the owner bought back, at `buyback_ppm` of landed cost.
    #[serde(with = "text")]
    pub bought_back: i64,
}

/// How a participation is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ShareType {
    /// In goods, and cash for fractions.
    Products,
    /// In cash.
    ProfitOnly,
}

/// One participation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stake {
    /// Its id, unique in the run; ties go to the smaller one, byte by byte.
    pub participation: String,
    /// Who is paid.
    pub investor: String,
    /// How.
    pub share: ShareType,
    /// The owner's own stake, which bears `first_loss_minor`.
    pub owner_stake: bool,
    /// `a_i`, above zero.
    #[serde(with = "text")]
    pub amount_minor: i64,
    /// When it was approved.
    #[serde(with = "time::serde::rfc3339")]
    pub approved_at: OffsetDateTime,
    /// The payee's withholding rate on profit after fee.
    pub tax_ppm: Ppm,
    /// What earlier runs paid on it.
    #[serde(default)]
    pub paid: Paid,
    /// Whole units of its allotment that were not collected in time and were sold for it, by
    /// product; in a run they are settled in cash, like its fractions.
    #[serde(with = "units", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lapsed: BTreeMap<String, i64>,
}

/// What earlier runs paid on a participation, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paid {
    /// Before fee and tax; what is held back is not paid.
    #[serde(with = "text")]
    pub gross_minor: i64,
    /// Success fees taken of it.
    #[serde(with = "text")]
    pub fee_minor: i64,
    /// Taxes withheld of it.
    #[serde(with = "text")]
    pub tax_minor: i64,
}

impl Escrow {
    /// `A + D + R - P`: what would be in `escrow:capital` if no run had been paid.
    pub(crate) fn left_minor(&self) -> Result<i64, SettlementError> {
        sum([
            self.captured_minor,
            self.advances_minor,
            self.recovered_minor,
            -self.costs_minor,
        ])
    }

    fn fields(&self) -> [(&'static str, i64); 11] {
        [
            ("captured_minor", self.captured_minor),
            ("advances_minor", self.advances_minor),
            ("recovered_minor", self.recovered_minor),
            ("costs_minor", self.costs_minor),
            ("unspent_paid_minor", self.unspent_paid_minor),
            ("advances_returned_minor", self.advances_returned_minor),
            ("capital_minor", self.capital_minor),
            ("proceeds_minor", self.proceeds_minor),
            ("proceeds_balance_minor", self.proceeds_balance_minor),
            ("advances_repaid_minor", self.advances_repaid_minor),
            ("owner_split_paid_minor", self.owner_split_paid_minor),
        ]
    }

    /// Both identities of domain.md §5: each balance is what its entries add up to.
    fn check_identities(&self, paid_gross: i64) -> Result<(), SettlementError> {
        let left = i128::from(self.left_minor()?);
        let expected_minor =
            left - i128::from(self.unspent_paid_minor) - i128::from(self.advances_returned_minor);
        if expected_minor != i128::from(self.capital_minor) {
            return Err(SettlementError::CapitalMismatch {
                stated_minor: self.capital_minor,
                expected_minor,
            });
        }
        let expected_minor = i128::from(self.proceeds_minor) + i128::from(self.unspent_paid_minor)
            - i128::from(paid_gross)
            - i128::from(self.advances_repaid_minor)
            - i128::from(self.owner_split_paid_minor);
        if expected_minor != i128::from(self.proceeds_balance_minor) {
            return Err(SettlementError::ProceedsMismatch {
                stated_minor: self.proceeds_balance_minor,
                expected_minor,
            });
        }
        Ok(())
    }
}

impl RunInput {
    /// The stakes in the order in which ties are broken, after every fact was checked.
    pub(crate) fn checked_stakes(&self) -> Result<Vec<&Stake>, SettlementError> {
        self.check_ranges()?;
        if self.stakes.is_empty() {
            return Err(SettlementError::NoStakes);
        }
        unique(self.stakes.iter().map(|stake| &stake.participation))?;
        unique(self.products.iter().map(|product| &product.product))?;
        let stakes_minor = sum(self.stakes.iter().map(|stake| stake.amount_minor))?;
        if stakes_minor != self.escrow.captured_minor {
            return Err(SettlementError::CapturedDiffers {
                captured_minor: self.escrow.captured_minor,
                stakes_minor,
            });
        }
        let paid_gross = sum(self.stakes.iter().map(|stake| stake.paid.gross_minor))?;
        self.escrow.check_identities(paid_gross)?;
        let Escrow {
            unspent_paid_minor,
            advances_returned_minor,
            advances_repaid_minor,
            owner_split_paid_minor,
            ..
        } = self.escrow;
        let only_capital = [
            unspent_paid_minor,
            advances_returned_minor,
            advances_repaid_minor,
            owner_split_paid_minor,
        ] == [0; 4];
        if self.kind == RunKind::Interim && !only_capital {
            return Err(SettlementError::InterimAfterFinal);
        }
        Ok(ranked(&self.stakes))
    }

    fn check_ranges(&self) -> Result<(), SettlementError> {
        amount("run", "interim_limit_minor", self.interim_limit_minor)?;
        for (field, value) in self.escrow.fields() {
            amount("escrow", field, value)?;
        }
        let terms = &self.terms;
        amount("terms", "first_loss_minor", terms.first_loss_minor)?;
        ppm("terms", "investor_share_ppm", terms.investor_share_ppm)?;
        ppm("terms", "success_fee_ppm", terms.success_fee_ppm)?;
        ppm("terms", "holdback_ppm", terms.holdback_ppm)?;
        if terms.buyback_ppm > BUYBACK_MAX {
            return Err(SettlementError::OutOfRange {
                of: "terms".to_owned(),
                field: "buyback_ppm",
                allowed: "at most 2,000,000 ppm",
            });
        }
        self.products.iter().try_for_each(Product::check)?;
        self.stakes.iter().try_for_each(Stake::check)?;
        self.check_lapsed()
    }

    /// Nobody's allotment lapsed by more than what it was.
    fn check_lapsed(&self) -> Result<(), SettlementError> {
        if self.stakes.iter().all(|stake| stake.lapsed.is_empty()) {
            return Ok(());
        }
        let mut allotted = BTreeMap::new();
        for one in allotments(&self.stakes, &self.products)? {
            allotted.insert((one.participation, one.product), one.units);
        }
        for stake in &self.stakes {
            for (product, units) in &stake.lapsed {
                let key = (stake.participation.clone(), product.clone());
                let most = allotted.get(&key).copied().unwrap_or_default();
                if !(0..=most).contains(units) {
                    return Err(SettlementError::OutOfRange {
                        of: stake.participation.clone(),
                        field: "lapsed",
                        allowed: "at most the units that were allotted",
                    });
                }
            }
        }
        Ok(())
    }
}

impl Product {
    pub(crate) fn check(&self) -> Result<(), SettlementError> {
        let of = &self.product;
        amount(of, "landed_cost_minor", self.landed_cost_minor)?;
        amount(of, "sold_net_minor", self.sold_net_minor)?;
        let counted = [
            ("ordered", self.ordered, 1),
            ("received", self.received, 0),
            ("sold", self.sold, 0),
            ("bought_back", self.bought_back, 0),
        ];
        for (field, quantity, least) in counted {
            if !(least..=MAX_QUANTITY).contains(&quantity) {
                return Err(SettlementError::OutOfRange {
                    of: of.clone(),
                    field,
                    allowed: "0 (ordered: 1) to 10^12 units",
                });
            }
        }
        if self.sold + self.bought_back > self.received {
            return Err(SettlementError::SoldMoreThanReceived(of.clone()));
        }
        Ok(())
    }
}

impl Stake {
    pub(crate) fn check(&self) -> Result<(), SettlementError> {
        let of = &self.participation;
        amount(of, "amount_minor", self.amount_minor)?;
        amount(of, "paid.gross_minor", self.paid.gross_minor)?;
        amount(of, "paid.fee_minor", self.paid.fee_minor)?;
        amount(of, "paid.tax_minor", self.paid.tax_minor)?;
        ppm(of, "tax_ppm", self.tax_ppm)?;
        if self.amount_minor == 0 {
            return Err(SettlementError::OutOfRange {
                of: of.clone(),
                field: "amount_minor",
                allowed: "above zero",
            });
        }
        if self.owner_stake && self.share == ShareType::Products {
            return Err(SettlementError::OwnerStakeOfProducts(of.clone()));
        }
        Ok(())
    }
}

/// Ties go to the larger amount, then the earlier approval, then the smaller id.
pub(crate) fn ranked(stakes: &[Stake]) -> Vec<&Stake> {
    let mut ranked: Vec<&Stake> = stakes.iter().collect();
    ranked.sort_by(|a, b| {
        let key = |s: &Stake| (Reverse(s.amount_minor), s.approved_at);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.participation.cmp(&b.participation))
    });
    ranked
}

/// `A`, the sum of the stakes.
pub(crate) fn total_minor(stakes: &[&Stake]) -> Result<i64, SettlementError> {
    minor(stakes.iter().map(|s| i128::from(s.amount_minor)).sum())
}

fn unique<'a>(ids: impl Iterator<Item = &'a String>) -> Result<(), SettlementError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(SettlementError::Duplicate(id.clone()));
        }
    }
    Ok(())
}

fn amount(of: &str, field: &'static str, value: i64) -> Result<(), SettlementError> {
    if (0..=Money::MAX_MINOR).contains(&value) {
        return Ok(());
    }
    Err(SettlementError::OutOfRange {
        of: of.to_owned(),
        field,
        allowed: "0 to 10^15 minor units",
    })
}

fn ppm(of: &str, field: &'static str, rate: Ppm) -> Result<(), SettlementError> {
    if rate <= Ppm::ONE {
        return Ok(());
    }
    Err(SettlementError::OutOfRange {
        of: of.to_owned(),
        field,
        allowed: "at most 1,000,000 ppm",
    })
}
