//! Node-API behind safe types: arguments, results and failures of raw callbacks.
//!
//! No cache operation belongs here.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;

use crate::cache::Units;

/// Why a callback returns without a result.
pub(super) enum Failure {
    /// An exception is pending, or the environment is being torn down.
    Pending,
    /// An `Error` with this message is to be thrown.
    Error(String),
}

/// What a callback returns: a JavaScript value, null for `undefined`.
pub(super) type Outcome = Result<sys::napi_value, Failure>;

pub(super) const UNDEFINED: Outcome = Ok(ptr::null_mut());

pub(super) fn check(status: sys::napi_status) -> Result<(), Failure> {
    match status {
        sys::Status::napi_ok => Ok(()),
        sys::Status::napi_pending_exception
        | sys::Status::napi_closing
        | sys::Status::napi_cannot_run_js => Err(Failure::Pending),
        status => Err(Failure::Error(format!(
            "Node-API call failed with status {status}"
        ))),
    }
}

/// A call from JavaScript with up to `N` arguments.
pub(super) struct Call<const N: usize> {
    pub(super) env: sys::napi_env,
    args: [sys::napi_value; N],
    count: usize,
    /// Where [`Call::answer`] writes: see [`create_answers`].
    answers: *mut i32,
}

/// Runs the body of a raw callback. A failure or a panic becomes a JavaScript exception.
///
/// # Safety
/// `env` and `info` are those that Node-API passed to the callback that is running.
pub(super) unsafe fn enter<const N: usize>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    body: impl FnOnce(&Call<N>) -> Outcome,
) -> sys::napi_value {
    let mut call = Call {
        env,
        args: [ptr::null_mut(); N],
        count: N,
        answers: ptr::null_mut(),
    };
    // SAFETY: the caller vouches for `env` and `info`; `args` has room for `count` values.
    let status = unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &mut call.count,
            call.args.as_mut_ptr(),
            ptr::null_mut(),
            (&raw mut call.answers).cast(),
        )
    };
    // A panic is passed on as an error only; the core is safe Rust and sound in any state.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        check(status).and_then(|()| body(&call))
    }));
    let message = match outcome {
        Ok(Ok(value)) => return value,
        Ok(Err(Failure::Pending)) => return ptr::null_mut(),
        Ok(Err(Failure::Error(message))) => message,
        Err(panic) => panic_message(&*panic).to_owned(),
    };
    throw(env, &message);
    ptr::null_mut()
}

