//! What a call into native code costs before any cache has done anything: `empty(id, key)` does
//! nothing, `readKey(id, key)` reads its second argument as a cache has to.
//!
//! No cache belongs here, and nothing that a cache could do without.

use std::ffi::CStr;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

use napi_sys as sys;

/// Longer than any key of the benchmark; a longer one would be cut.
const MAX_UNITS: usize = 256;

type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

unsafe extern "C" fn empty(_: sys::napi_env, _: sys::napi_callback_info) -> sys::napi_value {
    ptr::null_mut()
}

unsafe extern "C" fn read_key(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut args = [ptr::null_mut(); 2];
    let mut count = args.len();
    let mut units = [MaybeUninit::<u16>::uninit(); MAX_UNITS];
    let mut len = 0;
    // SAFETY: `env` and `info` are those of the call that is running; `args` has room for `count`
    // values and `units` for `MAX_UNITS` code units. The statuses need no look: a value that is
    // not a string leaves `len` at 0.
    unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &mut count,
            args.as_mut_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
        );
        sys::napi_get_value_string_utf16(
            env,
            args[1],
            units.as_mut_ptr().cast(),
            MAX_UNITS,
            &mut len,
        );
    }
    black_box(&units[..len]);
    ptr::null_mut()
}

fn export(env: sys::napi_env, exports: sys::napi_value, name: &CStr, callback: Callback) {
    let mut function = ptr::null_mut();
    // SAFETY: `name` ends with NUL, the callback is a static function, `exports` is an object.
    // A failure leaves the function out, which the benchmark's own check finds.
    unsafe {
        sys::napi_create_function(
            env,
            name.as_ptr(),
            name.count_bytes() as isize,
            Some(callback),
            ptr::null_mut(),
            &mut function,
        );
        sys::napi_set_named_property(env, exports, name.as_ptr(), function);
    }
}

/// Called by Node.js when it loads the addon.
///
/// # Safety
/// Only Node.js may call it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_register_module_v1(
    env: sys::napi_env,
    exports: sys::napi_value,
) -> sys::napi_value {
    // There is nothing to link with here: symbols are looked up.
    #[cfg(target_env = "msvc")]
    // SAFETY: the process that loads the addon is Node.js. The library is never dropped: the
    // looked-up symbols point into it.
    std::mem::forget(unsafe { sys::setup() });
    export(env, exports, c"empty", empty);
    export(env, exports, c"readKey", read_key);
    exports
}
