//! Working out the landed cost: stage by stage, each rate of what stands before it, each line
//! shared out so that its parts add up to it (domain.md §4.2 to §4.5).

use std::collections::BTreeMap;

use money::{Currency, Fraction, Money, MoneyError, Ppm, UnitPrice};

use crate::stage::Stage;
use crate::{
    AllocationKey, Base, Charge, CostLine, Costing, Kind, LineCost, LineError, Product,
    ProductCost, Rate, Sheet, Totals,
};

/// Why no costing can be worked out from a sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CostingError {
    /// No goods at all.
    #[error("the sheet has no products; add at least one")]
    NoProducts,
    /// More than a project may have.
    #[error(
        "the sheet is too long: at most {} products and {} cost lines",
        Sheet::MAX_PRODUCTS,
        Sheet::MAX_LINES
    )]
    TooManyLines,
    /// Two products of one code.
    #[error("the sku `{0}` stands twice; give each product its own")]
    DuplicateSku(String),
    /// A quantity out of range.
    #[error("the quantity of `{0}` must be from 1 to {max}", max = Product::MAX_QUANTITY)]
    Quantity(String),
    /// A price of zero.
    #[error("the unit price of `{0}` must be above zero")]
    PriceNotPositive(String),
    /// A price or amount in another currency, and no rate above zero for it.
    #[error("there is no exchange rate for {0}; give one above zero")]
    MissingRate(Currency),
    /// A cost line that can't be worked out.
    #[error("cost line `{name}` ({kind})")]
    Line {
        /// The line's kind.
        kind: Kind,
        /// The line's name.
        name: String,
        /// What is wrong with it.
        source: LineError,
    },
    /// A total that does not fit.
    #[error(transparent)]
    Number(#[from] MoneyError),
}

impl CostingError {
    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoProducts => "no_products",
            Self::TooManyLines => "too_many_lines",
            Self::DuplicateSku(_) => "duplicate_sku",
            Self::Quantity(_) => "quantity_out_of_range",
            Self::PriceNotPositive(_) => "price_not_positive",
            Self::MissingRate(_) => "missing_rate",
            Self::Line { source, .. } => source.code(),
            Self::Number(number) => number.code(),
        }
    }

    pub(crate) fn of_line<E: Into<LineError>>(line: &CostLine) -> impl Fn(E) -> Self {
        |source| Self::Line {
            kind: line.kind,
            name: line.name.clone(),
            source: source.into(),
        }
    }
}

/// The landed cost of a sheet at the owner's margin.
///
/// Lines come in the order of evaluation. Their parts add up to them, and the landed costs to the
/// total cost, to the minor unit. Refuses a sheet that contradicts itself, and any overflow.
pub fn compute(sheet: &Sheet, margin: Ppm) -> Result<Costing, CostingError> {
    sheet.check()?;
    let goods = sheet
        .products
        .iter()
        .map(|p| sheet.goods(p))
        .collect::<Result<Vec<_>, _>>()?;
    let mut work = Work {
        sheet,
        goods,
        lines: Vec::with_capacity(sheet.lines.len()),
    };
    let mut in_order: Vec<&CostLine> = sheet.lines.iter().collect();
    in_order.sort_by_key(|line| line.stage());
    for line in in_order {
        let cost = work.line(line)?;
        work.lines.push(cost);
    }
    work.finish(margin)
}

/// What is known so far: the goods, and the lines of the stages behind us.
struct Work<'a> {
    sheet: &'a Sheet,
    goods: Vec<Money>,
    lines: Vec<LineCost>,
}

