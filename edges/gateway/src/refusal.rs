//! Why a call was not answered: refusals in the reader's language, and the errors of the API with
//! their stable codes.

use async_graphql::{ErrorExtensions as _, SimpleObject};
use tonic::{Code, Status};

use crate::language::Language;
use crate::wire::Unusable;

/// What a call did not get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A rule said no.
    Refused(link::Refusal),
    /// The service can't be reached; the same call may succeed later.
    Unavailable,
    /// No answer in time: whether it took effect is not known. The same call with the same key
    /// tells.
    TooSlow,
    /// An accident on our side. It is in the log, and told to nobody.
    Fault,
}

impl From<&Status> for Problem {
    fn from(status: &Status) -> Self {
        match (link::Refusal::from_status(status), status.code()) {
            (Some(refusal), _) => Self::Refused(refusal),
            (None, Code::Unavailable | Code::Cancelled | Code::ResourceExhausted) => {
                Self::Unavailable
            }
            (None, Code::DeadlineExceeded) => Self::TooSlow,
            (None, _) => Self::Fault,
        }
    }
}

/// An input that can't be carried is refused like by a rule, and names the input.
impl From<Unusable> for Problem {
    fn from(unusable: Unusable) -> Self {
        Self::Refused(link::Refusal {
            code: unusable.why.code().to_owned(),
            text: unusable.to_string(),
            args: vec![("input".to_owned(), unusable.at)],
        })
    }
}

impl Problem {
    /// Whether the same call may succeed when it is made again.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unavailable | Self::TooSlow => true,
            Self::Refused(refusal) => refusal.code == "conflict",
            Self::Fault => false,
        }
    }

    /// The refusal that a mutation answers with; what is wrong with the request itself, or with
    /// us, is an error instead.
    pub fn into_data(self, language: Language) -> Result<Refusal, async_graphql::Error> {
        match self {
            Self::Refused(refusal)
                if !matches!(refusal.code.as_str(), "unauthenticated" | "malformed") =>
            {
                Ok(Refusal::of(refusal, language))
            }
            other => Err(other.into_error(language)),
        }
    }

    /// As an error of the API. The request's id is added at the door.
    pub fn into_error(self, language: Language) -> async_graphql::Error {
        let passing = self.is_passing();
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Unavailable => ours("unavailable", "the service can't be reached: try again"),
            Self::TooSlow => ours("deadline_exceeded", "no answer in time: try the same again"),
            Self::Fault => ours("internal", "internal error"),
        };
        let Refusal {
            code,
            message,
            args,
        } = Refusal::of(refusal, language);
        async_graphql::Error::new(message).extend_with(|_, extensions| {
            extensions.set("code", code);
            extensions.set("retryable", passing);
            if !args.is_empty() {
                let named = args
                    .into_iter()
                    .map(|arg| (async_graphql::Name::new(arg.name), arg.value.into()));
                extensions.set("args", async_graphql::Value::Object(named.collect()));
            }
        })
    }
}

fn ours(code: &str, text: &str) -> link::Refusal {
    link::Refusal {
        code: code.to_owned(),
        text: text.to_owned(),
        args: Vec::new(),
    }
}

/// A rule's no. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Refusal {
    /// Stable, for programs: see the table in docs/api.md.
    pub code: String,
    /// In the language that `Accept-Language` asks for, Spanish or English.
    pub message: String,
    /// What the message names, such as the room that is left.
    pub args: Vec<RefusalArg>,
}

/// Something that a refusal names.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct RefusalArg {
    /// As in `room`.
    pub name: String,
    /// As text.
    pub value: String,
}

impl Refusal {
    /// In the reader's language; a code without a text in it keeps the service's own English.
    pub fn of(refusal: link::Refusal, language: Language) -> Self {
        let link::Refusal { code, text, args } = refusal;
        let args: Vec<_> = args
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                "field" => (name, api_name(&value)),
                "places" => (name, places(value, language)),
                _ => (name, value),
            })
            .collect();
        let message = language.text(&code, &in_words(&code, &args, language));
        let message = message.unwrap_or_else(|| {
            tracing::debug!(code, "a refusal without a text of ours");
            text
        });
        let args = args
            .into_iter()
            .map(|(name, value)| RefusalArg { name, value })
            .collect();
        Self {
            code,
            message,
            args,
        }
    }
}

/// A field of the contract as the API spells it.
fn api_name(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        name + &initial.to_uppercase() + rest
    })
}

/// The arguments as a sentence says them. What is malformed is named as the caller spells it.
fn in_words(code: &str, args: &[(String, String)], language: Language) -> Vec<(String, String)> {
    let in_word = |value: &str| {
        let word = language.text(&format!("word-{value}"), &[]);
        word.unwrap_or_else(|| value.to_owned())
    };
    let said = |(name, value): &(String, String)| {
        let words = match name.as_str() {
            "field" | "from" | "to" | "state" | "needs" | "possible" | "who" | "flag" | "last"
                if code != "malformed" =>
            {
                let each: Vec<_> = value.split(", ").map(in_word).collect();
                each.join(", ")
            }
            _as_it_is => value.clone(),
        };
        (name.clone(), words)
    };
    args.iter().map(said).collect()
}

