//! Room that becomes free goes to the waiting list, in the unit of work that frees it.

use uow::StoreError;

use super::ports::Tx;
use crate::domain::{Offering, Participation};

/// Locks, in the order of ids, the exposure of everybody whom the release of room may concern: of
/// those who give it back, and of the first of the waiting list, who are answered.
pub(super) async fn lock_concerned(
    tx: &mut dyn Tx,
    offering: &Offering,
    leaving: &[Participation],
) -> Result<Vec<Participation>, StoreError> {
    let mut waiting = if offering.state().numbers == 0 {
        Vec::new()
    } else {
        tx.waiting(offering).await?
    };
    waiting.retain(|one| leaving.iter().all(|leaving| leaving.id != one.id));
    let concerned = leaving.iter().chain(&waiting);
    let mut investors: Vec<_> = concerned.map(|one| one.investor).collect();
    investors.sort_unstable();
    investors.dedup();
    tx.lock_exposures(offering, &investors).await?;
    Ok(waiting)
}

/// Promotes, first come first served, whoever may and fits. Who does not keeps the place.
/// Answers how many.
pub(super) async fn promote(
    tx: &mut dyn Tx,
    offering: &mut Offering,
    waiting: Vec<Participation>,
) -> Result<usize, StoreError> {
    let now = tx.now();
    let mut promoted = 0;
    for mut one in waiting {
        if !offering.promotes(now) {
            break;
        }
        let standing = tx.standing(offering, one.investor).await?;
        match offering.promote(&mut one, standing, now) {
            Ok(change) => {
                tx.save(offering, &one, change).await?;
                promoted += 1;
            }
            Err(refusal) => {
                tracing::debug!(id = %one.id, code = refusal.code(), "not promoted");
            }
        }
    }
    Ok(promoted)
}
