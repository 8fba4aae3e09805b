//! Parallel work.

use crate::error::Result;

/// The minimum number of items per thread.
#[cfg(not(target_family = "wasm"))]
const LEAST: usize = 32;

/// The results of `work` in the order of `items`, or the first error in that order.
#[cfg(not(target_family = "wasm"))]
pub(super) fn in_parallel<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> Result<T> + Sync) -> Result<Vec<T>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len() / LEAST);
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let (work, chunk) = (&work, items.len().div_ceil(threads));
    std::thread::scope(|scope| {
        let part = |items: &[I]| items.iter().map(work).collect::<Vec<_>>();
        // The calling thread does the first part.
        let (own, others) = items.split_at(chunk);
        let threads: Vec<_> = others.chunks(chunk).map(|items| scope.spawn(move || part(items))).collect();
        let own = part(own);
        let results =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(own).chain(results).flatten().collect()
    })
}

/// The results of `work` in the order of `items`, or the first error in that order.
#[cfg(target_family = "wasm")]
pub(super) fn in_parallel<I, T>(items: &[I], work: impl Fn(&I) -> Result<T>) -> Result<Vec<T>> {
    items.iter().map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn results_keep_their_order() {
        let numbers: Vec<u32> = (0..1000).collect();
        assert_eq!(
            in_parallel(&numbers, |number| Ok(number * 2)).unwrap(),
            numbers.iter().map(|n| n * 2).collect::<Vec<_>>()
        );
        assert!(in_parallel(&[], |number: &u32| Ok(*number)).unwrap().is_empty());
    }

    #[test]
    fn the_first_error_is_returned() {
        let numbers: Vec<u32> = (0..1000).collect();
        let work = |number: &u32| if number % 100 == 99 { Err(Error::internal(number.to_string())) } else { Ok(()) };
        assert_eq!(in_parallel(&numbers, work).unwrap_err().to_string(), "Internal error occurred: 99");
    }
}