/// The wrong places of the sheets, each told in the reader's language. The services' own English
/// is more exact than the catalogue's, and stays.
fn places(json: String, language: Language) -> String {
    if language == Language::En {
        return json;
    }
    let Ok(mut places) = serde_json::from_str::<Vec<serde_json::Value>>(&json) else {
        return json;
    };
    for place in &mut places {
        let code = place["code"].as_str();
        if let Some(text) = code.and_then(|code| language.text(code, &[])) {
            place["text"] = text.into();
        }
    }
    serde_json::Value::from(places).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: &str, args: &[(&str, &str)]) -> link::Refusal {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        link::Refusal {
            args: args.iter().map(owned).collect(),
            ..ours(code, "as the service says it")
        }
    }

    #[test]
    fn states_and_fields_are_words_in_sentences_and_names_for_programs() {
        let moved = named(
            "illegal_transition",
            &[
                ("from", "DRAFT"),
                ("to", "FUNDING"),
                ("needs", "PUBLISHED"),
                ("possible", "PUBLISHED, CANCELLED"),
            ],
        );
        let term = named("terms_out_of_range", &[("field", "investor_share_ppm")]);
        let wrong = named("malformed", &[("field", "birth_date")]);
        for (refusal, language, message) in [
            (
                &moved,
                Language::Es,
                "Un proyecto en estado «borrador» no puede pasar a «en financiamiento»: debe estar \
                 antes en «publicado». Ahora es posible: publicado, cancelado.",
            ),
            (
                &moved,
                Language::En,
                "A project that is a draft can't become open for funding: it must be published \
                 before. Possible now: published, cancelled.",
            ),
            (
                &term,
                Language::Es,
                "En las condiciones, esto está fuera de su rango: parte de los inversionistas.",
            ),
            (&wrong, Language::Es, "birthDate falta o está mal escrito."),
            (&wrong, Language::En, "birthDate is missing or malformed."),
        ] {
            assert_eq!(Refusal::of(refusal.clone(), language).message, message);
        }
        assert_eq!(Refusal::of(moved, Language::Es).args[0].value, "DRAFT");
        let field = &Refusal::of(term, Language::Es).args[0];
        assert_eq!(field.value, "investorSharePpm");
    }

    #[test]
    fn every_word_is_there_in_both_languages() {
        let names = |text: &str| -> Vec<String> {
            let named = text.lines().filter_map(|line| line.split_once(" = "));
            named.map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(
            names(include_str!("../locales/es/words.ftl")),
            names(include_str!("../locales/en/words.ftl"))
        );
    }

    #[test]
    fn each_wrong_place_is_told_in_the_readers_language() {
        let given = serde_json::json!([
            { "file": "goods", "row": 2, "column": "quantity", "code": "bad_quantity",
              "text": "`none` is not a quantity" },
            { "file": "costs", "row": 8, "column": null, "code": "a_code_of_tomorrow",
              "text": "as it was" },
        ]);
        let json = given.to_string();
        let refusal = named("sheet_invalid", &[("count", "2"), ("places", &json)]);
        let places = |language| -> serde_json::Value {
            let args = Refusal::of(refusal.clone(), language).args;
            serde_json::from_str(&args[1].value).expect("JSON")
        };
        assert_eq!(places(Language::En), given);
        let spanish = places(Language::Es);
        assert_eq!(
            spanish[0]["text"],
            "No es una cantidad: escribe un número entero mayor que cero."
        );
        assert_eq!(spanish[0]["column"], "quantity");
        assert_eq!(spanish[1], given[1]);
    }

    #[test]
    fn a_refusal_speaks_the_readers_language_and_names_what_it_must() {
        let refusal = link::Refusal {
            code: "not_enough_room".to_owned(),
            text: "only 120.00 is left".to_owned(),
            args: vec![("room".to_owned(), "120.00".to_owned())],
        };
        let spanish = Refusal::of(refusal.clone(), Language::Es).message;
        let english = Refusal::of(refusal, Language::En).message;
        assert!(spanish.contains("120.00") && english.contains("120.00"));
        assert_ne!(spanish, english);
    }

    #[test]
    fn an_unknown_code_or_a_missing_argument_keeps_the_services_own_words() {
        for code in ["a_code_of_tomorrow", "not_enough_room"] {
            let refusal = ours(code, "as the service says it");
            assert_eq!(
                Refusal::of(refusal, Language::Es).message,
                "as the service says it"
            );
        }
    }
}
