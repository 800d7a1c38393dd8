//! How often one may try, before anything costs: by where the call comes from and by the address
//! that it names. Each has a burst that grows back steadily.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A town behind one address may sign in at once; a guesser gets one try a second.
const SOURCE: Rate = Rate {
    burst: 120,
    pause: Duration::from_secs(1),
};
/// Somebody with several programs may sign in to all; a guesser gets ten tries a minute.
const ADDRESS: Rate = Rate {
    burst: 20,
    pause: Duration::from_secs(6),
};
/// A mistyped code or two is nobody's crime; a guesser gets two tries a minute at a million codes.
const CODE: Rate = Rate {
    burst: 6,
    pause: Duration::from_secs(30),
};
/// Nobody fills the memory with names: beyond this many, new ones wait.
const KEYS_MAX: usize = 50_000;

#[derive(Clone, Copy)]
struct Rate {
    burst: u32,
    pause: Duration,
}

/// For each name, when its burst will be whole again.
#[derive(Default)]
struct Book(Mutex<HashMap<String, Instant>>);

/// The books of one process.
#[derive(Default)]
pub(super) struct Limits {
    sources: Book,
    addresses: Book,
    codes: Book,
}

impl Limits {
    /// Counts one try; refuses with the time to wait.
    pub(super) fn take(&self, source: &str, address: &str) -> Result<(), Duration> {
        self.take_at(source, address, Instant::now())
    }

    /// Counts one code of a person, from where it comes: whoever guesses elsewhere locks nobody
    /// out here.
    pub(super) fn take_code(&self, source: &str, person: &str) -> Result<(), Duration> {
        let now = Instant::now();
        self.sources.take(SOURCE, source, now)?;
        self.codes.take(CODE, &format!("{person} {source}"), now)
    }

    /// A right code makes the burst whole again.
    pub(super) fn forget_code(&self, source: &str, person: &str) {
        self.codes.forget(&format!("{person} {source}"));
    }

    fn take_at(&self, source: &str, address: &str, now: Instant) -> Result<(), Duration> {
        self.sources.take(SOURCE, source, now)?;
        let address = address.trim().to_lowercase();
        self.addresses.take(ADDRESS, &address, now)
    }
}

impl Book {
    fn forget(&self, key: &str) {
        let mut whole_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        whole_at.remove(key);
    }

    fn take(&self, rate: Rate, key: &str, now: Instant) -> Result<(), Duration> {
        let mut whole_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if whole_at.len() >= KEYS_MAX && !whole_at.contains_key(key) {
            whole_at.retain(|_, at| *at > now);
            if whole_at.len() >= KEYS_MAX {
                return Err(rate.pause);
            }
        }
        let then = whole_at.get(key).map_or(now, |at| now.max(*at)) + rate.pause;
        let debt = then.saturating_duration_since(now);
        let wait = debt.saturating_sub(rate.pause * rate.burst);
        if !wait.is_zero() {
            return Err(wait);
        }
        whole_at.insert(key.to_owned(), then);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_then_one_a_pause_and_each_name_counts_for_itself() {
        let (limits, now) = (Limits::default(), Instant::now());
        for _ in 0..ADDRESS.burst {
            assert_eq!(limits.take_at("here", "Ana@example.org", now), Ok(()));
        }
        let refused = limits.take_at("here", " ana@example.org", now);
        assert_eq!(refused, Err(ADDRESS.pause));
        assert_eq!(limits.take_at("here", "eva@example.org", now), Ok(()));
        let later = now + ADDRESS.pause;
        assert_eq!(limits.take_at("there", "ana@example.org", later), Ok(()));
        assert!(limits.take_at("there", "ana@example.org", later).is_err());
    }

    #[test]
    fn one_source_cannot_try_many_addresses() {
        let (limits, now) = (Limits::default(), Instant::now());
        for person in 0..SOURCE.burst {
            assert_eq!(limits.take_at("here", &person.to_string(), now), Ok(()));
        }
        assert_eq!(limits.take_at("here", "one more", now), Err(SOURCE.pause));
        assert_eq!(limits.take_at("there", "one more", now), Ok(()));
    }
}
