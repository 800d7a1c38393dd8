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