/// Hands the exception that is pending to the process, as one that nobody caught. Where the environment
/// is being torn down there is none.
pub(super) fn report_uncaught(env: sys::napi_env) {
    let mut exception = ptr::null_mut();
    // SAFETY: `exception` is ours to write.
    let status = unsafe { sys::napi_get_and_clear_last_exception(env, &mut exception) };
    if check(status).is_ok() {
        // SAFETY: `exception` is a value of the running scope. A failure has nobody to be told.
        unsafe { sys::napi_fatal_exception(env, exception) };
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("native code panicked")
}

fn throw(env: sys::napi_env, message: &str) {
    let message = message.replace('\0', " ") + "\0";
    // SAFETY: `message` ends with NUL; a null code is allowed. If the environment can no longer
    // throw there is nobody to tell.
    unsafe { sys::napi_throw_error(env, ptr::null(), message.as_ptr().cast()) };
}

impl<const N: usize> Call<N> {
    /// Answers with an integer that the facade reads from the array of answers: making a
    /// JavaScript number of it costs 8 % of a `get`.
    pub(super) fn answer(&self, value: i32) -> Outcome {
        // SAFETY: `export` gave every callback the address of its environment's answers, which
        // live as long as the environment; no other thread has it.
        unsafe { self.answers.write(value) };
        UNDEFINED
    }

    /// Answers with a second integer beside the first.
    pub(super) fn answer_also(&self, value: i32) {
        // SAFETY: as in `answer`; there is room for [`ANSWERS`] integers.
        unsafe { self.answers.add(1).write(value) };
    }

    /// Answers with a number that is no integer, in the place of the third and fourth.
    pub(super) fn answer_number(&self, value: f64) {
        // SAFETY: as in `answer`; there is room for [`ANSWERS`] integers, and two take as much as a number.
        unsafe { self.answers.add(2).cast::<f64>().write_unaligned(value) };
    }

    /// The first integers of the batch: see [`BATCH`].
    ///
    /// # Panics
    /// If there are not as many.
    pub(super) fn batch(&self, count: usize) -> &[Cell<i32>] {
        assert!(count <= BATCH, "a batch has room for {BATCH} integers");
        // SAFETY: as in `answer`; behind the answers there is room for [`BATCH`] integers. Nobody has
        // a reference to them that is none to cells, and no JavaScript runs meanwhile.
        unsafe { std::slice::from_raw_parts(self.answers.add(ANSWERS).cast(), count) }
    }

    /// The argument itself.
    pub(super) fn value(&self, index: usize) -> sys::napi_value {
        self.args[index]
    }

    /// Of which type the argument is.
    pub(super) fn kind(&self, index: usize) -> Result<sys::napi_valuetype, Failure> {
        let mut kind = 0;
        // SAFETY: as in `uint`.
        check(unsafe { sys::napi_typeof(self.env, self.args[index], &mut kind) })?;
        Ok(kind)
    }

    /// Whether the caller passed an argument at this place.
    pub(super) fn has(&self, index: usize) -> bool {
        self.count > index
    }

    /// The argument as a number, if it was passed.
    pub(super) fn optional_number(&self, index: usize) -> Result<Option<f64>, Failure> {
        if self.has(index) {
            self.number(index).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The argument as a number; NaN is none.
    pub(super) fn number_unless_nan(&self, index: usize) -> Result<Option<f64>, Failure> {
        let given = self.number(index)?;
        Ok((!given.is_nan()).then_some(given))
    }

    /// The argument as an unsigned integer.
    pub(super) fn uint(&self, index: usize) -> Result<u32, Failure> {
        let mut value = 0;
        // SAFETY: `args` are values of this call (undefined where none was passed), `value` is
        // ours to write.
        check(unsafe { sys::napi_get_value_uint32(self.env, self.args[index], &mut value) })?;
        Ok(value)
    }

    /// The argument as a number.
    pub(super) fn number(&self, index: usize) -> Result<f64, Failure> {
        let mut value = 0.0;
        // SAFETY: as in `uint`.
        check(unsafe { sys::napi_get_value_double(self.env, self.args[index], &mut value) })?;
        Ok(value)
    }

    /// The argument as a boolean.
    pub(super) fn boolean(&self, index: usize) -> Result<bool, Failure> {
        let mut value = false;
        // SAFETY: as in `uint`.
        check(unsafe { sys::napi_get_value_bool(self.env, self.args[index], &mut value) })?;
        Ok(value)
    }

    /// Runs `body` on the bytes of the argument, a `Buffer`; of `undefined`, on none. `body` must
    /// not run JavaScript.
    pub(super) fn with_bytes_mut<R>(
        &self,
        index: usize,
        body: impl FnOnce(&mut [u8]) -> R,
    ) -> Result<R, Failure> {
        if self.kind(index)? == sys::ValueType::napi_undefined {
            return Ok(body(&mut []));
        }
        let (mut data, mut len) = (ptr::null_mut(), 0);
        // SAFETY: as in `uint`.
        check(unsafe {
            sys::napi_get_buffer_info(self.env, self.args[index], &mut data, &mut len)
        })?;
        if len == 0 {
            return Ok(body(&mut []));
        }
        // SAFETY: the buffer is alive as an argument of this call and cannot be detached or
        // written while no JavaScript runs; one shared with other threads is refused by
        // `napi_get_buffer_info`'s users, which pass buffers of the facade's own making.
        Ok(body(unsafe {
            std::slice::from_raw_parts_mut(data.cast(), len)
        }))
    }

    /// Runs `body` on the argument's code units; `None` if it is not a string.
    pub(super) fn with_string<R>(
        &self,
        index: usize,
        body: impl FnOnce(Units<'_>) -> Result<R, Failure>,
    ) -> Result<Option<R>, Failure> {
        with_string_value(self.env, self.args[index], body)
    }

    /// Runs `body` on the code units of the argument, a string that is rather long.
    pub(super) fn with_text<R>(
        &self,
        index: usize,
        body: impl FnOnce(Units<'_>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        with_long_string(self.env, self.args[index], body)
    }
}

/// Runs `body` on a value's code units; `None` if it is not a string.
#[inline]
pub(super) fn with_string_value<R>(
    env: sys::napi_env,
    value: sys::napi_value,
    body: impl FnOnce(Units<'_>) -> Result<R, Failure>,
) -> Result<Option<R>, Failure> {
    let (mut units, mut bytes) = ([0; SHORT_UNITS], [0; SHORT_UNITS]);
    let mut len = 0;
    let target = units.as_mut_ptr();
    // SAFETY: `target` has room for `SHORT_UNITS` units, the closing NUL included.
    let status =
        unsafe { sys::napi_get_value_string_utf16(env, value, target, SHORT_UNITS, &mut len) };
    if status == sys::Status::napi_string_expected {
        return Ok(None);
    }
    check(status)?;
    // A full buffer means that the string may have been cut.
    if len < SHORT_UNITS - 1 {
        return body(Units::new(&units[..len], &mut bytes)).map(Some);
    }
    with_long_string(env, value, body).map(Some)
}

fn with_long_string<R>(
    env: sys::napi_env,
    value: sys::napi_value,
    body: impl FnOnce(Units<'_>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    SCRATCH.with_borrow_mut(|scratch| body(scratch.read(env, value)?))
}

/// Shorter strings are read to the stack.
const SHORT_UNITS: usize = 64;

/// Where longer ones are read to; it grows from [`FIRST_UNITS`] to the longest seen and is kept up to
/// [`KEPT_UNITS`].
struct Scratch {
    units: Vec<u16>,
    bytes: Vec<u8>,
}

const FIRST_UNITS: usize = 2 * 1024;
const KEPT_UNITS: usize = 64 * 1024;

thread_local! {
    static SCRATCH: RefCell<Scratch> = const {
        RefCell::new(Scratch { units: Vec::new(), bytes: Vec::new() })
    };
}

impl Scratch {
    fn read(&mut self, env: sys::napi_env, value: sys::napi_value) -> Result<Units<'_>, Failure> {
        if !(FIRST_UNITS..=KEPT_UNITS).contains(&self.units.len()) {
            self.resize(FIRST_UNITS);
        }
        let mut len = self.fill(env, value)?;
        // A full buffer means that the string may have been cut.
        if len == self.units.len() - 1 {
            // SAFETY: without a buffer only the length is written.
            check(unsafe {
                sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &mut len)
            })?;
            self.resize(len + 1);
            len = self.fill(env, value)?;
        }
        Ok(Units::new(&self.units[..len], &mut self.bytes))
    }

    /// Reads what there is room for; returns how many units that were.
    fn fill(&mut self, env: sys::napi_env, value: sys::napi_value) -> Result<usize, Failure> {
        let mut len = 0;
        let (target, room) = (self.units.as_mut_ptr(), self.units.len());
        // SAFETY: `target` has room for `room` units, the closing NUL included.
        check(unsafe { sys::napi_get_value_string_utf16(env, value, target, room, &mut len) })?;
        Ok(len)
    }

    fn resize(&mut self, len: usize) {
        self.units = vec![0; len];
        self.bytes = vec![0; len];
    }
}

/// A boolean.
pub(super) fn boolean(env: sys::napi_env, value: bool) -> Outcome {
    let mut result = ptr::null_mut();
    // SAFETY: `result` is ours to write.
    check(unsafe { sys::napi_get_boolean(env, value, &mut result) })?;
    Ok(result)
}

/// An object without properties.
pub(super) fn object(env: sys::napi_env) -> Outcome {
    let mut result = ptr::null_mut();
    // SAFETY: `result` is ours to write.
    check(unsafe { sys::napi_create_object(env, &mut result) })?;
    Ok(result)
}

/// A string.
pub(super) fn string(env: sys::napi_env, units: Units<'_>) -> Outcome {
    let mut result = ptr::null_mut();
    let len = units.len() as isize;
    check(match units {
        Units::Narrow(bytes) => {
            // SAFETY: `bytes` is valid for `len` bytes and is copied; latin1 is what narrow
            // units are.
            unsafe { sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), len, &mut result) }
        }
        Units::Wide(units) => {
            // SAFETY: `units` is valid for `len` units and is copied.
            unsafe { sys::napi_create_string_utf16(env, units.as_ptr(), len, &mut result) }
        }
    })?;
    Ok(result)
}

/// A number.
pub(super) fn number(env: sys::napi_env, value: f64) -> Outcome {
    let mut result = ptr::null_mut();
    // SAFETY: `result` is ours to write.
    check(unsafe { sys::napi_create_double(env, value, &mut result) })?;
    Ok(result)
}

/// Tells V8 that native memory has grown or shrunk; returns all that it has been told of.
pub(super) fn adjust_external_memory(env: sys::napi_env, change: i64) -> Result<i64, Failure> {
    let mut total = 0;
    // SAFETY: `env` is the environment of the running callback or finalizer; `total` is ours.
    check(unsafe { sys::napi_adjust_external_memory(env, change, &mut total) })?;
    Ok(total)
}

/// How many integers a callback can answer with.
const ANSWERS: usize = 4;

/// How many integers lie behind the answers for steps on many keys: what the facade passes of each key, in
/// whose place the callback answers for it.
const BATCH: usize = 1_024;

/// Makes the array that callbacks answer in and exports it under this name.
pub(super) fn create_answers(
    env: sys::napi_env,
    exports: sys::napi_value,
    name: &CStr,
) -> Result<*mut i32, Failure> {
    const LENGTH: usize = ANSWERS + BATCH;
    let (mut data, mut buffer, mut array) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: all results are ours to write.
    check(unsafe {
        sys::napi_create_arraybuffer(env, LENGTH * size_of::<i32>(), &mut data, &mut buffer)
    })?;
    let kind = sys::TypedarrayType::int32_array;
    // SAFETY: `buffer` is the ArrayBuffer just made, with room for as many integers.
    check(unsafe { sys::napi_create_typedarray(env, kind, LENGTH, buffer, 0, &mut array) })?;
    let mut reference = ptr::null_mut();
    // Never deleted: it keeps the memory for as long as the environment lives. The facade keeps
    // the array to itself, so nobody can detach it.
    // SAFETY: `buffer` is an object of this environment.
    check(unsafe { sys::napi_create_reference(env, buffer, 1, &mut reference) })?;
    // SAFETY: `exports` is an object and `name` ends with NUL.
    check(unsafe { sys::napi_set_named_property(env, exports, name.as_ptr(), array) })?;
    Ok(data.cast())
}

/// Makes a raw callback a function property of the module's exports; it answers in `answers`.
pub(super) fn export(
    env: sys::napi_env,
    exports: sys::napi_value,
    answers: *mut i32,
    name: &CStr,
    callback: unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value,
) -> Result<(), Failure> {
    let mut function = ptr::null_mut();
    let len = name.count_bytes() as isize;
    // SAFETY: `name` is valid for `len` bytes; the callback is a static function.
    check(unsafe {
        sys::napi_create_function(
            env,
            name.as_ptr(),
            len,
            Some(callback),
            answers.cast(),
            &mut function,
        )
    })?;
    // SAFETY: `exports` is an object and `name` ends with NUL.
    check(unsafe { sys::napi_set_named_property(env, exports, name.as_ptr(), function) })
}

/// Defines raw callbacks and the function that exports them.
macro_rules! callbacks {
    ($export:ident: $($(#[$doc:meta])* $js_name:literal $name:ident($call:ident: $args:literal) $body:block)*) => {
        $(
            $(#[$doc])*
            unsafe extern "C" fn $name(
                env: sys::napi_env,
                info: sys::napi_callback_info,
            ) -> sys::napi_value {
                // SAFETY: Node-API calls this with the environment and the call that are running.
                unsafe { raw::enter(env, info, |$call: &Call<$args>| $body) }
            }
        )*

        /// Makes the callbacks properties of the module's exports.
        pub(super) fn $export(
            env: sys::napi_env,
            exports: sys::napi_value,
            answers: *mut i32,
        ) -> Result<(), raw::Failure> {
            $(raw::export(env, exports, answers, $js_name, $name)?;)*
            Ok(())
        }
    };
}

pub(super) use callbacks;
