//! The budget of a project: the goods and the cost lines of its frozen costing, against what was
//! paid.

use costing::Costing;
use money::Money;

/// What the goods stand under in a budget, which is no kind of cost line.
const GOODS: &str = "GOODS";

/// One line that costs may be charged to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLine {
    /// `GOODS`, or the cost line's kind.
    pub cost_kind: String,
    /// The cost line's name; empty for the goods.
    pub line_name: String,
    /// What it comes to in the frozen costing. It may be exceeded: escrow is the limit.
    pub planned: Money,
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
        };
        let lines = costing.lines.iter().map(|line| BudgetLine {
            cost_kind: line.line.kind.to_string(),
            line_name: line.line.name.clone(),
            planned: line.amount,
        });
        Self(std::iter::once(goods).chain(lines).collect())
    }

    /// All lines.
    pub fn lines(&self) -> &[BudgetLine] {
        &self.0
    }

    /// The line that a cost is charged to.
    pub fn find(&self, cost_kind: &str, line_name: &str) -> Option<&BudgetLine> {
        let same = |line: &&BudgetLine| line.cost_kind == cost_kind && line.line_name == line_name;
        self.0.iter().find(same)
    }
}
