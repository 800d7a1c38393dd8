//! The second factor: time-based codes (RFC 6238), each good once.

use time::Duration;

/// How many recovery codes a person gets.
pub const RECOVERY_CODES: usize = 10;
/// Whoever takes the second factor away signed in this long ago at most.
pub const REMOVAL_FRESH: Duration = Duration::minutes(5);

/// A person's second factor, as it is kept. No `Debug`: it must not reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Only the vault can open it.
    pub sealed: Vec<u8>,
    /// The step of the last code that was taken.
    pub last_step: i64,
}

/// Whether a sign-in has shown the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otp {
    /// The person has none.
    None,
    /// It is still to come: until then nobody is signed in.
    Awaited,
    /// A code was right.
    Shown,
}

impl SecondFactor {
    /// Takes a code's step; one that is not later than the last was seen before: refused.
    pub fn take(&mut self, step: i64) -> bool {
        let is_new = step > self.last_step;
        if is_new {
            self.last_step = step;
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_taken_once_and_none_before_it_any_more() {
        let mut factor = SecondFactor {
            sealed: Vec::new(),
            last_step: 7,
        };
        for (step, is_taken) in [(6, false), (7, false), (9, true), (9, false), (8, false)] {
            assert_eq!(factor.take(step), is_taken, "{step}");
        }
    }
}
