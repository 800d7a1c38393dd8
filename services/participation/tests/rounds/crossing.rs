//! What can cross on one participation, in both orders, one after the other and at the same moment
//! on two replicas: one wins, the other is told what was decided.

use std::fmt::Write as _;

use ids::EventId;
use participation::application::decide_participations::{Decision, Verdict, decide_participation};
use participation::application::react_to_accounting::{FundsWord, funds_moved};
use participation::application::react_to_projects::{
    flag_set, material_change, project_approved, project_cancelled,
};
use participation::application::renew_participation::renew_participation;
use participation::application::sweep::{expire_due, seal_due};
use participation::application::withdraw_participation::withdraw_participation;
use participation::application::{App, DecisionError};
use participation::domain::{CancelledFrom, Participation, Renewal};
use time::Duration;
use uow::StoreError;

use crate::house::Round;

/// What a participation of the whole goal has come to before the two meet.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    /// REQUESTED, PENDING.
    Asked,
    /// REQUESTED, HELD.
    Funded,
    /// APPROVED, HELD: the offering is full.
    Taken,
    /// APPROVED, CAPTURED.
    InEscrow,
    /// The same, with a renewal outstanding.
    Changed,
    /// The list is sealed.
    Sealed,
    /// WAITLISTED, behind a request of the whole goal.
    Waiting,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Approve,
    Reject,
    Withdraw,
    /// The decision's time passes.
    Expire,
    Held,
    Refused,
    Captured,
    Cancelled,
    ProjectApproved,
    Suspend,
    /// The offering's deadline passes.
    Deadline,
    /// The cooling-off time passes.
    Seal,
    Change,
    Renew,
    /// The renewal's time passes.
    Unrenewed,
    /// Who has all the room gives it back.
    FreeRoom,
}

use Act::*;
use Start::*;

