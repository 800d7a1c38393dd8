//! Proof key for code exchange (RFC 7636), by S256 only: whoever redeems a code shows the text
//! whose hash came with the request.

use super::{Digest, OauthError};

/// The SHA-256 that the verifier must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge(pub Digest);

impl Challenge {
    /// Reads the 43 characters of unpadded base64url; refuses any other method than `S256` and
    /// any text that is not the one canonical form of 32 bytes.
    pub fn try_new(method: &str, text: &str) -> Result<Self, OauthError> {
        if method != "S256" || text.len() != 43 {
            return Err(OauthError::ChallengeRequired);
        }
        let mut digest = [0; 32];
        let mut bytes = digest.iter_mut();
        let (mut pending, mut bits) = (0_u32, 0_u32);
        for c in text.bytes() {
            let value = sextet(c).ok_or(OauthError::ChallengeRequired)?;
            pending = (pending << 6) | value;
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                let byte = bytes.next().expect("43 sextets hold 32 bytes");
                *byte = u8::try_from(pending >> bits).expect("what is above was taken away");
                pending &= (1 << bits) - 1;
            }
        }
        // Two bits are left over; a second text for the same bytes is not accepted.
        if pending != 0 {
            return Err(OauthError::ChallengeRequired);
        }
        Ok(Self(digest))
    }

    /// Whether the verifier with this SHA-256 is the one. Both sides are hashes, so that the time
    /// of the comparison tells nothing about a verifier.
    pub fn is_met_by(self, verifier: Digest) -> bool {
        self.0 == verifier
    }
}

/// Refuses what cannot be a verifier: 43 to 128 unreserved characters (RFC 7636 §4.1).
pub fn check_verifier(verifier: &str) -> Result<(), OauthError> {
    let is_unreserved = |c: u8| c.is_ascii_alphanumeric() || b"-._~".contains(&c);
    if (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved) {
        Ok(())
    } else {
        Err(OauthError::InvalidGrant)
    }
}

fn sextet(c: u8) -> Option<u32> {
    let value = match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B: a verifier's SHA-256 and the challenge that it makes.
    const VERIFIER_SHA256: Digest = [
        19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8, 118, 168, 120, 173,
        109, 241, 68, 86, 110, 225, 137, 74, 203, 112, 249, 195,
    ];
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_is_met_by_its_verifier_only() {
        let challenge = Challenge::try_new("S256", CHALLENGE).expect("the RFC's own");
        assert!(challenge.is_met_by(VERIFIER_SHA256));
        assert!(!challenge.is_met_by([0; 32]));
    }

    #[test]
    fn only_s256_and_only_the_canonical_text_is_read() {
        let table = [
            ("plain", CHALLENGE),
            ("s256", CHALLENGE),
            ("", CHALLENGE),
            ("S256", ""),
            ("S256", &CHALLENGE[..42]),
            ("S256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"),
            ("S256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"),
        ];
        for (method, text) in table {
            let refused = Challenge::try_new(method, text);
            assert_eq!(
                refused,
                Err(OauthError::ChallengeRequired),
                "{method} {text}"
            );
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        let table = [(42, false), (43, true), (128, true), (129, false)];
        for (length, accepted) in table {
            assert_eq!(
                check_verifier(&"a".repeat(length)).is_ok(),
                accepted,
                "{length}"
            );
        }
        assert!(check_verifier(&"é".repeat(30)).is_err());
    }
}
