//! A notice put into words.

use money::Money;

use super::{Kind, Language, Numbers, in_words};

/// What an event gives to its notice. A text that the event does not have is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The project's name.
    pub project: &'a str,
    /// How much it is about.
    pub amount: Option<Money>,
    /// As the one who decided wrote it.
    pub reason: &'a str,
    /// Where the reader lives; empty where that is not known.
    pub country: &'a str,
}

/// A notice as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Puts a notice into words. Facts go in as they are: whoever shows HTML escapes it.
pub fn render(kind: Kind, language: Language, facts: Facts<'_>) -> Text {
    let (subject, template) = kind.words(language);
    let project = match (facts.project, language) {
        ("", Language::Es) => "el proyecto",
        ("", Language::En) => "the project",
        (name, Language::Es | Language::En) => name,
    };
    let amount = facts
        .amount
        .map(|amount| in_words(amount, Numbers::of(facts.country, language)))
        .unwrap_or_default();
    let mut body = String::new();
    // One pass, so that braces in a fact stay what they are.
    let mut rest = template;
    while let Some((before, fact, after)) = next_fact(rest) {
        body.push_str(before);
        let fact = match fact {
            "project" => project,
            "amount" => &amount,
            "reason" => facts.reason,
            unknown => unreachable!("{kind} asks for `{unknown}`: the tests render them all"),
        };
        body.push_str(fact.trim_end());
        rest = after_stop(fact, after);
    }
    body.push_str(rest);
    Text {
        subject: subject.to_owned(),
        body,
    }
}

/// What follows a fact, without the sentence's stop when the fact has its own.
fn after_stop<'a>(fact: &str, after: &'a str) -> &'a str {
    if fact.trim_end().ends_with(['.', '!', '?', '…']) {
        after.strip_prefix('.').unwrap_or(after)
    } else {
        after
    }
}

fn next_fact(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (fact, after) = rest.split_once('}')?;
    Some((before, fact, after))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use strum::IntoEnumIterator;

    use super::*;

    fn facts() -> Facts<'static> {
        let usd = "USD".parse().expect("a currency");
        Facts {
            project: "<P {amount}>",
            amount: Money::try_new(123_456, usd).ok(),
            reason: "<R>",
            country: "",
        }
    }

    #[test]
    fn every_notice_has_its_own_words_in_every_language() {
        let mut seen = HashSet::new();
        for (kind, language) in Kind::iter().flat_map(|k| Language::iter().map(move |l| (k, l))) {
            let Text { subject, body } = render(kind, language, facts());
            assert!(
                !subject.is_empty() && !subject.contains(['{', '}', '\n']),
                "{kind}"
            );
            assert!(body.ends_with('.'), "{kind} {language}: {body}");
            let facts_apart = body.replace("<P {amount}>", "");
            assert!(
                !facts_apart.contains(['{', '}']),
                "{kind} {language}: {body}"
            );
            assert!(seen.insert(body), "{kind} {language}");
            assert!(seen.insert(subject), "{kind} {language}");
        }
    }

    #[test]
    fn both_languages_tell_the_same_facts_in_their_own_way() {
        for kind in Kind::iter() {
            let [es, en] = [Language::Es, Language::En].map(|l| render(kind, l, facts()).body);
            for (spanish, english) in [
                ("<P {amount}>", "<P {amount}>"),
                ("1.234,56 USD", "1,234.56 USD"),
                ("<R>", "<R>"),
            ] {
                assert_eq!(
                    es.contains(spanish),
                    en.contains(english),
                    "{kind} {english}"
                );
            }
        }
    }

    #[test]
    fn a_reason_that_ends_in_a_stop_keeps_it_alone() {
        for (reason, text) in [
            ("Está borroso", "Está borroso. "),
            ("Sí. ", "Sí. "),
            ("¿?", "¿? "),
        ] {
            let facts = Facts {
                reason,
                ..Facts::default()
            };
            let body = render(Kind::KycRejected, Language::Es, facts).body;
            assert!(body.starts_with(&format!("Motivo: {text}Puedes")), "{body}");
        }
    }

    #[test]
    fn a_project_without_a_name_is_still_spoken_of() {
        let body = |language| render(Kind::ProjectPublished, language, Facts::default()).body;
        assert!(body(Language::Es).contains("el proyecto"));
        assert!(body(Language::En).contains("the project"));
    }
}