/// Where it starts; the two; what they answer and what is left when the first comes first, and
/// when the second does. `-`: a sweep that found nothing to do.
#[rustfmt::skip]
const TABLE: &[(Start, Act, Act, &str, &str)] = &[
    (Asked, Held, Approve, "ok, ok: APPROVED HELD", "ok, not_held: REQUESTED HELD"),
    (Asked, Held, Reject, "ok, ok: REJECTED HELD", "ok, ok: REJECTED HELD"),
    (Asked, Held, Withdraw, "ok, ok: WITHDRAWN HELD", "ok, ok: WITHDRAWN HELD"),
    (Asked, Held, Expire, "ok, ok: EXPIRED HELD", "ok, ok: EXPIRED HELD"),
    (Asked, Held, Cancelled, "ok, ok: REFUNDED HELD", "ok, ok: EXPIRED HELD"),
    (Asked, Held, Deadline, "ok, -: REQUESTED HELD", "ok, -: REQUESTED HELD"),
    (Asked, Held, Suspend, "ok, ok: REQUESTED HELD", "ok, ok: REQUESTED HELD"),
    (Asked, Held, Change, "ok, ok: REQUESTED HELD", "ok, ok: REQUESTED HELD"),
    (Asked, Refused, Approve,
        "ok, already_rejected: REJECTED REFUSED", "ok, not_held: REJECTED REFUSED"),
    (Asked, Refused, Reject, "ok, already_rejected: REJECTED REFUSED", "ok, ok: REJECTED REFUSED"),
    (Asked, Refused, Withdraw,
        "ok, already_rejected: REJECTED REFUSED", "ok, ok: WITHDRAWN REFUSED"),
    (Asked, Refused, Expire, "ok, -: REJECTED REFUSED", "ok, ok: EXPIRED REFUSED"),
    (Asked, Refused, Cancelled, "ok, ok: REJECTED REFUSED", "ok, ok: EXPIRED REFUSED"),
    (Asked, Refused, Deadline, "ok, ok: REJECTED REFUSED", "ok, -: REJECTED REFUSED"),
    (Asked, Refused, Change, "ok, ok: REJECTED REFUSED", "ok, ok: REJECTED REFUSED"),
    (Asked, Withdraw, Cancelled,
        "ok, ok: WITHDRAWN PENDING", "already_expired, ok: EXPIRED PENDING"),
    (Funded, Approve, Reject,
        "ok, already_approved: APPROVED HELD", "already_rejected, ok: REJECTED HELD"),
    (Funded, Approve, Withdraw, "ok, ok: WITHDRAWN HELD", "already_withdrawn, ok: WITHDRAWN HELD"),
    (Funded, Approve, Expire, "ok, -: APPROVED HELD", "already_expired, ok: EXPIRED HELD"),
    (Funded, Approve, Cancelled, "ok, ok: REFUNDED HELD", "already_refunded, ok: REFUNDED HELD"),
    (Funded, Approve, Deadline, "ok, -: APPROVED HELD", "ok, -: APPROVED HELD"),
    (Funded, Approve, Suspend, "ok, ok: APPROVED HELD", "suspended, ok: REQUESTED HELD"),
    (Funded, Approve, Change, "ok, ok: APPROVED HELD", "ok, ok: APPROVED HELD"),
    (Funded, Reject, Withdraw,
        "ok, already_rejected: REJECTED HELD", "already_withdrawn, ok: WITHDRAWN HELD"),
    (Funded, Reject, Expire, "ok, -: REJECTED HELD", "already_expired, ok: EXPIRED HELD"),
    (Funded, Reject, Cancelled, "ok, ok: REJECTED HELD", "already_refunded, ok: REFUNDED HELD"),
    (Funded, Reject, Deadline, "ok, ok: REJECTED HELD", "ok, -: REJECTED HELD"),
    (Funded, Reject, Suspend, "ok, ok: REJECTED HELD", "ok, ok: REJECTED HELD"),
    (Funded, Withdraw, Expire, "ok, -: WITHDRAWN HELD", "already_expired, ok: EXPIRED HELD"),
    (Funded, Withdraw, Cancelled, "ok, ok: WITHDRAWN HELD", "already_refunded, ok: REFUNDED HELD"),
    (Funded, Withdraw, Deadline, "ok, ok: WITHDRAWN HELD", "ok, -: WITHDRAWN HELD"),
    (Funded, Withdraw, Change, "ok, ok: WITHDRAWN HELD", "ok, ok: WITHDRAWN HELD"),
    (Funded, Expire, Cancelled, "ok, ok: EXPIRED HELD", "-, ok: REFUNDED HELD"),
    (Taken, Captured, Withdraw, "ok, ok: WITHDRAWN CAPTURED", "ok, ok: WITHDRAWN CAPTURED"),
    (Taken, Captured, Cancelled, "ok, ok: REFUNDED CAPTURED", "ok, ok: REFUNDED CAPTURED"),
    (Taken, Captured, Seal, "ok, ok: APPROVED CAPTURED", "ok, -: APPROVED CAPTURED"),
    (Taken, Captured, Deadline, "ok, -: APPROVED CAPTURED", "ok, -: APPROVED CAPTURED"),
    (Taken, Captured, Suspend, "ok, ok: APPROVED CAPTURED", "ok, ok: APPROVED CAPTURED"),
    (InEscrow, Withdraw, Seal,
        "ok, -: WITHDRAWN CAPTURED", "offering_sealed, ok: APPROVED CAPTURED"),
    (InEscrow, Withdraw, Cancelled,
        "ok, ok: WITHDRAWN CAPTURED", "already_refunded, ok: REFUNDED CAPTURED"),
    (InEscrow, Withdraw, Deadline, "ok, ok: WITHDRAWN CAPTURED", "ok, -: WITHDRAWN CAPTURED"),
    (InEscrow, Seal, Cancelled, "ok, ok: REFUNDED CAPTURED", "-, ok: REFUNDED CAPTURED"),
    (InEscrow, Seal, Deadline, "ok, -: APPROVED CAPTURED", "ok, -: APPROVED CAPTURED"),
    (InEscrow, Seal, Change, "ok, ok: APPROVED CAPTURED", "-, ok: APPROVED CAPTURED"),
    (InEscrow, Seal, Suspend, "ok, ok: APPROVED CAPTURED", "ok, ok: APPROVED CAPTURED"),
    (Changed, Renew, Unrenewed,
        "ok, -: APPROVED CAPTURED", "already_withdrawn, ok: WITHDRAWN CAPTURED"),
    (Changed, Renew, Withdraw,
        "ok, ok: WITHDRAWN CAPTURED", "already_withdrawn, ok: WITHDRAWN CAPTURED"),
    (Changed, Renew, Cancelled,
        "ok, ok: REFUNDED CAPTURED", "already_refunded, ok: REFUNDED CAPTURED"),
    (Changed, Renew, Seal, "ok, ok: APPROVED CAPTURED", "ok, -: APPROVED CAPTURED"),
    (Changed, Unrenewed, Withdraw,
        "ok, already_withdrawn: WITHDRAWN CAPTURED", "-, ok: WITHDRAWN CAPTURED"),
    (Changed, Unrenewed, Seal, "ok, -: WITHDRAWN CAPTURED", "ok, -: WITHDRAWN CAPTURED"),
    (Changed, Unrenewed, Cancelled, "ok, ok: WITHDRAWN CAPTURED", "-, ok: REFUNDED CAPTURED"),
    (Sealed, ProjectApproved, Withdraw,
        "ok, already_active: ACTIVE CAPTURED", "ok, offering_sealed: ACTIVE CAPTURED"),
    (Sealed, ProjectApproved, Change, "ok, ok: ACTIVE CAPTURED", "ok, ok: ACTIVE CAPTURED"),
    (Sealed, ProjectApproved, Suspend, "ok, ok: ACTIVE CAPTURED", "ok, ok: ACTIVE CAPTURED"),
    (Waiting, FreeRoom, Withdraw, "ok, ok: WITHDRAWN PENDING", "ok, ok: WITHDRAWN NONE"),
    (Waiting, FreeRoom, Deadline, "ok, -: REQUESTED PENDING", "ok, ok: EXPIRED NONE"),
    (Waiting, FreeRoom, Suspend, "ok, ok: REQUESTED PENDING", "ok, ok: WAITLISTED NONE"),
    (Waiting, FreeRoom, Cancelled, "ok, ok: EXPIRED PENDING", "already_refunded, ok: EXPIRED NONE"),
    (Waiting, FreeRoom, Approve,
        "ok, not_held: REQUESTED PENDING", "ok, already_waitlisted: REQUESTED PENDING"),
    (Waiting, FreeRoom, Change, "ok, ok: REQUESTED PENDING", "ok, ok: WAITLISTED NONE"),
    (Waiting, Withdraw, Cancelled, "ok, ok: WITHDRAWN NONE", "already_expired, ok: EXPIRED NONE"),
    (Waiting, Withdraw, Deadline, "ok, -: WITHDRAWN NONE", "already_expired, ok: EXPIRED NONE"),
];

