//! Verification finds damage.

use super::{image_key, memory};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{FeedLimits, Rows, Store, Write, keys};

fn sound() -> Store {
    let store = memory(FeedLimits { changes: 4, ..FeedLimits::default() });
    for number in 0..8_u8 {
        let key = image_key(&number.to_string());
        store.write(|tx| tx.change(&key, |tx, _| tx.put(key.clone(), vec![number]))).unwrap();
    }
    store
}

/// The problems that verification finds after `damage`.
fn problems(damage: impl Fn(&mut Write) -> Result<()>) -> Vec<String> {
    let store = sound();
    store.write(damage).unwrap();
    let found = store.verify_rows(|_, _| Ok(())).unwrap();
    assert!(!found.repaired);
    found.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_store_has_no_problems_and_every_row_is_checked() {
    let store = sound();
    let mut rows = 0;
    let found = store
        .verify_rows(|key, _| {
            assert_eq!(key[0], keys::IMAGES);
            rows += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!((found.repaired, found.rows, found.problems.len(), rows), (false, 8 + 4 + 1, 0, 8));
}

#[test]
fn every_problem_of_a_row_is_reported() {
    let found =
        sound().verify_rows(|_, value| if value[0] < 3 { Err(ErrorKind::ReadOnly.into()) } else { Ok(()) }).unwrap();
    assert_eq!(found.problems.len(), 3);
}

#[test]
fn a_feed_with_missing_or_surplus_rows_is_reported() {
    assert_eq!(
        problems(|tx| tx.delete(keys::change(7).to_vec()))[0],
        "damaged record in changes: version 7 is missing"
    );
    assert!(problems(|tx| tx.delete(keys::change(9).to_vec()))[0].contains("should have 6 to 9"));
    assert!(problems(|tx| tx.delete(keys::change(6).to_vec()))[0].contains("should have 6 to 9"));
    let surplus = |tx: &mut Write| {
        let row = tx.get(&keys::change(6))?.unwrap();
        tx.put(keys::change(5).to_vec(), row)
    };
    assert!(problems(surplus)[0].contains("the checksum does not match"));
    assert!(problems(|tx| tx.put(vec![keys::CHANGES, 1], Vec::new()))[0].contains(r"key \x05\x01"));
}

#[test]
fn a_damaged_state_is_reported_and_ends_all_writing() {
    let store = sound();
    store.write(|tx| tx.put(keys::state().to_vec(), b"nonsense".to_vec())).unwrap();
    let found = store.verify_rows(|_, _| Ok(())).unwrap();
    assert!(found.problems[0].to_string().starts_with("damaged record in state"), "{found:?}");
    assert!(matches!(store.write(|_| Ok(())).as_ref().map_err(Error::kind), Err(ErrorKind::Corrupted { .. })));
    assert!(matches!(store.read().unwrap().state().as_ref().map_err(Error::kind), Err(ErrorKind::Corrupted { .. })));
}

#[test]
fn the_engine_is_not_checked_while_a_snapshot_is_alive() {
    let store = sound();
    let read = store.read().unwrap();
    assert!(matches!(store.verify_rows(|_, _| Ok(())).as_ref().map_err(Error::kind), Err(ErrorKind::Storage { .. })));
    drop(read);
    assert!(store.verify_rows(|_, _| Ok(())).is_ok());
}
