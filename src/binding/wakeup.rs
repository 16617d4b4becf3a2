//! How an environment is woken by other threads, and by itself for a later turn of its event loop.
//!
//! Two threadsafe functions for each environment, both native, so that they keep no realm alive:
//! one runs a round of a port, the other ends it. Node.js calls one function again and again within a turn
//! if it is asked to meanwhile, but two that ask for each other by turns: a port has one round in a
//! turn. What a round consists of is in [`super::port`].

use std::cell::RefCell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use napi::sys;
use parking_lot::Mutex;

use super::port;
use super::raw::{self, Call, Failure, callbacks, check};
use crate::cache::Units;

/// The wake-up of one environment.
pub(super) struct WakeUp {
    /// `None` once the environment ends: whoever wakes holds this lock, and so does the end.
    functions: Mutex<Option<Functions>>,
}

struct Functions {
    round: sys::napi_threadsafe_function,
    end_of_round: sys::napi_threadsafe_function,
    /// Ports for which the environment is to stay alive.
    holds: usize,
}

// SAFETY: Node-API's threadsafe functions are made to be called from any thread.
unsafe impl Send for Functions {}

thread_local! {
    static WAKE_UPS: RefCell<Vec<(sys::napi_env, Arc<WakeUp>)>> = const { RefCell::new(Vec::new()) };
}

impl WakeUp {
    /// The wake-up of this environment, made when first asked for.
    pub(super) fn of(env: sys::napi_env) -> Result<Arc<WakeUp>, Failure> {
        if let Some(wake_up) = WakeUp::known(env) {
            return Ok(wake_up);
        }
        let resource = raw::object(env)?;
        export_resource(env, resource, ptr::null_mut())?;
        let wake_up = Arc::new(WakeUp {
            functions: Mutex::new(Some(Functions {
                round: create(env, resource, run_round)?,
                end_of_round: create(env, resource, end_round)?,
                holds: 0,
            })),
        });
        // After the functions were made: hooks run last first, and the functions have one too.
        // SAFETY: `end` is a static function; its argument is not a pointer that it follows.
        check(unsafe { sys::napi_add_env_cleanup_hook(env, Some(end), env.cast()) })?;
        WAKE_UPS.with_borrow_mut(|all| all.push((env, Arc::clone(&wake_up))));
        Ok(wake_up)
    }

    fn known(env: sys::napi_env) -> Option<Arc<WakeUp>> {
        WAKE_UPS.with_borrow(|all| {
            let own = all.iter().find(|(other, _)| *other == env);
            own.map(|(_, wake_up)| Arc::clone(wake_up))
        })
    }

    /// Has a round of this port run. From any thread.
    pub(super) fn wake(&self, port: u32) {
        if let Some(functions) = &*self.functions.lock() {
            call(functions.round, port);
        }
    }

    /// Has the round of this port ended before the next turn.
    pub(super) fn wake_at_end(&self, port: u32) {
        if let Some(functions) = &*self.functions.lock() {
            call(functions.end_of_round, port);
        }
    }

    /// Keeps the environment alive for one port more, or less.
    pub(super) fn hold(&self, env: sys::napi_env, held: bool) -> Result<(), Failure> {
        let mut functions = self.functions.lock();
        let Some(Functions { round, holds, .. }) = &mut *functions else {
            return Ok(());
        };
        *holds = if held { *holds + 1 } else { *holds - 1 };
        // SAFETY: `round` is a function of `env`, whose thread this is.
        check(unsafe {
            if *holds > 0 {
                sys::napi_ref_threadsafe_function(env, *round)
            } else {
                sys::napi_unref_threadsafe_function(env, *round)
            }
        })
    }
}

callbacks! { export_resource:
    /// `hasRef()`: whether the process stays alive for this. Tools that look for what holds a process up,
    /// such as jest's `--detectOpenHandles`, ask every async resource.
    c"hasRef" has_ref(call: 1) {
        let wake_up = WakeUp::known(call.env);
        let is_held = wake_up.is_some_and(|wake_up| {
            wake_up.functions.lock().as_ref().is_some_and(|functions| functions.holds > 0)
        });
        raw::boolean(call.env, is_held)
    }
}

type OnThread = unsafe extern "C" fn(sys::napi_env, sys::napi_value, *mut c_void, *mut c_void);

