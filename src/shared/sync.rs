//! The locks of this module: `parking_lot`'s, or shuttle's where it explores the interleavings.

#[cfg(not(feature = "shuttle"))]
pub(super) use parking_lot::{Mutex, MutexGuard, RwLock};

#[cfg(not(feature = "shuttle"))]
pub(super) use std::sync::atomic;

/// Gives a lock up in favour of whoever waits for it: one who takes it again at once, in the next
/// step of a scan, would else keep the others out.
#[cfg(not(feature = "shuttle"))]
pub(super) fn give_up<T>(guard: MutexGuard<'_, T>) {
    MutexGuard::unlock_fair(guard);
}

#[cfg(feature = "shuttle")]
pub(super) fn give_up<T>(guard: MutexGuard<'_, T>) {
    drop(guard);
}

#[cfg(feature = "shuttle")]
pub(super) use shuttle::sync::atomic;

#[cfg(feature = "shuttle")]
pub(super) use explored::{Mutex, MutexGuard, RwLock};

#[cfg(feature = "shuttle")]
mod explored {
    //! `parking_lot`'s interface over shuttle's locks.
    pub(in super::super) use shuttle::sync::MutexGuard;
    use shuttle::sync::{RwLockReadGuard, RwLockWriteGuard};

    #[derive(Default)]
    pub(in super::super) struct Mutex<T>(shuttle::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(in super::super) fn new(value: T) -> Self {
            Mutex(shuttle::sync::Mutex::new(value))
        }
        pub(in super::super) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().expect("a panic ends the exploration")
        }
        pub(in super::super) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok()
        }
    }

    #[derive(Default)]
    pub(in super::super) struct RwLock<T>(shuttle::sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub(in super::super) fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().expect("a panic ends the exploration")
        }
        pub(in super::super) fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().expect("a panic ends the exploration")
        }
    }
}
