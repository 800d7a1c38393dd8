//! Accounting's own invariants, looked at as a whole (security.md).

use contracts::journal::Check;
use pg::Database;

/// Every check with what it found.
pub async fn verify(_db: Database) -> Result<Vec<Check>, sqlx::Error> {
    Ok(Vec::new())
}
