//! Sorting, and small collections in order.
//!
//! The page is measured in bytes over the wire, and what the standard library has for this is
//! compiled again for every type and every order: 4 kB for a sort, as much for a `BTreeMap`. Here
//! one sort arranges places, whatever lies there, and a map is a sorted vector.
//!
//! Inserting into a vector moves what lies behind, so that a map of ten thousand keys which come in
//! no order is filled in a tenth of a second. Where there may be more, a `BTreeMap` is right.

mod map;
mod set;
mod sort;

pub use map::{Entry, Iter, SortedMap};
pub use set::SortedSet;

pub(crate) use sort::{sort, sort_by, sort_by_cached_key, sort_by_key};
