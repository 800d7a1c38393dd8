//! participation.
