//! How a shipment goes, what its owner tells, and what people ask.

use ids::{DocumentId, MilestoneId, QuestionId, UpdateId, UserId};
use strum::{Display, EnumString, IntoStaticStr};
use text::Rule;
use time::OffsetDateTime;

use super::execution::ExecutionRefusal;
use super::{ImportProject, ProjectState, Refusal};

/// How many questions one person asks about a project in a day.
const QUESTIONS_A_DAY: i64 = 5;

/// The steps of a shipment, in their order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the words of the trade")]
pub enum MilestoneKind {
    PurchaseOrder,
    Production,
    Inspection,
    Shipped,
    InTransit,
    ArrivedPort,
    CustomsCleared,
    Warehouse,
}

/// One step. Recorded once, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Its id.
    pub id: MilestoneId,
    /// Which step.
    pub kind: MilestoneKind,
    /// What is remarked, at most 1,000 characters.
    pub note: String,
    /// When it was, business time.
    pub occurred_at: OffsetDateTime,
    /// The paper that shows it.
    pub document: Option<DocumentId>,
}

/// What the owner tells. Posted once, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its id.
    pub id: UpdateId,
    /// One line, 1 to 200 characters.
    pub title: String,
    /// 1 to 10,000 characters.
    pub text: String,
    /// Papers beside it, ten at most.
    pub documents: Vec<DocumentId>,
    /// Business time.
    pub posted_at: OffsetDateTime,
}

/// What somebody asks, and what the owner answers for all to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// Who asks; shown to that person, the owner and staff.
    pub asked_by: UserId,
    /// 1 to 1,000 characters.
    pub text: String,
    /// Business time.
    pub asked_at: OffsetDateTime,
    /// The answer, 1 to 4,000 characters, and when it was given.
    pub answer: Option<(String, OffsetDateTime)>,
    /// The admin who hid it, and why.
    pub hidden: Option<(UserId, String)>,
}

impl ImportProject {
    /// The next step of the shipment after the `last` one; steps may be left out. Refuses one that
    /// comes before, one before its time, and goods that do not move.
    pub fn record_milestone(
        &self,
        milestone: Milestone,
        last: Option<&Milestone>,
        now: OffsetDateTime,
    ) -> Result<Milestone, ExecutionRefusal> {
        self.check_goods_move()?;
        if let Some(last) = last.filter(|last| last.kind >= milestone.kind) {
            return Err(ExecutionRefusal::MilestoneOrder(last.kind));
        }
        let since = last.map_or(self.created_at, |last| last.occurred_at);
        if milestone.occurred_at > now || milestone.occurred_at < since {
            return Err(Refusal::Text("occurred_at").into());
        }
        let note = Rule::long("note", 1_000).optional().read(&milestone.note)?;
        Ok(Milestone { note, ..milestone })
    }

    /// The owner's news of a shown project.
    pub fn post_update(
        &self,
        (title, text): (&str, &str),
        documents: Vec<DocumentId>,
        now: OffsetDateTime,
    ) -> Result<Update, Refusal> {
        self.state.must_be_in(ProjectState::SHOWN)?;
        if documents.len() > 10 {
            return Err(Refusal::Text("document_ids"));
        }
        Ok(Update {
            id: UpdateId::new(),
            title: Rule::line("title", 200).read(title)?,
            text: Rule::long("text", 10_000).read(text)?,
            documents,
            posted_at: now,
        })
    }

    /// A question about a shown project; `lately` is how many the person asked within a day.
    pub fn ask(
        &self,
        asked_by: UserId,
        text: &str,
        (lately, now): (i64, OffsetDateTime),
    ) -> Result<Question, Refusal> {
        self.state.must_be_in(ProjectState::SHOWN)?;
        if lately >= QUESTIONS_A_DAY {
            return Err(Refusal::TooManyQuestions);
        }
        Ok(Question {
            id: QuestionId::new(),
            asked_by,
            text: Rule::long("text", 1_000).read(text)?,
            asked_at: now,
            answer: None,
            hidden: None,
        })
    }
}

impl Question {
    /// Answered once.
    pub fn give_answer(&mut self, text: &str, now: OffsetDateTime) -> Result<(), Refusal> {
        if self.answer.is_some() {
            return Err(Refusal::AlreadyAnswered);
        }
        self.answer = Some((Rule::long("text", 4_000).read(text)?, now));
        Ok(())
    }

    /// Hidden once, with a reason.
    pub fn hide(&mut self, by: UserId, reason: &str) -> Result<(), Refusal> {
        if self.hidden.is_some() {
            return Err(Refusal::AlreadyHidden);
        }
        self.hidden = Some((by, Rule::long("reason", 500).read(reason)?));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::execution::executed;

    #[test]
    fn a_shipment_goes_forward_and_not_before_its_time() {
        let project = executed();
        let at = |second| OffsetDateTime::from_unix_timestamp(second).unwrap();
        let step = |kind, second| Milestone {
            id: MilestoneId::new(),
            kind,
            note: String::new(),
            occurred_at: at(second),
            document: None,
        };
        let shipped = step(MilestoneKind::Shipped, 10);
        for (next, last, code) in [
            (step(MilestoneKind::Shipped, 10), None, None),
            (step(MilestoneKind::Warehouse, 20), Some(&shipped), None),
            (
                step(MilestoneKind::Shipped, 20),
                Some(&shipped),
                Some("milestone_order"),
            ),
            (
                step(MilestoneKind::Production, 20),
                Some(&shipped),
                Some("milestone_order"),
            ),
            (
                step(MilestoneKind::InTransit, 9),
                Some(&shipped),
                Some("text_out_of_range"),
            ),
            (
                step(MilestoneKind::InTransit, 31),
                Some(&shipped),
                Some("text_out_of_range"),
            ),
        ] {
            let answer = project.record_milestone(next, last, at(30));
            assert_eq!(answer.err().map(|refusal| refusal.code()), code);
        }
    }

    #[test]
    fn a_question_is_one_of_few_answered_once_and_hidden_once() {
        let (mut project, now) = (executed(), OffsetDateTime::UNIX_EPOCH);
        let asker = UserId::new();
        let many = project.ask(asker, "Why?", (5, now));
        assert_eq!(many, Err(Refusal::TooManyQuestions));
        let mut question = project.ask(asker, " Why? ", (4, now)).unwrap();
        question.give_answer("Because.", now).unwrap();
        let again = question.give_answer("Because!", now);
        assert_eq!(again, Err(Refusal::AlreadyAnswered));
        question.hide(UserId::new(), "rude").unwrap();
        assert_eq!(
            question.hide(UserId::new(), "rude"),
            Err(Refusal::AlreadyHidden)
        );
        project.state = ProjectState::Draft;
        let hidden = project.ask(asker, "Why?", (0, now)).unwrap_err();
        assert_eq!(hidden.code(), "wrong_state");
    }
}
