//! What people say of themselves: nobody verifies it.

use serde::Serialize;
use text::Rule;

use super::Malformed;
use super::country::is_country;

/// What others see, and how to speak to somebody. `None`: they did not say. No `Debug`: it must
/// not reach a log.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// Instead of the name on their papers.
    pub display_name: Option<String>,
    /// `es` or `en`.
    pub language: Option<String>,
    /// Where they live, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// E.164.
    pub phone: Option<String>,
}

impl Profile {
    /// Takes what is empty as not said; refuses fields of another form.
    pub fn try_new(
        (display_name, language): (&str, &str),
        (country, phone): (&str, &str),
    ) -> Result<Self, Malformed> {
        let said = |given: &str| Some(given.trim().to_owned()).filter(|said| !said.is_empty());
        let profile = Self {
            display_name: said(display_name),
            language: said(language),
            country: said(country),
            phone: said(&phone.replace([' ', '-'], "")),
        };
        let wrong = |field| Err(Malformed { field });
        if let Some(name) = &profile.display_name {
            Rule::line("display_name", 80).read(name)?;
        }
        if !matches!(profile.language.as_deref(), None | Some("es" | "en")) {
            return wrong("language");
        }
        if !profile.country.as_deref().is_none_or(is_country) {
            return wrong("country");
        }
        if !profile.phone.as_deref().is_none_or(is_phone) {
            return wrong("phone");
        }
        Ok(profile)
    }
}

fn is_phone(given: &str) -> bool {
    let digits = given.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_trimmed_and_what_is_empty_was_not_said() {
        let profile = Profile::try_new((" Rosa ", "es"), ("PE", "+51 987-654-321"));
        let profile = profile.expect("a profile");
        assert_eq!(profile.display_name.as_deref(), Some("Rosa"));
        assert_eq!(profile.phone.as_deref(), Some("+51987654321"));
        let silent = Profile::try_new(("", ""), ("", "")).expect("nothing said");
        assert!(silent == Profile::default());
        let long = "x".repeat(81);
        for (names, places, field) in [
            ((long.as_str(), ""), ("", ""), "display_name"),
            (("Ro\u{202e}sa", ""), ("", ""), "display_name"),
            (("", "fr"), ("", ""), "language"),
            (("", ""), ("XX", ""), "country"),
            (("", ""), ("", "987654321"), "phone"),
            (("", ""), ("", "+12"), "phone"),
        ] {
            assert_eq!(
                Profile::try_new(names, places).err(),
                Some(Malformed { field })
            );
        }
    }
}
