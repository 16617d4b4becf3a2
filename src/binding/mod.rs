//! The binding: the only code that knows Node.js, and the only unsafe code.
//!
//! It translates between Node-API and [`crate::cache`] and decides nothing. The operations that
//! programs call all the time are raw callbacks ([`hot`]): a `#[napi]` function costs about 85 ns
//! more per call. Everything else goes through `napi-derive` ([`cold`]).

#[cfg(all(feature = "jemalloc", target_os = "linux", target_env = "gnu"))]
mod allocator;
mod batch;
mod batches;
mod clock;
mod cold;
mod cold_tags;
mod hot;
mod port;
mod raw;
mod shared_arguments;
mod shared_batches;
mod shared_cold;
mod shared_fetches;
mod shared_hot;
mod shared_lists;
mod shared_snapshots;
mod shared_stats;
mod shared_tags;
mod snapshot_loading;
mod snapshot_writing;
mod table;
mod tags;
mod wakeup;

use napi::bindgen_prelude::*;
use napi_derive::napi;

/// The version that this was built as: a facade of another one refuses the binary.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[napi(module_exports)]
fn export_raw_callbacks(exports: Object, env: Env) -> Result<()> {
    let (env, exports) = (env.raw(), exports.raw());
    raw::create_answers(env, exports, c"answers")
        .and_then(|answers| {
            hot::export_caches(env, exports, answers)?;
            batches::export_batches(env, exports, answers)?;
            tags::export_tags(env, exports, answers)?;
            shared_hot::export_shared(env, exports, answers)?;
            shared_batches::export_shared_batches(env, exports, answers)?;
            shared_fetches::export_fetches(env, exports, answers)
        })
        .map_err(cold::into_error)
}
