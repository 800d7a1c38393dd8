//! How a refusal travels: a gRPC status with a stable code beside it, for programs and
//! translations. A fault carries nothing but "internal error".

use std::fmt::Display;

use serde_json::{Map, Value};
use tonic::{Code, Status};
use uow::StoreError;

const CODE: &str = "fondeo-refusal";
const ARGS: &str = "fondeo-args";

/// A refusal by a rule: `code` is stable, `text` is for developers, in English.
pub fn refuse(status: Code, code: &'static str, text: impl Display) -> Status {
    refuse_with(status, code, text, &[])
}

/// A refusal with what the answer must name, such as the room that is left.
pub fn refuse_with(
    status: Code,
    code: &'static str,
    text: impl Display,
    args: &[(&str, String)],
) -> Status {
    let mut refused = Status::new(status, text.to_string());
    let metadata = refused.metadata_mut();
    metadata.insert(CODE, code.parse().expect("codes are ASCII"));
    if !args.is_empty() {
        let args: Map<_, _> = args
            .iter()
            .map(|(k, v)| ((*k).to_owned(), Value::from(v.as_str())))
            .collect();
        let json = Value::from(args).to_string();
        // Header values are bytes; JSON in UTF-8 goes as a binary header.
        metadata.insert_bin(
            format!("{ARGS}-bin")
                .parse::<tonic::metadata::BinaryMetadataKey>()
                .expect("a constant"),
            tonic::metadata::MetadataValue::from_bytes(json.as_bytes()),
        );
    }
    refused
}

/// A value that is missing or can't be read, by the name of its field in the contract.
pub fn malformed(field: &str) -> Status {
    refuse_with(
        Code::InvalidArgument,
        "malformed",
        format!("`{field}` is missing or malformed"),
        &[("field", field.to_owned())],
    )
}

/// What the store could not do: a conflict may be tried again, a reused key is a refusal, all
/// else is logged once with its causes and answered without details.
pub fn fault(error: &StoreError) -> Status {
    match error {
        StoreError::Conflict => refuse(
            Code::Aborted,
            "conflict",
            "somebody changed the same record: try again",
        ),
        StoreError::KeyReused => refuse(
            Code::AlreadyExists,
            "idempotency_key_reused",
            "the idempotency key was used before with another request: use a new one",
        ),
        StoreError::Failed(cause) => {
            tracing::error!(
                error = cause.as_ref() as &dyn std::error::Error,
                "the store failed"
            );
            Status::internal("internal error")
        }
    }
}

/// A refusal as the receiving side reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: String,
    /// English text.
    pub text: String,
    /// What the answer names.
    pub args: Vec<(String, String)>,
}

impl Refusal {
    /// `None` when the status is a fault and not a refusal.
    pub fn from_status(status: &Status) -> Option<Self> {
        let code = status.metadata().get(CODE)?.to_str().ok()?.to_owned();
        let args = status
            .metadata()
            .get_bin(format!("{ARGS}-bin"))
            .and_then(|value| value.to_bytes().ok())
            .and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok())
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())))
            .collect();
        Some(Self {
            code,
            text: status.message().to_owned(),
            args,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_arrives_with_its_code_and_what_it_names() {
        let room = ("room", "1234.50 USD – año".to_owned());
        let status = refuse_with(
            Code::FailedPrecondition,
            "not_enough_room",
            "no room",
            &[room],
        );
        let refusal = Refusal::from_status(&status).expect("a refusal");
        assert_eq!(refusal.code, "not_enough_room");
        assert_eq!(
            refusal.args,
            [("room".to_owned(), "1234.50 USD – año".to_owned())]
        );
    }

    #[test]
    fn a_fault_tells_nothing() {
        let status = fault(&StoreError::failed("password of the database"));
        assert_eq!(status.message(), "internal error");
        assert_eq!(Refusal::from_status(&status), None);
    }
}