/// One meeting: its round, the participation, and who has the room when it waits.
struct Case {
    round: Round,
    one: Participation,
    holder: Option<Participation>,
    notice: EventId,
}

impl Case {
    async fn new(world: &Round, start: Start) -> Self {
        let round = world.beside(|_terms| {}).await;
        let holder = match start {
            Waiting => Some(round.held(1_000).await),
            _has_room => None,
        };
        let one = match start {
            Waiting => round.waits(1_000, false).await,
            Asked => round.requested(1_000).await,
            Funded => round.held(1_000).await,
            _taken => round.approved(1_000).await,
        };
        let case = Self {
            round,
            one,
            holder,
            notice: EventId::new(),
        };
        let app = &case.round.app;
        if matches!(start, InEscrow | Changed | Sealed) {
            case.round.funds(case.one.id, FundsWord::Captured).await;
        }
        if start == Changed {
            case.act(app, Change).await;
        }
        if start == Sealed {
            assert_eq!(case.act(app, Seal).await, "ok");
        }
        case
    }

    /// Does it on one replica.
    async fn act(&self, app: &App, act: Act) -> String {
        let id = self.one.id;
        match act {
            Approve => self.decide(app, Verdict::Approve).await,
            Reject => self.decide(app, Verdict::Reject("no".to_owned())).await,
            Withdraw => self.withdraw(app, &self.one).await,
            FreeRoom => self.withdraw(app, self.holder.as_ref().unwrap()).await,
            Renew => {
                let investor = self.round.person(self.one.investor);
                let key = "renew".to_owned();
                code(renew_participation(app, &investor, key, id, self.notice).await)
            }
            Held | Refused | Captured => {
                let word = match act {
                    Held => FundsWord::Held,
                    Refused => FundsWord::Refused,
                    _captured => FundsWord::Captured,
                };
                let mut tx = app.store.begin(&self.round.system()).await.unwrap();
                funds_moved(&mut *tx, id, word).await.unwrap();
                tx.commit().await.unwrap();
                "ok".to_owned()
            }
            Expire => self.sweep(app, "participations", "decide_by").await,
            Unrenewed => self.sweep(app, "participations", "renew_by").await,
            Deadline => {
                self.age("participations", "decide_by", "AND state = 'WAITLISTED'")
                    .await;
                self.sweep(app, "offerings", "deadline").await
            }
            Seal => {
                self.age("participations", "cooling_off_until", "").await;
                found(seal_due(app).await)
            }
            Cancelled | ProjectApproved | Suspend | Change => {
                self.hear(app, act).await;
                "ok".to_owned()
            }
        }
    }

