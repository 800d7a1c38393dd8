//! What a field costs, for the limit on a query's complexity: a call to a service is dear, a field
//! of its answer cheap, and a list counts as many times as it may have entries.

/// A call to a service.
pub const CALL: usize = 10;
/// A call that each entry of a list makes for itself, where nothing makes one call of many: so dear
/// that no query makes more than a hundred.
pub const EACH: usize = 50;
/// As many entries are assumed where no page says how many.
const USUAL: usize = 10;

/// The longest page; a longer one is refused by its own check.
pub const PAGE_MAX: i32 = 100;

/// A page of so many.
pub fn page(first: i32, each: usize) -> usize {
    let entries = usize::try_from(first.clamp(0, PAGE_MAX)).expect("between 0 and 100");
    CALL + entries * each
}

/// A list that is read whole.
pub fn whole(each: usize) -> usize {
    CALL + list(each)
}

/// A list inside an answer.
pub fn list(each: usize) -> usize {
    each * USUAL
}
