//! Working out the landed cost: stage by stage, each rate of what stands before it, each line
//! shared out so that its parts add up to it (domain.md §4.2 to §4.5).

use std::collections::BTreeMap;

use money::{Currency, Fraction, Money, MoneyError, Ppm, UnitPrice};

use crate::stage::Stage;
use crate::{
    AdValorem, AllocationKey, Base, Charge, CostLine, Costing, Kind, LineCost, LineError, Product,
    ProductCost, Rate, Sheet, Tariff, Totals,
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
    Work::of(sheet)?.finish(margin)
}

/// What a rule comes to for a line beside those of a sheet: the sum in minor units of the project's
/// currency, unrounded and without limits. The sheet must have all lines of earlier stages.
pub fn exact(sheet: &Sheet, line: &CostLine, tariff: &Tariff) -> Result<Fraction, CostingError> {
    let exact = Work::of(sheet)?.exact(line, tariff)?;
    total(&exact).map_err(CostingError::of_line(line))
}

/// What is known so far: the goods, and the lines of the stages behind us.
struct Work<'a> {
    sheet: &'a Sheet,
    goods: Vec<Money>,
    lines: Vec<LineCost>,
}

impl<'a> Work<'a> {
    /// All lines of a sheet, worked out in order.
    fn of(sheet: &'a Sheet) -> Result<Self, CostingError> {
        sheet.check()?;
        let goods = sheet.products.iter().map(|product| sheet.goods(product));
        let mut work = Self {
            sheet,
            goods: goods.collect::<Result<_, _>>()?,
            lines: Vec::with_capacity(sheet.lines.len()),
        };
        let mut in_order: Vec<&CostLine> = sheet.lines.iter().collect();
        in_order.sort_by_key(|line| line.stage());
        for line in in_order {
            let cost = work.line(line)?;
            work.lines.push(cost);
        }
        Ok(work)
    }

    fn line(&self, line: &CostLine) -> Result<LineCost, CostingError> {
        let (amount, parts) = match line.charge {
            Charge::Fixed(amount) => {
                let amount = self.sheet.exchange().convert(amount)?;
                (amount, self.share_out(line, amount)?)
            }
            Charge::Rate { rate, base } => {
                self.by_tariff(line, &AdValorem { rate, base }.into())?
            }
            Charge::Tariff(tariff) => self.by_tariff(line, &tariff)?,
        };
        Ok(LineCost {
            line: line.clone(),
            amount,
            parts,
        })
    }

    /// A rate, an amount for each unit or kilogram, or the greater of both, within the limits.
    fn by_tariff(
        &self,
        line: &CostLine,
        tariff: &Tariff,
    ) -> Result<(Money, Vec<Money>), CostingError> {
        let wrong = CostingError::of_line(line);
        let currency = self.sheet.currency;
        let limited = |amount| tariff.limited(amount, self.sheet.exchange());
        let exact = self.exact(line, tariff)?;
        if !line.allocation.is_one_by_one() {
            let amount = total(&exact).and_then(|sum| money_of(sum.round(0)?, currency));
            let amount = limited(amount.map_err(&wrong)?)?;
            return Ok((amount, self.share_out(line, amount)?));
        }
        let rounded = if line.allocation == AllocationKey::PerDocument {
            rounded_together(&exact)
        } else {
            exact.iter().map(|one| one.round(0)).collect()
        };
        let parts = rounded.map_err(&wrong)?.into_iter();
        let parts = parts.map(|minor| money_of(minor, currency));
        let parts: Vec<Money> = parts.collect::<Result<_, _>>().map_err(&wrong)?;
        let sum = Money::sum(parts.iter().copied(), currency).map_err(&wrong)?;
        let amount = limited(sum)?;
        if amount == sum {
            return Ok((amount, parts));
        }
        // Parts that round to nothing still have their proportion.
        let weights: Result<Vec<i128>, MoneyError> = if sum.is_zero() {
            exact.iter().map(|one| one.round(9)).collect()
        } else {
            Ok(parts.iter().map(|part| part.minor().into()).collect())
        };
        Ok((amount, share(line, amount, &weights.map_err(&wrong)?)?))
    }

