//! Pages of a list as Relay connections (Relay's GraphQL Cursor Connections Specification), over
//! the keysets of the services: a page goes on behind an item, so what is added meanwhile moves
//! nothing.

use async_graphql::connection::{Connection, CursorType as _, Edge, EmptyFields, OpaqueCursor};
use async_graphql::{ObjectType, OutputType, Result};

use crate::calls::Calls;
use crate::refusal::Problem;
use crate::wire::Shown;

/// A page, perhaps with `More` that is known of the whole list.
pub type Page<T, More = EmptyFields> = Connection<OpaqueCursor<String>, T, More>;

/// What a page can go on behind.
pub trait Item: OutputType {
    /// Its place in its list, as its service takes it for `after`.
    fn place(&self) -> String;
}

/// `items!(Notice: notice_id)`: an item's place is its id.
macro_rules! items {
    ($($item:ty: $id:ident),* $(,)?) => {$(
        impl $crate::connection::Item for $item {
            fn place(&self) -> String {
                self.$id.to_string()
            }
        }
    )*};
}
pub(crate) use items;

/// Which page is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// How many items; the field's own check has bounded it.
    pub first: i32,
    /// Behind which place; empty for the first page.
    pub after: String,
}

impl Asked {
    /// Refuses what is no cursor as `malformed`, and names the argument.
    pub fn of(calls: &Calls, first: i32, after: Option<String>) -> Result<Self> {
        let place = after.map(|cursor| OpaqueCursor::decode_cursor(&cursor));
        let place = place.transpose().map_err(|_| malformed(calls))?;
        let after = place.map(|OpaqueCursor(place)| place).unwrap_or_default();
        Ok(Self { first, after })
    }

    /// The page out of its service's reply; `next` is empty on the last one.
    pub fn page<W, T: Item + Shown<W>>(
        &self,
        calls: &Calls,
        items: Vec<W>,
        next: &str,
    ) -> Result<Page<T>> {
        self.page_with(calls, items, next, EmptyFields)
    }

    /// The same with what is known of the whole list.
    pub fn page_with<W, T: Item + Shown<W>, More: ObjectType>(
        &self,
        calls: &Calls,
        items: Vec<W>,
        next: &str,
        more: More,
    ) -> Result<Page<T, More>> {
        let items: Vec<T> = calls.show(items)?;
        let placed = items.into_iter().map(|item| (item.place(), item));
        Ok(self.placed(placed, !next.is_empty(), more))
    }

    /// The page of items that come with their places.
    pub fn placed<T: OutputType, More: ObjectType>(
        &self,
        items: impl Iterator<Item = (String, T)>,
        has_more: bool,
        more: More,
    ) -> Page<T, More> {
        let mut page = Page::with_additional_fields(!self.after.is_empty(), has_more, more);
        let edges = items.map(|(place, item)| Edge::new(OpaqueCursor(place), item));
        page.edges.extend(edges);
        page
    }
}

/// The refusal of an `after` that is no place in the list.
pub fn malformed(calls: &Calls) -> async_graphql::Error {
    Problem::from(&link::malformed("after")).into_error(calls.language)
}
