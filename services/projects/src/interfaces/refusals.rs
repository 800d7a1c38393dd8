//! How errors of the use cases become statuses: each has its place, none is forgotten.

use costing::{CostingError, SheetError};
use link::{fault, refuse, refuse_with};
use serde_json::json;
use tonic::{Code, Status};
use uow::{StoreError, UnusableKey};

use crate::application::CommandError;
use crate::application::advance_business_time::AdvanceBusinessTimeError;
use crate::application::create_project::CreateProjectError;
use crate::application::execution::ExecutionError;
use crate::domain::execution::{ExecutionRefusal, Open};
use crate::domain::{Refusal, words};

/// At most so many wrong places of a sheet are told at once: an answer is no dump.
const PLACES: usize = 50;

pub(super) fn no_such_project() -> Status {
    refuse(
        Code::NotFound,
        "no_such_project",
        "there is no such project",
    )
}

pub(super) fn forbidden(text: impl std::fmt::Display) -> Status {
    refuse(Code::PermissionDenied, "forbidden", text)
}

fn unusable(key: &UnusableKey) -> Status {
    refuse(Code::InvalidArgument, "unusable_idempotency_key", key)
}

/// The refusal with what its answer must name.
pub(super) fn refused(refusal: &Refusal) -> Status {
    let args = match refusal {
        Refusal::IllegalTransition(edge) => {
            let possible = match words(edge.possible()) {
                none if none.is_empty() => "NOTHING".to_owned(),
                some => some,
            };
            vec![
                ("from", edge.from.to_string()),
                ("to", edge.step.to().to_string()),
                ("needs", words(edge.needs())),
                ("possible", possible),
            ]
        }
        Refusal::WrongState { state, needs } => {
            vec![
                ("state", state.to_string()),
                ("needs", words(needs.iter().copied())),
            ]
        }
        Refusal::TermsImmutable(state) => {
            vec![("state", state.to_string()), ("needs", "DRAFT".to_owned())]
        }
        Refusal::NotYoursToCancel { state, who } => {
            vec![("state", state.to_string()), ("who", who.to_string())]
        }
        Refusal::TooManyFiles(max) => vec![("max", max.to_string())],
        Refusal::SameFlag(flag) => vec![("flag", flag.to_string())],
        Refusal::Terms(field) | Refusal::Text(field) => vec![("field", (*field).to_owned())],
        Refusal::Suspended
        | Refusal::IsOwner
        | Refusal::IsParticipant
        | Refusal::NotSealed
        | Refusal::EscrowDiffers
        | Refusal::NoReason
        | Refusal::NoTerms
        | Refusal::NothingToRaise
        | Refusal::NoSnapshot
        | Refusal::NoOpenDisbursement
        | Refusal::NoSuchParticipation
        | Refusal::SealBroken
        | Refusal::OwnerNotVerified
        | Refusal::NoRiskText
        | Refusal::Sealed
        | Refusal::NothingToRenew
        | Refusal::NoLiquidation
        | Refusal::NoSuchDocument
        | Refusal::AlreadySuperseded
        | Refusal::NoSuchQuestion
        | Refusal::TooManyQuestions
        | Refusal::AlreadyAnswered
        | Refusal::AlreadyHidden => Vec::new(),
    };
    refuse_with(Code::FailedPrecondition, refusal.code(), refusal, &args)
}

/// Every wrong place in one argument, as JSON: file, row, column, code, and what to do about it.
fn wrong_sheet(errors: &[SheetError]) -> Status {
    let places: Vec<_> = errors
        .iter()
        .take(PLACES)
        .map(|error| {
            let SheetError {
                file,
                row,
                column,
                cell,
                problem,
            } = error;
            json!({
                "file": file.to_string(),
                "row": row,
                "column": column,
                "cell": cell,
                "code": problem.code(),
                "text": problem.to_string(),
            })
        })
        .collect();
    let args = [
        ("count", errors.len().to_string()),
        ("places", serde_json::Value::from(places).to_string()),
    ];
    let first = errors.first().map(ToString::to_string).unwrap_or_default();
    let text = format!(
        "the sheet has {} mistakes; the first: {first}",
        errors.len()
    );
    refuse_with(Code::InvalidArgument, "sheet_invalid", text, &args)
}

fn uncosted(error: &CostingError) -> Status {
    let text = match error {
        CostingError::Line { kind, name, source } => {
            format!("cost line `{name}` ({kind}): {source}")
        }
        CostingError::NoProducts
        | CostingError::TooManyLines
        | CostingError::DuplicateSku(_)
        | CostingError::Quantity(_)
        | CostingError::PriceNotPositive(_)
        | CostingError::MissingRate(_)
        | CostingError::Number(_) => error.to_string(),
    };
    let args = [("text", text.clone())];
    refuse_with(Code::InvalidArgument, error.code(), text, &args)
}

