//! Sessions: one proof of identity and all the tokens that come from it. The refresh tokens of a
//! session are one family: each is used once, and a second use ends them all.

use ids::{SessionId, TenantId, UserId};
use strum::{Display, EnumString};
use time::{Duration, OffsetDateTime};

use super::{Otp, Redemption, Scope};

/// How long an access token lives: it is not looked up when used (security.md §Identity 21).
pub const ACCESS_LIFE: Duration = Duration::minutes(5);
/// How long an unused refresh token lives.
pub const REFRESH_LIFE: Duration = Duration::days(14);
/// After this the person proves again who they are, however often tokens were refreshed.
pub const SESSION_LIFE: Duration = Duration::days(30);

/// How long a right password waits for its code.
pub const OTP_WITHIN: Duration = Duration::minutes(10);

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Ended {
    /// By the person, or a client in their name.
    SignedOut,
    /// A code came twice.
    CodeReused,
    /// A refresh token came twice.
    RefreshReused,
}

/// One sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name in tokens (`sid`).
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// When they proved it, in real time.
    pub auth_time: OffsetDateTime,
    /// Whether by a second factor too.
    pub otp: Otp,
    /// Whether from a browser that they had not used, though they had used others.
    pub new_device: bool,
    /// Why and when it ended; the first reason stays.
    pub ended: Option<(Ended, OffsetDateTime)>,
}

/// Where a refresh token is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// Not used yet.
    Fresh,
    /// Exchanged for the next one.
    Used,
}

/// One refresh token of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// The client that holds it.
    pub client: String,
    /// What the person allowed.
    pub scopes: Vec<Scope>,
    /// In real time.
    pub issued_at: OffsetDateTime,
    /// Fresh or used.
    pub state: TokenState,
}

/// What an access token says, beside issuer and audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The operator.
    pub tenant: TenantId,
    /// `sub`.
    pub user: UserId,
    /// `sid`.
    pub session: SessionId,
    /// `client_id`.
    pub client: String,
    /// `scope`.
    pub scopes: Vec<Scope>,
    /// The roles by name, as they are now: a role that was taken away ends with the old token.
    pub roles: Vec<&'static str>,
    /// Whether `amr` has the second factor.
    pub has_otp: bool,
    /// `auth_time`: unmoved by refreshing.
    pub auth_time: OffsetDateTime,
    /// `iat`.
    pub issued_at: OffsetDateTime,
    /// `exp`: never beyond the session.
    pub expires_at: OffsetDateTime,
}

/// What an id token says, beside the issuer (OpenID Connect Core §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdClaims {
    /// `sub`.
    pub user: UserId,
    /// `sid`.
    pub session: SessionId,
    /// `aud`: the client alone.
    pub client: String,
    /// As the client gave it.
    pub nonce: Option<String>,
    /// Whether `amr` has the second factor.
    pub has_otp: bool,
    /// `auth_time`.
    pub auth_time: OffsetDateTime,
    /// `iat`.
    pub issued_at: OffsetDateTime,
    /// `exp`.
    pub expires_at: OffsetDateTime,
}

impl Session {
    /// A sign-in whose password was right just now; `otp` is awaited or there is none.
    pub fn begin(id: SessionId, user: UserId, otp: Otp, now: OffsetDateTime) -> Self {
        Self {
            id,
            user,
            auth_time: now,
            otp,
            new_device: false,
            ended: None,
        }
    }

    /// The second factor was shown.
    pub fn show_otp(&mut self, now: OffsetDateTime) {
        self.otp = Otp::Shown;
        self.auth_time = now;
    }

    /// Whether a code is still to come, and in time.
    pub fn awaits_otp(&self, now: OffsetDateTime) -> bool {
        let is_in_time = now < self.auth_time + OTP_WITHIN;
        self.ended.is_none() && self.otp == Otp::Awaited && is_in_time
    }

    /// Whether tokens may come from it.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        let is_proven = self.otp != Otp::Awaited;
        self.ended.is_none() && is_proven && now < self.auth_time + SESSION_LIFE
    }

    /// Whether the proof is young enough for a client that said how old it may be.
    pub fn is_proven_within(&self, max_age: Option<Duration>, now: OffsetDateTime) -> bool {
        max_age.is_none_or(|max_age| now - self.auth_time < max_age)
    }

    /// Ends it, once.
    pub fn end(&mut self, reason: Ended, now: OffsetDateTime) {
        self.ended.get_or_insert((reason, now));
    }

    /// What an access token given now says.
    pub fn claims(
        &self,
        tenant: TenantId,
        (client, scopes): (&str, &[Scope]),
        roles: Vec<&'static str>,
        now: OffsetDateTime,
    ) -> Claims {
        Claims {
            tenant,
            user: self.user,
            session: self.id,
            client: client.to_owned(),
            scopes: scopes.to_vec(),
            roles,
            has_otp: self.otp == Otp::Shown,
            auth_time: self.auth_time,
            issued_at: now,
            expires_at: (now + ACCESS_LIFE).min(self.auth_time + SESSION_LIFE),
        }
    }

    /// What an id token given now says to the client.
    pub fn id_claims(&self, client: &str, nonce: Option<String>, now: OffsetDateTime) -> IdClaims {
        IdClaims {
            user: self.user,
            session: self.id,
            client: client.to_owned(),
            nonce,
            has_otp: self.otp == Otp::Shown,
            auth_time: self.auth_time,
            issued_at: now,
            expires_at: now + ACCESS_LIFE,
        }
    }
}

