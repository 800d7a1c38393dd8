//! The owner declares the costs closed, an admin confirms: only when nothing is open any more.

use std::fmt;

use ids::ClaimId;

use super::{Counted, ExecutionRefusal, Goods, SecondPerson};
use crate::domain::{ImportProject, Move, ProjectFact, ProjectState, Refusal};

/// Everything that keeps a project from COMPLETED.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Units that are neither handed over, sold, written off nor bought back, by product.
    pub stock: Vec<Counted>,
    /// Disbursements requested and not yet paid.
    pub disbursements: u32,
    /// Sales and agreed buy-backs without a bank receipt, by their ids.
    pub unmatched: Vec<ClaimId>,
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for Counted { sku, units } in &self.stock {
            parts.push(format!("{units} units of {sku} are open"));
        }
        if self.disbursements > 0 {
            parts.push(format!("{} disbursements are not paid", self.disbursements));
        }
        for claim in &self.unmatched {
            parts.push(format!("{claim} is not matched to a receipt"));
        }
        f.write_str(&parts.join("; "))
    }
}

impl ImportProject {
    /// The owner says that the costs are closed, once; `unmatched` are claims without a receipt.
    pub fn declare_completion(
        &mut self,
        goods: Option<&Goods>,
        unmatched: Vec<ClaimId>,
    ) -> Result<ProjectFact, ExecutionRefusal> {
        self.completed(goods, unmatched)?;
        if self.completion_declared {
            return Err(ExecutionRefusal::AlreadyDeclared);
        }
        self.completion_declared = true;
        Ok(ProjectFact::CompletionDeclared { by: self.owner })
    }

    /// An admin agrees; what is open is looked at again.
    pub fn confirm_completion(
        &mut self,
        second: &SecondPerson<'_>,
        goods: Option<&Goods>,
        unmatched: Vec<ClaimId>,
    ) -> Result<ProjectFact, ExecutionRefusal> {
        second.check(self)?;
        let completed = self.completed(goods, unmatched)?;
        if !self.completion_declared {
            return Err(ExecutionRefusal::NotDeclared);
        }
        self.state = completed;
        self.due_at = None;
        Ok(ProjectFact::Completed { by: second.admin })
    }

    /// Refuses with all that is open: a unit, a disbursement, a claim.
    fn completed(
        &self,
        goods: Option<&Goods>,
        unmatched: Vec<ClaimId>,
    ) -> Result<ProjectState, ExecutionRefusal> {
        let completed = self.state.after(Move::Complete).map_err(Refusal::from)?;
        let goods = goods.ok_or(ExecutionRefusal::NotReceived)?;
        let stock = goods.stock().iter().filter(|stock| stock.open() > 0);
        let open = Open {
            stock: stock
                .map(|stock| Counted {
                    sku: stock.sku.clone(),
                    units: stock.open(),
                })
                .collect(),
            disbursements: self.open_disbursements,
            unmatched,
        };
        if open == Open::default() {
            Ok(completed)
        } else {
            Err(ExecutionRefusal::StillOpen(open))
        }
    }
}

#[cfg(test)]
mod tests {
    use ids::UserId;

    use super::*;
    use crate::domain::execution::goods::tests::{lamps_and_chairs, project};

    #[test]
    fn a_refusal_names_all_that_is_open() {
        let mut project = project();
        let uncounted = project.declare_completion(None, vec![]);
        assert_eq!(uncounted, Err(ExecutionRefusal::NotReceived));
        project.open_disbursements = 2;
        let claim = ClaimId::new();
        let answer = project.declare_completion(Some(&lamps_and_chairs()), vec![claim]);
        assert_eq!(
            answer.unwrap_err().to_string(),
            format!(
                "the project can't be completed: 10 units of LAMP are open; 5 units of CHAIR are \
                 open; 2 disbursements are not paid; {claim} is not matched to a receipt"
            )
        );
        assert!(!project.completion_declared);
    }

    #[test]
    fn the_owner_declares_once_and_another_person_confirms() {
        let (mut project, none) = (project(), Goods::restore(vec![]));
        let (admin, investor) = (UserId::new(), UserId::new());
        let confirm = |project: &mut ImportProject, admin| {
            let participants = [investor];
            let second = SecondPerson {
                admin,
                participants: &participants,
            };
            let answer = project.confirm_completion(&second, Some(&none), vec![]);
            answer.map_err(|refusal| refusal.code())
        };
        assert_eq!(confirm(&mut project, admin), Err("not_declared"));
        let declared = project.declare_completion(Some(&none), vec![]).unwrap();
        assert_eq!(
            declared,
            ProjectFact::CompletionDeclared { by: project.owner }
        );
        let again = project.declare_completion(Some(&none), vec![]);
        assert_eq!(again, Err(ExecutionRefusal::AlreadyDeclared));
        let owner = project.owner;
        assert_eq!(confirm(&mut project, owner), Err("is_owner"));
        assert_eq!(confirm(&mut project, investor), Err("is_participant"));
        assert_eq!(project.state, ProjectState::InExecution);
        let completed = confirm(&mut project, admin);
        assert_eq!(completed, Ok(ProjectFact::Completed { by: admin }));
        assert_eq!(project.state, ProjectState::Completed);
        assert_eq!(confirm(&mut project, admin), Err("illegal_transition"));
    }
}
