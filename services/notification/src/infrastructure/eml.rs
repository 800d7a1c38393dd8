//! Mails as files (RFC 5322), one a notice and named after it, for whoever takes them further.

use std::path::PathBuf;

use async_trait::async_trait;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use crate::application::ports::{Letter, Post, Unreachable};

/// The folder that mails are written into.
pub struct EmlFolder {
    /// Made when the first mail is written.
    pub folder: PathBuf,
    /// `Name <address>`, or an address alone.
    pub from: String,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

#[async_trait]
impl Post for EmlFolder {
    async fn deliver(&self, letter: &Letter) -> Result<(), Unreachable> {
        let written = async {
            let mail = compose(&self.from, letter)?;
            self.write(&letter.id.to_string(), &mail).await
        };
        written.await.map_err(|source| Unreachable {
            what: "the folder of mails",
            source,
        })
    }
}

impl EmlFolder {
    /// Whole or not at all: the file gets its name when it is on disk.
    async fn write(&self, name: &str, mail: &[u8]) -> Result<(), Cause> {
        fs::create_dir_all(&self.folder).await?;
        let unfinished = self.folder.join(format!(".{name}.part"));
        let mut file = fs::File::create(&unfinished).await?;
        file.write_all(mail).await?;
        file.sync_all().await?;
        fs::rename(&unfinished, self.folder.join(format!("{name}.eml"))).await?;
        Ok(())
    }
}

/// The same letter gives the same bytes: nothing in it comes from the moment of writing.
fn compose(from: &str, letter: &Letter) -> Result<Vec<u8>, Cause> {
    let from: Mailbox = from.parse()?;
    let id = format!("<{}@{}>", letter.id, from.email.domain());
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from)
        .to(letter.email.parse()?)
        .subject(&letter.text.subject)
        .date(letter.at.into())
        .message_id(Some(id))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .singlepart(SinglePart::plain(letter.text.body.clone()))?;
    Ok(message.formatted())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::Text;

    fn letter(email: &str) -> Letter {
        Letter {
            id: uuid::Uuid::nil().into(),
            email: email.to_owned(),
            text: Text {
                subject: "Recibimos tu depósito".to_owned(),
                body: "Se abonaron 1.234,56 USD en tu billetera.".to_owned(),
            },
            at: datetime!(2026-03-01 12:00 UTC),
        }
    }

    #[test]
    fn the_same_letter_is_the_same_mail() {
        let mail = |email| compose("Fondeo <no-reply@fondeo.test>", &letter(email));
        let text = String::from_utf8(mail("ana@mail.test").expect("a mail")).expect("ASCII");
        for header in [
            "From: Fondeo <no-reply@fondeo.test>\r\n",
            "To: ana@mail.test\r\n",
            "Subject: Recibimos tu =?utf-8?b?ZGVww7NzaXRv?=\r\n",
            "Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n",
            "Message-ID: <00000000-0000-0000-0000-000000000000@fondeo.test>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(text.contains(header), "{header} in {text}");
        }
        assert!(text.contains("\r\n\r\nSe abonaron 1.234,56 USD"), "{text}");
        assert_eq!(mail("ana@mail.test").expect("a mail"), text.into_bytes());
        assert!(mail("no address").is_err());
        assert!(
            mail("a@mail.test\r\nBcc: b@mail.test").is_err(),
            "no header is smuggled in"
        );
    }
}