/// The refusal of a step of execution with what its answer must name.
fn stopped(refusal: &ExecutionRefusal) -> Status {
    use ExecutionRefusal as R;
    let sku = |sku: &String| ("sku", sku.clone());
    let args = match refusal {
        R::Project(refusal) => return refused(refusal),
        R::NotInExecution(state) => {
            vec![
                ("state", state.to_string()),
                ("needs", "IN_EXECUTION".to_owned()),
            ]
        }
        R::UnknownSku(one)
        | R::CountedTwice(one)
        | R::NotCounted(one)
        | R::UnitsNotPositive(one)
        | R::NetNotPositive(one) => vec![sku(one)],
        R::CountOutOfRange { sku: one, ordered } => {
            vec![sku(one), ("ordered", ordered.to_string())]
        }
        R::NotEnoughUnits { sku: one, left } => vec![sku(one), ("left", left.to_string())],
        R::MilestoneOrder(last) => vec![("last", last.to_string())],
        R::StillOpen(open) => still_open(open),
        R::AlreadyReceived
        | R::NotReceived
        | R::Settlement(_)
        | R::NoLines
        | R::BuyerRequired
        | R::Money(_)
        | R::NothingAllotted
        | R::AlreadyHandedOver
        | R::AllotmentLapsed
        | R::ReasonRequired
        | R::AlreadyAgreed
        | R::AlreadyDeclared
        | R::NotDeclared => Vec::new(),
    };
    refuse_with(Code::FailedPrecondition, refusal.code(), refusal, &args)
}

/// Each missing thing: `stock` as `SKU=units, …`, the number of disbursements, the claims' ids.
fn still_open(open: &Open) -> Vec<(&'static str, String)> {
    let Open {
        stock,
        disbursements,
        unmatched,
    } = open;
    let stock = stock.iter().map(|one| format!("{}={}", one.sku, one.units));
    let unmatched = unmatched.iter().map(ToString::to_string);
    vec![
        ("stock", stock.collect::<Vec<_>>().join(", ")),
        ("disbursements", disbursements.to_string()),
        ("unmatched", unmatched.collect::<Vec<_>>().join(", ")),
    ]
}

impl From<ExecutionError> for Status {
    fn from(err: ExecutionError) -> Self {
        match err {
            ExecutionError::Command(err) => err.into(),
            ExecutionError::Refused(refusal) => stopped(&refusal),
            ExecutionError::NoSuchClosure(_) => {
                refuse(Code::NotFound, "no_such_stock_closure", err)
            }
        }
    }
}

impl From<CommandError> for Status {
    fn from(err: CommandError) -> Self {
        match err {
            CommandError::NoSuchProject(_) => no_such_project(),
            CommandError::Forbidden => forbidden(err),
            CommandError::Key(key) => unusable(&key),
            CommandError::Refused(refusal) => refused(&refusal),
            CommandError::Costing(refusal) => uncosted(&refusal),
            CommandError::Upload(err) => match err.code() {
                Some(code) => refuse(Code::FailedPrecondition, code, err),
                None => fault(&StoreError::failed(err)),
            },
            CommandError::Store(err) => fault(&err),
        }
    }
}

impl From<CreateProjectError> for Status {
    fn from(err: CreateProjectError) -> Self {
        match err {
            CreateProjectError::Forbidden => forbidden(err),
            CreateProjectError::Sheet(errors) => wrong_sheet(&errors),
            CreateProjectError::Costing(refusal) => uncosted(&refusal),
            CreateProjectError::Refused(refusal) => refused(&refusal),
            CreateProjectError::Key(key) => unusable(&key),
            CreateProjectError::Store(err) => fault(&err),
        }
    }
}

impl From<AdvanceBusinessTimeError> for Status {
    fn from(err: AdvanceBusinessTimeError) -> Self {
        match err {
            AdvanceBusinessTimeError::Fixed => {
                refuse(Code::FailedPrecondition, "business_time_fixed", err)
            }
            AdvanceBusinessTimeError::OutOfRange => {
                refuse(Code::InvalidArgument, "seconds_out_of_range", err)
            }
            AdvanceBusinessTimeError::Key(key) => unusable(&key),
            AdvanceBusinessTimeError::Store(err) => fault(&err),
        }
    }
}
