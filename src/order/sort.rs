//! Sorting that is compiled once.
//!
//! The standard library's sorts are compiled again for every type and every order, some 4 kB each.
//! Here one sort arranges places, whatever lies there: the page is measured in bytes over the wire.
//! Everything here is stable and takes n log n comparisons.

use std::{cmp::Ordering, mem};

/// Sorts, as [`slice::sort`] does.
pub(crate) fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Sorts by a key that costs next to nothing to make, as [`slice::sort_by_key`] does.
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by a key that is made once an item, as [`slice::sort_by_cached_key`] does.
pub(crate) fn sort_by_cached_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    arrange(items, sorted(keys.len(), &|a, b| keys[a].cmp(&keys[b])));
}

/// Sorts by a comparison, as [`slice::sort_by`] does.
pub(crate) fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = sorted(items.len(), &|a, b| compare(&items[a], &items[b]));
    arrange(items, order);
}

/// The places `0..count` in the order of what lies there.
fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}

/// Moves to every place the item that `order`, a permutation of all places, names for it.
fn arrange<T>(items: &mut [T], mut order: Vec<usize>) {
    for start in 0..order.len() {
        // Round the cycle that this place is in. A place that is done names itself.
        let mut place = start;
        loop {
            let from = mem::replace(&mut order[place], place);
            if from == start {
                break;
            }
            items.swap(place, from);
            place = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use super::*;

    #[test]
    fn sorts_stably_whatever_cycles_it_takes() {
        // All sequences of five out of five, each item with the place that it comes from.
        for number in 0..5_usize.pow(5) {
            let items: Vec<(usize, usize)> =
                (0..5).map(|place| (number / 5_usize.pow(place) % 5, place as usize)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(item, _)| Reverse(*item));
            let mut by_key = items.clone();
            sort_by_key(&mut by_key, |(item, _)| Reverse(*item));
            let mut by_cached_key = items;
            sort_by_cached_key(&mut by_cached_key, |(item, _)| Reverse(*item));
            assert_eq!((&by_key, &by_cached_key), (&expected, &expected));
        }
    }
}
