//! Queries that are sent by their hash instead of their text: Apollo's automatic persisted
//! queries, version 1. A text is kept once it was answered, so what the limits refuse never is,
//! and whatever is sent by its hash is measured like any other.

use std::sync::{Mutex, PoisonError};

use async_graphql::Request;
use http::StatusCode;
use lru::LruCache;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::door::{Turned, turned};

/// All texts together; then the one that was not asked for the longest goes.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// A longer text is answered, but not kept.
const TEXT_MAX: usize = 32 * 1024;

/// The texts that were sent with their hashes, over all callers: a hash names its text alone.
pub struct Persisted(Mutex<Kept>);

struct Kept {
    texts: LruCache<String, String>,
    bytes: usize,
}

/// `extensions.persistedQuery`.
#[derive(Deserialize)]
struct Named {
    version: i32,
    #[serde(rename = "sha256Hash")]
    hash: String,
}

/// A text that may be kept under its hash, once it was answered.
pub struct Learned {
    hash: String,
    text: String,
}

impl Persisted {
    /// Nothing yet.
    pub fn new() -> Self {
        Self(Mutex::new(Kept {
            texts: LruCache::unbounded(),
            bytes: 0,
        }))
    }

    /// Gives a request that names its query by hash the text. Refuses a hash that is not known
    /// here, as the protocol says, and one that is of another text.
    pub fn complete(&self, asked: &mut Request) -> Result<Option<Learned>, Turned> {
        let Some(named) = asked.extensions.remove("persistedQuery") else {
            return Ok(None);
        };
        let named = async_graphql::from_value(named).ok();
        let Some(Named { version: 1, hash }) = named else {
            return Err(turned(
                StatusCode::BAD_REQUEST,
                "malformed",
                "`persistedQuery` must have `version` 1 and a `sha256Hash`",
            ));
        };
        if asked.query.is_empty() {
            asked.query = self.text(&hash).ok_or(turned(
                StatusCode::OK,
                "PERSISTED_QUERY_NOT_FOUND",
                "PersistedQueryNotFound",
            ))?;
            return Ok(None);
        }
        if hash != hex::encode(Sha256::digest(&asked.query)) {
            return Err(turned(
                StatusCode::BAD_REQUEST,
                "persisted_query_mismatch",
                "`sha256Hash` must be the SHA-256 of `query`, in lower-case hex",
            ));
        }
        let text = Some(asked.query.clone()).filter(|text| text.len() <= TEXT_MAX);
        Ok(text.map(|text| Learned { hash, text }))
    }

    /// Keeps a text that was answered.
    pub fn keep(&self, Learned { hash, text }: Learned) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += text.len();
        if let Some((_, same)) = kept.texts.push(hash, text) {
            kept.bytes -= same.len();
        }
        while kept.bytes > BYTES_MAX {
            let oldest = kept.texts.pop_lru();
            kept.bytes -= oldest.map_or(kept.bytes, |(_, text)| text.len());
        }
    }

    fn text(&self, hash: &str) -> Option<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.texts.get(hash).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_bytes_are_kept_and_the_longest_not_asked_for_goes_first() {
        let persisted = Persisted::new();
        let keep = |at: usize| {
            let (hash, text) = (at.to_string(), "x".repeat(TEXT_MAX));
            persisted.keep(Learned { hash, text });
        };
        let all = BYTES_MAX / TEXT_MAX;
        for at in 0..all {
            keep(at);
            keep(at);
        }
        assert!(persisted.text("0").is_some());
        keep(all);
        assert!(persisted.text("0").is_some(), "it was just asked for");
        assert!(persisted.text("1").is_none());
        let kept = persisted.0.lock().expect("nobody panicked");
        assert_eq!((kept.texts.len(), kept.bytes), (all, BYTES_MAX));
    }
}
