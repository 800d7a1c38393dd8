//! accounting.
