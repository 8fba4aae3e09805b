//! The tables: the first byte of a key identifies the kind of row.

/// Table: the state of the store.
/// Key: this byte.
/// Value: `record::StateRecord`.
pub(crate) const STATE: u8 = 0x01;

/// Tables of the images.
pub(crate) const IMAGES: u8 = 0x02;

/// Tables of the image streams.
pub(crate) const STREAMS: u8 = 0x03;

/// Index: the images that have a layer.
pub(crate) const LAYERS: u8 = 0x04;

/// Table: the change feed.
/// Key: this byte, then the resource version as a big-endian `u64`.
/// Value: `record::ChangeRecord`.
pub(crate) const CHANGES: u8 = 0x05;

/// Table: the namespaces that somebody stored.
/// Key: this byte, then the name.
/// Value: `record::NamespaceRecord`.
pub(crate) const NAMESPACES: u8 = 0x06;

/// Row: the rules for tags.
/// Key: this byte.
/// Value: `record::TagRulesRecord`.
pub(crate) const TAG_RULES: u8 = 0x07;

/// The key of the state row.
pub(crate) fn state() -> [u8; 1] {
    [STATE]
}

/// The key of a row of the change feed.
pub(crate) fn change(version: u64) -> [u8; 9] {
    let mut key = [CHANGES; 9];
    for (byte, part) in key.iter_mut().skip(1).zip(version.to_be_bytes()) {
        *byte = part;
    }
    key
}

/// The resource version in a key of the change feed; `None` for any other key.
pub(crate) fn change_version(key: &[u8]) -> Option<u64> {
    let (&table, version) = key.split_first()?;
    let version = version.try_into().ok()?;
    (table == CHANGES).then(|| u64::from_be_bytes(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_keys_sort_by_version_and_read_back() {
        let keys: Vec<_> = [0, 1, 255, 256, u64::MAX].map(change).into();
        assert!(keys.is_sorted());
        assert_eq!(change_version(&change(256)), Some(256));
        assert_eq!(change_version(&state()), None);
        assert_eq!(change_version(&[CHANGES, 1]), None);
        assert_eq!(change_version(&[]), None);
    }
}
