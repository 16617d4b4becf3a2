//! A value as it lies in a shared store or in a snapshot: a number, or bytes whose meaning only the facade knows.

use std::sync::Arc;

/// A stored value. Cloning it copies no bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A JavaScript number, so that it can be incremented.
    Number(f64),
    /// Encoded bytes, with a tag that tells how.
    Bytes(u8, Arc<[u8]>),
}

impl Value {
    /// Bytes held outside the entry, the allocation's own words included.
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Value::Number(_) => 0,
            Value::Bytes(_, bytes) => bytes.len() + 4 * size_of::<usize>(),
        }
    }
}
