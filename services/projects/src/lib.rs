//! Projects: goods, costs, terms and life cycle of an import project (domain.md §2, §4, §5).

pub mod domain;