    /// What a rule says, product by product in minor units, unrounded and without limits: the
    /// greater of its two for each product, or of their sums where a key shares the line out.
    fn exact(&self, line: &CostLine, tariff: &Tariff) -> Result<Vec<Fraction>, CostingError> {
        let wrong = CostingError::of_line(line);
        let (rates, specifics) = (self.rates(line, tariff)?, self.specifics(line, tariff)?);
        if line.allocation.is_one_by_one() {
            let pairs = rates.iter().zip(&specifics);
            return Ok(pairs.map(|(rate, specific)| *rate.max(specific)).collect());
        }
        let (rate, specific) = (total(&rates), total(&specifics));
        let by_rate = rate.map_err(&wrong)? >= specific.map_err(&wrong)?;
        Ok(if by_rate { rates } else { specifics })
    }

    /// The rate of each product's base, in minor units, unrounded.
    fn rates(&self, line: &CostLine, tariff: &Tariff) -> Result<Vec<Fraction>, CostingError> {
        let Some(AdValorem { rate, base }) = tariff.ad_valorem else {
            return Ok(vec![Fraction::ZERO; self.goods.len()]);
        };
        let part = |(product, of): (&Product, Money)| {
            let rate = match rate {
                Rate::Ppm(rate) => rate,
                Rate::PerProduct => product.duty,
            };
            let (num, den) = base.ratio(rate);
            let ratio = Fraction::try_new(num, den).map_err(|_| LineError::GrossedUpTooHigh)?;
            Ok::<_, LineError>(Fraction::whole(of.minor().into()).checked_mul(ratio)?)
        };
        let of = self.base(base, line.stage())?;
        let parts = self.sheet.products.iter().zip(of).map(part);
        parts
            .collect::<Result<_, _>>()
            .map_err(CostingError::of_line(line))
    }

    /// What each product comes to by its units or kilograms, in minor units, unrounded.
    fn specifics(&self, line: &CostLine, tariff: &Tariff) -> Result<Vec<Fraction>, CostingError> {
        let Some(specific) = tariff.specific else {
            return Ok(vec![Fraction::ZERO; self.goods.len()]);
        };
        if specific.has_nothing(self.sheet) {
            let nothing = LineError::NothingToAllocateBy(AllocationKey::ByWeight);
            return Err(CostingError::of_line(line)(nothing));
        }
        let minor = self.sheet.exchange().minor_of(specific.currency)?;
        let products = self.sheet.products.iter();
        let parts = products.map(|product| specific.of(product, minor));
        parts
            .collect::<Result<_, _>>()
            .map_err(CostingError::of_line(line))
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
        share(line, amount, &weights)
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

/// A line's amount by weights; refuses weights that are all zero.
fn share(line: &CostLine, amount: Money, weights: &[i128]) -> Result<Vec<Money>, CostingError> {
    amount.allocate(weights).map_err(|error| {
        CostingError::of_line(line)(match error {
            MoneyError::ZeroWeights => LineError::NothingToAllocateBy(line.allocation),
            other => LineError::Number(other),
        })
    })
}

fn money_of(minor: i128, currency: Currency) -> Result<Money, MoneyError> {
    Money::try_new(minor, currency)
}

fn total(exact: &[Fraction]) -> Result<Fraction, MoneyError> {
    let mut all = exact.iter();
    all.try_fold(Fraction::ZERO, |sum, one| sum.checked_add(*one))
}

/// Whole numbers that add up to the rounded sum: each rounded down, what is left to the largest
/// remainders, ties to the earlier.
fn rounded_together(exact: &[Fraction]) -> Result<Vec<i128>, MoneyError> {
    let mut parts: Vec<i128> = exact.iter().map(|one| one.floor()).collect();
    let remainders = exact.iter().zip(&parts);
    let remainders: Vec<Fraction> = remainders
        .map(|(one, floor)| one.checked_sub(Fraction::whole(*floor)))
        .collect::<Result<_, _>>()?;
    let given: i128 = parts.iter().sum();
    let left = total(exact)?.round(0)?.checked_sub(given);
    let left = left.and_then(|left| usize::try_from(left).ok());
    let left = left.ok_or(MoneyError::Overflow)?;
    let mut largest: Vec<usize> = (0..parts.len()).collect();
    largest.sort_by_key(|&i| std::cmp::Reverse(remainders[i]));
    for &i in largest.iter().take(left) {
        parts[i] = parts[i].checked_add(1).ok_or(MoneyError::Overflow)?;
    }
    Ok(parts)
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