impl RefreshToken {
    /// Uses it up; the next one is this one's [`RefreshToken::successor`].
    pub fn redeem(
        &mut self,
        session: &mut Session,
        client: &str,
        now: OffsetDateTime,
    ) -> Redemption {
        if self.state == TokenState::Used {
            session.end(Ended::RefreshReused, now);
            return Redemption::Reused;
        }
        let is_in_time = now < self.issued_at + REFRESH_LIFE;
        if self.client != client || !is_in_time || !session.is_live(now) {
            return Redemption::Refused;
        }
        self.state = TokenState::Used;
        Redemption::Granted
    }

    /// The next token of the family: same client, same scopes.
    #[must_use]
    pub fn successor(&self, now: OffsetDateTime) -> Self {
        Self {
            client: self.client.clone(),
            scopes: self.scopes.clone(),
            issued_at: now,
            state: TokenState::Fresh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-01-05 10:00 UTC);

    fn family() -> (Session, RefreshToken) {
        let token = RefreshToken {
            client: "web".to_owned(),
            scopes: vec![Scope::Openid, Scope::OfflineAccess],
            issued_at: AT,
            state: TokenState::Fresh,
        };
        (
            Session::begin(SessionId::new(), UserId::new(), Otp::None, AT),
            token,
        )
    }

    #[test]
    fn a_refresh_token_serves_its_client_once_and_in_time() {
        let almost = REFRESH_LIFE - Duration::SECOND;
        let table = [
            ("web", Duration::ZERO, Redemption::Granted),
            ("web", almost, Redemption::Granted),
            ("web", REFRESH_LIFE, Redemption::Refused),
            ("other", Duration::ZERO, Redemption::Refused),
        ];
        for (client, after, expected) in table {
            let (mut session, mut token) = family();
            let answer = token.redeem(&mut session, client, AT + after);
            assert_eq!(answer, expected, "{client} {after}");
            let is_used = token.state == TokenState::Used;
            assert_eq!(is_used, expected == Redemption::Granted);
            assert_eq!(session.ended, None);
        }
    }

    #[test]
    fn a_token_used_twice_takes_the_newest_of_its_family_with_it() {
        let (mut session, mut stolen) = family();
        assert_eq!(stolen.redeem(&mut session, "web", AT), Redemption::Granted);
        let mut newest = stolen.successor(AT);
        assert_eq!(stolen.redeem(&mut session, "web", AT), Redemption::Reused);
        assert_eq!(session.ended, Some((Ended::RefreshReused, AT)));
        assert_eq!(newest.redeem(&mut session, "web", AT), Redemption::Refused);
    }

    #[test]
    fn refreshing_does_not_stretch_a_session() {
        let (mut session, token) = family();
        let end = AT + SESSION_LIFE;
        let mut late = token.successor(end - Duration::SECOND);
        assert_eq!(late.redeem(&mut session, "web", end), Redemption::Refused);
    }

    #[test]
    fn a_client_may_ask_for_a_young_proof() {
        let (session, _) = family();
        let minute = Some(Duration::MINUTE);
        let table = [
            (None, Duration::days(9), true),
            (minute, Duration::seconds(59), true),
            (minute, Duration::MINUTE, false),
            (Some(Duration::ZERO), Duration::ZERO, false),
        ];
        for (max_age, after, expected) in table {
            assert_eq!(
                session.is_proven_within(max_age, AT + after),
                expected,
                "{after}"
            );
        }
    }

    #[test]
    fn nothing_comes_from_a_sign_in_whose_code_is_still_to_come() {
        let mut session = Session::begin(SessionId::new(), UserId::new(), Otp::Awaited, AT);
        assert!(!session.is_live(AT) && session.awaits_otp(AT));
        assert!(!session.awaits_otp(AT + OTP_WITHIN));
        let later = AT + Duration::MINUTE;
        session.show_otp(later);
        assert!(session.is_live(later) && !session.awaits_otp(later));
        assert_eq!(session.auth_time, later);
        let claims = session.claims(TenantId::new(), ("web", &[]), vec![], later);
        assert!(claims.has_otp);
    }

    #[test]
    fn the_first_reason_to_end_stays() {
        let (mut session, _) = family();
        session.end(Ended::SignedOut, AT);
        session.end(Ended::RefreshReused, AT + Duration::SECOND);
        assert_eq!(session.ended, Some((Ended::SignedOut, AT)));
    }

    #[test]
    fn an_access_token_lives_five_minutes_but_never_beyond_its_session() {
        let (session, token) = family();
        let end = AT + SESSION_LIFE;
        let table = [(AT, AT + ACCESS_LIFE), (end - Duration::minutes(1), end)];
        for (now, expires_at) in table {
            let claims = session.claims(TenantId::new(), ("web", &token.scopes), vec![], now);
            assert_eq!(claims.expires_at, expires_at);
            assert_eq!(claims.auth_time, AT);
        }
    }
}
