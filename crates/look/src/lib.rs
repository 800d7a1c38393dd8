//! What all our pages look like, whoever answers them: one stylesheet, below which each page has
//! its own few rules.

/// Colours, type, header and footer, buttons, cards.
pub const CSS: &str = include_str!("look.css");

/// The whole stylesheet of pages with these rules of their own.
pub fn stylesheet(own: &str) -> String {
    [CSS, own].concat()
}
