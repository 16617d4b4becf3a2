//! The addon's allocator on glibc, and how it is set up. What is allocated belongs elsewhere.
//!
//! glibc keeps an arena for each thread, so values that threads write in turns take several times the
//! bytes that a store may hold, and stay after it was cleared. See
//! `docs/decisions/010-allocator.md`.

use std::ffi::c_char;

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// A string that jemalloc reads when it starts.
#[repr(transparent)]
pub struct Settings(*const c_char);

// SAFETY: it points to a constant.
unsafe impl Sync for Settings {}

/// One arena, so that what one thread frees serves the others; the threads' own caches keep them from
/// its lock. Pages that come free go back at once: nothing runs later that could return them.
// SAFETY: jemalloc declares a weak symbol of this name and type, which this one replaces.
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static SETTINGS: Settings = Settings(c"narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0".as_ptr());