/// A threadsafe function that keeps nothing alive.
fn create(
    env: sys::napi_env,
    resource: sys::napi_value,
    on_thread: OnThread,
) -> Result<sys::napi_threadsafe_function, Failure> {
    let name = raw::string(env, Units::Narrow(b"native-memory-cache"))?;
    let mut function = ptr::null_mut();
    // SAFETY: `on_thread` is a static function that needs no JavaScript function and no context;
    // `resource` is an object of this call and `function` is ours to write.
    check(unsafe {
        sys::napi_create_threadsafe_function(
            env,
            ptr::null_mut(),
            resource,
            name,
            0,
            1,
            ptr::null_mut(),
            None,
            ptr::null_mut(),
            Some(on_thread),
            &mut function,
        )
    })?;
    // SAFETY: `function` was just made in `env`.
    check(unsafe { sys::napi_unref_threadsafe_function(env, function) })?;
    Ok(function)
}

/// The queue has no limit, and a function that is being closed has nobody to tell.
fn call(function: sys::napi_threadsafe_function, port: u32) {
    let data = ptr::without_provenance_mut(port as usize);
    let mode = sys::ThreadsafeFunctionCallMode::nonblocking;
    // SAFETY: `end` has not released the function: it takes the lock that the caller holds.
    let _ = unsafe { sys::napi_call_threadsafe_function(function, data, mode) };
}

/// # Safety
/// Called by Node-API on the environment's thread.
unsafe extern "C" fn run_round(
    env: sys::napi_env,
    _function: sys::napi_value,
    _context: *mut c_void,
    port: *mut c_void,
) {
    if env.is_null() {
        return;
    }
    // A panic is a defect that JavaScript has no part in: the round ends as it would have.
    let _ = catch_unwind(AssertUnwindSafe(|| port::run_round(port.addr() as u32)));
}

/// # Safety
/// Called by Node-API on the environment's thread.
unsafe extern "C" fn end_round(
    _env: sys::napi_env,
    _function: sys::napi_value,
    _context: *mut c_void,
    port: *mut c_void,
) {
    let _ = catch_unwind(AssertUnwindSafe(|| port::end_round(port.addr() as u32)));
}

/// # Safety
/// Called by Node-API at the end of the environment that is the argument.
unsafe extern "C" fn end(env: *mut c_void) {
    let env: sys::napi_env = env.cast();
    let _ = catch_unwind(AssertUnwindSafe(|| {
        port::end_all(env);
        let wake_up = WAKE_UPS.with_borrow_mut(|all| {
            let at = all.iter().position(|(other, _)| *other == env)?;
            Some(all.swap_remove(at).1)
        });
        let functions = wake_up.and_then(|wake_up| wake_up.functions.lock().take());
        if let Some(functions) = functions {
            for function in [functions.round, functions.end_of_round] {
                let mode = sys::ThreadsafeFunctionReleaseMode::abort;
                // SAFETY: nobody can call the function any more, and this is its one release.
                let _ = unsafe { sys::napi_release_threadsafe_function(function, mode) };
            }
        }
    }));
}

/// A function of a facade. It is kept alive only while it is held: else the realm that it comes from
/// would live as long as the environment.
#[derive(Clone, Copy)]
pub(super) struct Callback {
    pub(super) env: sys::napi_env,
    reference: sys::napi_ref,
}

impl Callback {
    pub(super) fn new(env: sys::napi_env, function: sys::napi_value) -> Result<Self, Failure> {
        let mut reference = ptr::null_mut();
        // SAFETY: `function` is a value of the running call; `reference` is ours to write.
        check(unsafe { sys::napi_create_reference(env, function, 0, &mut reference) })?;
        Ok(Callback { env, reference })
    }

    pub(super) fn hold(self, held: bool) -> Result<(), Failure> {
        let mut count = 0;
        // SAFETY: the port that owns the reference has not deleted it.
        check(unsafe {
            if held {
                sys::napi_reference_ref(self.env, self.reference, &mut count)
            } else {
                sys::napi_reference_unref(self.env, self.reference, &mut count)
            }
        })
    }

    /// Calls the function, unless it is gone. JavaScript runs in this.
    pub(super) fn call(self) -> Result<(), Failure> {
        let Callback { env, reference } = self;
        let (mut function, mut this) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: as in `hold`; the results are ours to write.
        check(unsafe { sys::napi_get_reference_value(env, reference, &mut function) })?;
        if function.is_null() {
            return Ok(());
        }
        // SAFETY: `this` is ours to write.
        check(unsafe { sys::napi_get_undefined(env, &mut this) })?;
        let mut result = ptr::null_mut();
        // SAFETY: `this` and `function` are values of the scope that Node-API has opened for the
        // threadsafe function that is running.
        check(unsafe { sys::napi_call_function(env, this, function, 0, ptr::null(), &mut result) })
    }

    /// Gives the reference up.
    pub(super) fn delete(self) {
        // SAFETY: the port that owned the reference is gone, so this is its only use left. An
        // environment that ends deletes it itself.
        let _ = unsafe { sys::napi_delete_reference(self.env, self.reference) };
    }
}