impl Work<'_> {
    fn line(&self, line: &CostLine) -> Result<LineCost, CostingError> {
        let amount = match line.charge {
            Charge::Fixed(amount) => self.sheet.in_project_currency(amount)?,
            Charge::Rate { rate, base } => {
                let of = self.base(base, line.stage())?;
                match (rate, line.allocation) {
                    (Rate::Ppm(rate), key) if key != AllocationKey::PerProduct => {
                        let (num, den) = base.ratio(rate);
                        let sum = Money::sum(of, self.sheet.currency)?;
                        sum.mul_ratio(num, den)
                            .map_err(CostingError::of_line(line))?
                    }
                    (Rate::Ppm(_) | Rate::PerProduct, _) => {
                        return self.per_product(line, rate, base, &of);
                    }
                }
            }
        };
        let parts = self.share_out(line, amount)?;
        Ok(LineCost {
            line: line.clone(),
            amount,
            parts,
        })
    }

    /// A rate taken product by product, rounded there; the line is their sum.
    fn per_product(
        &self,
        line: &CostLine,
        rate: Rate,
        base: Base,
        of: &[Money],
    ) -> Result<LineCost, CostingError> {
        let part = |(product, of): (&Product, &Money)| {
            let rate = match rate {
                Rate::Ppm(rate) => rate,
                Rate::PerProduct => product.duty,
            };
            let (num, den) = base.ratio(rate);
            of.mul_ratio(num, den)
        };
        let parts: Vec<Money> = self
            .sheet
            .products
            .iter()
            .zip(of)
            .map(part)
            .collect::<Result<_, _>>()
            .map_err(CostingError::of_line(line))?;
        let amount = Money::sum(parts.iter().copied(), self.sheet.currency)?;
        Ok(LineCost {
            line: line.clone(),
            amount,
            parts,
        })
    }

    fn share_out(&self, line: &CostLine, amount: Money) -> Result<Vec<Money>, CostingError> {
        let cif = self.base(Base::Cif, Stage::PlatformFee)?;
        let weights: Vec<i128> = self
            .sheet
            .products
            .iter()
            .zip(self.goods.iter().zip(&cif))
            .map(|(product, (goods, cif))| Sheet::weight(line.allocation, product, *goods, *cif))
            .collect();
        amount.allocate(&weights).map_err(|error| {
            CostingError::of_line(line)(match error {
                MoneyError::ZeroWeights => LineError::NothingToAllocateBy(line.allocation),
                other => LineError::Number(other),
            })
        })
    }

    /// A base product by product, as a line of stage `asking` sees it.
    fn base(&self, base: Base, asking: Stage) -> Result<Vec<Money>, CostingError> {
        self.goods_and(|line| base.counts(line, asking))
    }

    /// Each product's goods and its parts of the lines that count.
    fn goods_and(&self, counts: impl Fn(&CostLine) -> bool) -> Result<Vec<Money>, CostingError> {
        let mut sums = self.goods.clone();
        for cost in self.lines.iter().filter(|cost| counts(&cost.line)) {
            for (sum, part) in sums.iter_mut().zip(&cost.parts) {
                *sum = sum.checked_add(*part)?;
            }
        }
        Ok(sums)
    }

    fn finish(self, margin: Ppm) -> Result<Costing, CostingError> {
        let cif = self.base(Base::Cif, Stage::PlatformFee)?;
        let landed = self.goods_and(|line| !line.recoverable)?;
        let Self {
            sheet,
            goods,
            lines,
        } = self;
        let currency = sheet.currency;
        let of_lines = |recoverable: bool| {
            let chosen = lines
                .iter()
                .filter(|cost| cost.line.recoverable == recoverable);
            Money::sum(chosen.map(|cost| cost.amount), currency)
        };
        let (logistics, recoverable_taxes) = (of_lines(false)?, of_lines(true)?);
        let goods_total = Money::sum(goods.iter().copied(), currency)?;
        let total_cost = goods_total.checked_add(logistics)?;
        let totals = Totals {
            goods: goods_total,
            logistics,
            total_cost,
            recoverable_taxes,
            cash_need: total_cost.checked_add(recoverable_taxes)?,
            cif: Money::sum(cif.iter().copied(), currency)?,
            projected_return: margin.of(total_cost)?,
        };
        let products = sheet
            .products
            .iter()
            .enumerate()
            .map(|(index, product)| {
                let costs = (goods[index], cif[index], landed[index]);
                product_cost(product, costs, by_kind(&lines, index)?, margin)
            })
            .collect::<Result<_, MoneyError>>()?;
        Ok(Costing {
            currency,
            margin,
            totals,
            lines,
            products,
        })
    }
}

fn by_kind(lines: &[LineCost], index: usize) -> Result<BTreeMap<Kind, Money>, MoneyError> {
    let mut kinds = BTreeMap::new();
    for cost in lines {
        let part = cost.parts[index];
        let sum = kinds
            .entry(cost.line.kind)
            .or_insert(Money::zero(part.currency()));
        *sum = sum.checked_add(part)?;
    }
    Ok(kinds)
}

fn product_cost(
    product: &Product,
    (goods, cif, landed_cost): (Money, Money, Money),
    lines: BTreeMap<Kind, Money>,
    margin: Ppm,
) -> Result<ProductCost, MoneyError> {
    let units = i128::from(product.quantity) * landed_cost.currency().scale();
    let landed_unit_cost = Fraction::try_new(landed_cost.minor().into(), units)?;
    let planned_unit_price = if let Some(price) = product.planned_price {
        Fraction::try_new(price.scaled(), UnitPrice::SCALE)?
    } else {
        let with_margin = Ppm::SCALE + i128::from(margin.parts());
        landed_unit_cost.checked_mul(Fraction::try_new(with_margin, Ppm::SCALE)?)?
    };
    Ok(ProductCost {
        sku: product.sku.clone(),
        name: product.name.clone(),
        quantity: product.quantity,
        goods,
        cif,
        lines,
        landed_cost,
        landed_unit_cost,
        planned_unit_price,
    })
}