    async fn decide(&self, app: &App, verdict: Verdict) -> String {
        let decision = Decision {
            id: self.one.id,
            verdict,
        };
        code(decide_participation(app, &self.round.owner(), "key".to_owned(), decision).await)
    }

    async fn withdraw(&self, app: &App, one: &Participation) -> String {
        let investor = self.round.person(one.investor);
        code(withdraw_participation(app, &investor, "key".to_owned(), one.id).await)
    }

    async fn hear(&self, app: &App, act: Act) {
        let mut tx = app.store.begin(&self.round.system()).await.unwrap();
        let project = self.round.project;
        let heard = match act {
            Cancelled => {
                let from = CancelledFrom::BeforeExecution;
                project_cancelled(&mut *tx, project, from, "OWNER").await
            }
            ProjectApproved => project_approved(&mut *tx, project).await,
            Suspend => flag_set(&mut *tx, project, true).await,
            _change => {
                let renewal = Renewal {
                    notice: self.notice,
                    renew_by: tx.now() + Duration::DAY,
                };
                material_change(&mut *tx, project, renewal).await
            }
        };
        heard.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes a time of this round pass, and nobody else's.
    async fn age(&self, table: &str, column: &str, which: &str) {
        let project = self.round.project;
        let sql = format!(
            "UPDATE {table} SET {column} = now() - interval '1 second'
             WHERE project_id = '{project}' AND {column} IS NOT NULL {which}"
        );
        self.round.tamper(&sql).await;
    }

    /// What crosses may have read the row before its time was made to pass and written it back
    /// after, which no clock does: then it passes once more.
    async fn sweep(&self, app: &App, table: &str, column: &str) -> String {
        let mut count = Ok(0);
        for _ in 0..2 {
            self.age(table, column, "").await;
            count = expire_due(app).await;
            if !matches!(count, Ok(0)) {
                break;
            }
        }
        found(count)
    }

    async fn left(&self, answers: (String, String)) -> String {
        let one = self.round.one(self.one.id).await;
        let mut left = format!(
            "{}, {}: {} {}",
            answers.0, answers.1, one.state, one.funding
        );
        for finding in self.round.findings().await {
            write!(left, "; {finding}").unwrap();
        }
        // What is still due of this round is no business of the next one.
        while expire_due(&self.round.app).await.unwrap() > 0 {}
        seal_due(&self.round.app).await.unwrap();
        left
    }
}

fn code(answer: Result<Participation, DecisionError>) -> String {
    match answer {
        Ok(_) => "ok".to_owned(),
        Err(DecisionError::Refused(refusal)) => refusal.code().to_owned(),
        Err(other) => panic!("{other:?}"),
    }
}

/// At the same moment a time may be over before the one that it ends is: that is told as well.
fn told_by_time(left: &str) -> String {
    left.replace("decision_over", "already_expired")
        .replace("cooling_off_over", "offering_sealed")
        .replace("renewal_over", "already_withdrawn")
}

fn found(count: Result<usize, StoreError>) -> String {
    if count.unwrap() == 0 { "-" } else { "ok" }.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_crosses_one_wins_and_the_other_is_told() {
    let world = Round::open().await;
    let mut wrong = Vec::new();
    for &(start, first, second, forward, backward) in TABLE {
        let name = format!("{start:?}: {first:?} × {second:?}");
        let mut expect = |order: &str, left: &str, expected: &[&str]| {
            if !expected.contains(&left) {
                wrong.push(format!("{name} {order}\n  {left}\n  {expected:?}"));
            }
        };
        let case = Case::new(&world, start).await;
        let (one, other) = (&case.round.app, &case.round.other);
        let a = case.act(one, first).await;
        let b = case.act(other, second).await;
        expect("in this order", &case.left((a, b)).await, &[forward]);

        let case = Case::new(&world, start).await;
        let b = case.act(one, second).await;
        let a = case.act(other, first).await;
        expect("in the other order", &case.left((a, b)).await, &[backward]);

        for _ in 0..2 {
            let case = Case::new(&world, start).await;
            let answers = tokio::join!(case.act(one, first), case.act(other, second));
            let left = told_by_time(&case.left(answers).await);
            expect("at once", &left, &[forward, backward]);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
