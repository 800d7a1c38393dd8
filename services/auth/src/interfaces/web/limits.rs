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
    told: Book,
    mistakes: Mutex<HashMap<String, Mistakes>>,
}

/// So many wrong passwords are a person's own; after them each one doubles the pause.
const MISTAKES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
/// Who was wrong is forgotten after this long.
const MEMORY: Duration = Duration::from_hours(1);

/// Wrong passwords for one address from one place.
#[derive(Clone, Copy)]
struct Mistakes {
    count: u32,
    not_before: Instant,
    last: Instant,
}

impl Limits {
    /// Counts one registration; refuses with the time to wait.
    pub(super) fn take(&self, source: &str, address: &str) -> Result<(), Duration> {
        self.take_at(source, address, Instant::now())
    }

    /// Counts one try to sign in, from a network or, where the browser is known, from that. Only
    /// strangers wait for what others do with the address.
    pub(super) fn take_sign_in(
        &self,
        source: &str,
        (address, place): (&str, &str),
        is_known: bool,
    ) -> Result<(), Duration> {
        let now = Instant::now();
        self.sources.take(SOURCE, source, now)?;
        let address = address.trim().to_lowercase();
        if !is_known {
            self.addresses.take(ADDRESS, &address, now)?;
        }
        let mistakes = self.mistakes.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = mistakes.get(&format!("{address} {place}"));
        match wait.map(|one| one.not_before.saturating_duration_since(now)) {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) | None => Ok(()),
        }
    }

    /// Notes whether a password was right; each further wrong one from the same place doubles the
    /// pause before the next.
    pub(super) fn proved(&self, address: &str, place: &str, was_right: bool) {
        let now = Instant::now();
        let key = format!("{} {place}", address.trim().to_lowercase());
        let mut mistakes = self.mistakes.lock().unwrap_or_else(PoisonError::into_inner);
        if was_right {
            mistakes.remove(&key);
            return;
        }
        if mistakes.len() >= KEYS_MAX {
            mistakes.retain(|_, one| now.saturating_duration_since(one.last) < MEMORY);
        }
        if mistakes.len() >= KEYS_MAX {
            return;
        }
        let one = mistakes.entry(key).or_insert(Mistakes {
            count: 0,
            not_before: now,
            last: now,
        });
        one.count += 1;
        one.last = now;
        one.not_before = now + pause_after(one.count);
    }

    /// Whether nobody was told of this address in the last hour.
    pub(super) fn is_news(&self, address: &str) -> bool {
        let hourly = Rate {
            burst: 1,
            pause: MEMORY,
        };
        let address = address.trim().to_lowercase();
        self.told.take(hourly, &address, Instant::now()).is_ok()
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

fn pause_after(mistakes: u32) -> Duration {
    let Some(beyond) = mistakes.checked_sub(MISTAKES) else {
        return Duration::ZERO;
    };
    let doubled = FIRST_PAUSE.checked_mul(1 << beyond.min(16));
    doubled.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
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
    fn each_wrong_password_from_one_place_doubles_its_pause_and_no_others() {
        let seconds = |mistakes| pause_after(mistakes).as_secs();
        assert_eq!([4, 5, 6, 7].map(seconds), [0, 2, 4, 8]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
        let limits = Limits::default();
        let ana = ("ana@example.org", "there");
        for _ in 0..MISTAKES {
            assert_eq!(limits.take_sign_in("there", ana, false), Ok(()));
            limits.proved(ana.0, ana.1, false);
        }
        assert!(limits.take_sign_in("there", ana, false).is_err());
        let (here, home) = ((ana.0, "here"), (ana.0, "her own browser"));
        assert_eq!(limits.take_sign_in("here", here, false), Ok(()));
        assert_eq!(limits.take_sign_in("there", home, true), Ok(()));
        limits.proved(ana.0, ana.1, true);
        assert_eq!(limits.take_sign_in("there", ana, false), Ok(()));
    }

    #[test]
    fn a_known_browser_is_not_kept_out_by_what_strangers_try() {
        let limits = Limits::default();
        for stranger in 0..ADDRESS.burst {
            let place = stranger.to_string();
            let tried = limits.take_sign_in(&place, ("ana@example.org", &place), false);
            assert_eq!(tried, Ok(()));
        }
        let (stranger, own) = (("ana@example.org", "x"), ("ana@example.org", "own"));
        assert!(limits.take_sign_in("x", stranger, false).is_err());
        assert_eq!(limits.take_sign_in("y", own, true), Ok(()));
        assert!(limits.is_news("ana@example.org") && !limits.is_news("Ana@example.org"));
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
