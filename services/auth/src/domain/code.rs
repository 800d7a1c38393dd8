//! Authorization codes: sixty seconds, one use; a second use ends the whole session.

use time::{Duration, OffsetDateTime};

use super::{Authorized, Digest, Ended, Session};

/// How long a code can be redeemed.
pub const CODE_LIFE: Duration = Duration::seconds(60);

/// What became of an attempt to redeem a code or a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Redemption {
    /// Tokens may be given; code or token is used up.
    Granted,
    /// `invalid_grant`, and nothing changed.
    Refused,
    /// `invalid_grant`, and the session was ended by it: this must be stored, and audited.
    Reused,
}

/// A code that was given out. Its session carries the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What it was given for.
    pub request: Authorized,
    /// In real time.
    pub issued_at: OffsetDateTime,
    /// When it was redeemed.
    pub used_at: Option<OffsetDateTime>,
}

impl Code {
    /// Redeems it for whoever shows the verifier (by its SHA-256), from the same client and with
    /// the same address. `session` is the one that the code was given in.
    pub fn redeem(
        &mut self,
        session: &mut Session,
        (client, redirect_uri): (&str, &str),
        verifier: Digest,
        now: OffsetDateTime,
    ) -> Redemption {
        if self.used_at.is_some() {
            session.end(Ended::CodeReused, now);
            return Redemption::Reused;
        }
        let is_the_asker =
            self.request.client == client && self.request.redirect_uri == redirect_uri;
        let is_in_time = now < self.issued_at + CODE_LIFE;
        let is_proven = self.request.challenge.is_met_by(verifier);
        if !(is_the_asker && is_in_time && is_proven && session.is_live(now)) {
            return Redemption::Refused;
        }
        self.used_at = Some(now);
        Redemption::Granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Challenge, Scope};
    use ids::{SessionId, UserId};
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-01-05 10:00 UTC);
    const BACK: &str = "https://fondeo.example/back";

    fn given() -> (Code, Session) {
        let request = Authorized {
            client: "web".to_owned(),
            redirect_uri: BACK.to_owned(),
            scopes: vec![Scope::Openid],
            challenge: Challenge([7; 32]),
            nonce: None,
        };
        let code = Code {
            request,
            issued_at: AT,
            used_at: None,
        };
        (
            code,
            Session::begin(
                SessionId::new(),
                UserId::new(),
                crate::domain::Otp::None,
                AT,
            ),
        )
    }

    #[test]
    fn a_code_serves_its_asker_with_its_proof_within_sixty_seconds() {
        let almost = Duration::milliseconds(59_999);
        let table = [
            ("web", BACK, 7, Duration::ZERO, Redemption::Granted),
            ("web", BACK, 7, almost, Redemption::Granted),
            ("web", BACK, 7, CODE_LIFE, Redemption::Refused),
            ("web", BACK, 8, Duration::ZERO, Redemption::Refused),
            ("other", BACK, 7, Duration::ZERO, Redemption::Refused),
            (
                "web",
                "https://fondeo.example",
                7,
                Duration::ZERO,
                Redemption::Refused,
            ),
        ];
        for (client, uri, verifier, after, expected) in table {
            let (mut code, mut session) = given();
            let answer = code.redeem(&mut session, (client, uri), [verifier; 32], AT + after);
            assert_eq!(answer, expected, "{client} {uri} {verifier} {after}");
            assert_eq!(code.used_at.is_some(), expected == Redemption::Granted);
            assert!(session.is_live(AT));
        }
    }

    #[test]
    fn a_second_use_ends_the_session_even_after_the_code_ran_out() {
        let (mut code, mut session) = given();
        let first = code.redeem(&mut session, ("web", BACK), [7; 32], AT);
        assert_eq!(first, Redemption::Granted);
        let later = AT + Duration::hours(1);
        let second = code.redeem(&mut session, ("web", BACK), [7; 32], later);
        assert_eq!(second, Redemption::Reused);
        assert_eq!(session.ended, Some((Ended::CodeReused, later)));
    }

    #[test]
    fn a_code_of_an_ended_session_gives_nothing() {
        let (mut code, mut session) = given();
        session.end(Ended::SignedOut, AT);
        let answer = code.redeem(&mut session, ("web", BACK), [7; 32], AT);
        assert_eq!(answer, Redemption::Refused);
    }
}
