//! The budget of a project: the goods and the cost lines of its frozen costing, against what was
//! paid.

use costing::Costing;
use money::{Money, MoneyError};

use super::Disbursement;

/// What the goods stand under in a budget, which is no kind of cost line.
const GOODS: &str = "GOODS";
/// The line that the platform's own fee is paid on, at the start of execution.
const PLATFORM_FEE: &str = "PLATFORM_FEE";

/// One line that costs may be charged to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLine {
    /// `GOODS`, or the cost line's kind.
    pub cost_kind: String,
    /// The cost line's name; empty for the goods.
    pub line_name: String,
    /// What it comes to in the frozen costing. It may be exceeded: escrow is the limit.
    pub planned: Money,
    /// It comes back, and is no cost.
    pub recoverable: bool,
}

impl BudgetLine {
    /// Its name, or its kind where it has none, like the goods.
    pub fn called(&self) -> &str {
        if self.line_name.is_empty() {
            &self.cost_kind
        } else {
            &self.line_name
        }
    }
}

/// The lines in the order of the costing, the goods first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget(Vec<BudgetLine>);

impl Budget {
    /// The budget that a costing stands for.
    pub fn of(costing: &Costing) -> Self {
        let goods = BudgetLine {
            cost_kind: GOODS.to_owned(),
            line_name: String::new(),
            planned: costing.totals.goods,
            recoverable: false,
        };
        let lines = costing.lines.iter().map(|line| BudgetLine {
            cost_kind: line.line.kind.to_string(),
            line_name: line.line.name.clone(),
            planned: line.amount,
            recoverable: line.line.recoverable,
        });
        Self(std::iter::once(goods).chain(lines).collect())
    }

    /// Each line with what was paid on it; the platform's fee is paid on its own line.
    pub fn against(
        self,
        paid: &[&Disbursement],
        platform_fee: Money,
    ) -> Result<Vec<(BudgetLine, Money)>, MoneyError> {
        let actual = |line: BudgetLine| {
            let on_line = paid.iter().filter(|one| {
                let invoice = &one.invoice;
                invoice.cost_kind == line.cost_kind && invoice.line_name == line.line_name
            });
            let costs = on_line.map(|one| one.invoice.amount);
            let fee = (line.cost_kind == PLATFORM_FEE).then_some(platform_fee);
            let actual = Money::sum(costs.chain(fee), platform_fee.currency())?;
            Ok((line, actual))
        };
        self.0.into_iter().map(actual).collect()
    }

    /// All lines.
    pub fn lines(&self) -> &[BudgetLine] {
        &self.0
    }

    /// The line that people call by its name, or by its kind where it is the only one of it.
    pub fn called(&self, text: &str) -> Option<&BudgetLine> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let named = self.0.iter().find(|line| line.line_name == text);
        named.or_else(|| self.find(text, ""))
    }

    /// The line that a cost is charged to. Without a name it is the only line of its kind. Nothing
    /// is charged to the platform's own line.
    pub fn find(&self, cost_kind: &str, line_name: &str) -> Option<&BudgetLine> {
        let is_meant =
            |line: &&BudgetLine| line.cost_kind == cost_kind && line.cost_kind != PLATFORM_FEE;
        let mut of_kind = self.0.iter().filter(is_meant);
        if !line_name.is_empty() {
            return of_kind.find(|line| line.line_name == line_name);
        }
        let first = of_kind.next()?;
        of_kind.next().is_none().then_some(first)
    }
}
