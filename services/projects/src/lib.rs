//! projects.
