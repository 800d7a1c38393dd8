//! What every rpc begins with: who calls, and what the fields of the request say.

use std::str::FromStr;

use authz::Actor;
use tonic::{Request, Status};

use crate::malformed;

/// Who calls, as the door found out; a call that came past it is refused.
pub fn actor<T>(request: &Request<T>) -> Result<Actor, Status> {
    let actor = request.extensions().get::<Actor>().cloned();
    actor.ok_or_else(|| Status::unauthenticated("the call came past the door"))
}

/// A field's text as what it stands for; refused as `malformed` with the field's name.
pub fn read<T: FromStr>(text: &str, field: &str) -> Result<T, Status> {
    text.parse().ok().ok_or_else(|| malformed(field))
}

/// The most ids that one call may name.
const IDS_MAX: usize = 200;

/// The same for a list of up to 200 ids.
pub fn read_all<T: FromStr>(texts: &[String], field: &str) -> Result<Vec<T>, Status> {
    if texts.len() > IDS_MAX {
        return Err(malformed(field));
    }
    texts.iter().map(|text| read(text, field)).collect()
}

/// Where the page after this one begins, empty where none follows. One more entry than the page
/// has was `read`, and goes away again: it alone tells whether another page follows.
pub fn next<T>(found: &mut Vec<T>, read: i64, cursor: impl FnOnce(&T) -> String) -> String {
    if usize::try_from(read).is_ok_and(|read| found.len() < read) {
        return String::new();
    }
    found.pop();
    found.last().map(cursor).unwrap_or_default()
}
