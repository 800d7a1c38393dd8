//! The words of every notice, in every language.

use super::{Kind, Language};

/// What an event gives to its notice. A field that the event does not have is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The project's name.
    pub project: &'a str,
    /// With its currency, as the reader writes it.
    pub amount: &'a str,
    /// As the one who decided wrote it.
    pub reason: &'a str,
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
    let (subject, body) = match language {
        Language::Es => spanish(kind, facts),
        Language::En => english(kind, facts),
    };
    Text {
        subject: subject.to_owned(),
        body,
    }
}

fn spanish(kind: Kind, facts: Facts<'_>) -> (&'static str, String) {
    let Facts {
        project,
        amount,
        reason,
    } = facts;
    match kind {
        Kind::RefreshTokenReused => (
            "Cerramos una sesión por seguridad",
            "Una credencial de tu sesión se usó dos veces. Vuelve a iniciar sesión.".to_owned(),
        ),
        Kind::KycVerified => (
            "Tu identidad está verificada",
            "Ya puedes participar en proyectos.".to_owned(),
        ),
        Kind::KycRejected => (
            "No pudimos verificar tu identidad",
            format!("Motivo: {reason}. Puedes enviar tus datos otra vez."),
        ),
        Kind::DepositBooked => ("Recibimos tu depósito", format!("Se abonaron {amount}.")),
        Kind::ParticipationHeld => (
            "Una participación espera tu decisión",
            format!("Hay una solicitud nueva en {project}."),
        ),
        Kind::ParticipationApproved => (
            "Tu participación fue aprobada",
            format!("Participas en {project} con {amount}."),
        ),
        Kind::ParticipationRejected => (
            "Tu participación no fue aceptada",
            format!("{project}. Motivo: {reason}. Tu dinero queda libre."),
        ),
        Kind::ParticipationExpired => (
            "Tu solicitud venció",
            format!("Nadie decidió a tiempo en {project}. Tu dinero queda libre."),
        ),
        Kind::ParticipationRefunded => (
            "Te devolvimos tu dinero",
            format!("{project} no siguió adelante. Se devolvieron {amount}."),
        ),
        Kind::RunPosted => (
            "Recibiste una liquidación",
            format!("{project} te pagó {amount}."),
        ),
        Kind::PayoutPaid => ("Tu retiro fue pagado", format!("Se pagaron {amount}.")),
    }
}

fn english(kind: Kind, facts: Facts<'_>) -> (&'static str, String) {
    let Facts {
        project,
        amount,
        reason,
    } = facts;
    match kind {
        Kind::RefreshTokenReused => (
            "We ended a session for your safety",
            "A credential of your session was used twice. Please sign in again.".to_owned(),
        ),
        Kind::KycVerified => (
            "Your identity is verified",
            "You can take part in projects now.".to_owned(),
        ),
        Kind::KycRejected => (
            "We could not verify your identity",
            format!("Reason: {reason}. You can send your details again."),
        ),
        Kind::DepositBooked => ("Your deposit arrived", format!("{amount} was credited.")),
        Kind::ParticipationHeld => (
            "A participation waits for your decision",
            format!("There is a new request in {project}."),
        ),
        Kind::ParticipationApproved => (
            "Your participation was approved",
            format!("You take part in {project} with {amount}."),
        ),
        Kind::ParticipationRejected => (
            "Your participation was not accepted",
            format!("{project}. Reason: {reason}. Your money is free again."),
        ),
        Kind::ParticipationExpired => (
            "Your request expired",
            format!("Nobody decided in time in {project}. Your money is free again."),
        ),
        Kind::ParticipationRefunded => (
            "We returned your money",
            format!("{project} did not go ahead. {amount} was returned."),
        ),
        Kind::RunPosted => (
            "You received a settlement",
            format!("{project} paid you {amount}."),
        ),
        Kind::PayoutPaid => ("Your payout was paid", format!("{amount} was paid.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_notice_has_its_own_words_in_every_language() {
        let mut seen = std::collections::HashSet::new();
        for (kind, language) in Kind::iter().flat_map(|k| Language::iter().map(move |l| (k, l))) {
            let text = render(kind, language, Facts::default());
            assert!(!text.body.is_empty(), "{kind} {language}");
            assert!(seen.insert(text.subject), "{kind} {language}");
        }
    }

    #[test]
    fn both_languages_tell_the_same_facts() {
        let facts = Facts {
            project: "<P>",
            amount: "<A>",
            reason: "<R>",
        };
        for kind in Kind::iter() {
            let [es, en] = [Language::Es, Language::En].map(|l| render(kind, l, facts).body);
            for fact in ["<P>", "<A>", "<R>"] {
                assert_eq!(es.contains(fact), en.contains(fact), "{kind} {fact}");
            }
        }
    }
}
