//! Why there is no snapshot, or why it cannot be read.

use std::fmt;
use std::io;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// There is no such file.
    NotFound,
    /// It is some other file.
    NotASnapshot,
    /// It ends too early.
    Truncated,
    /// A checksum or a number in it is wrong.
    Damaged,
    /// It is of a format that is not known here.
    Version,
    /// Its values were encoded by another codec.
    Codec,
    /// It belongs to another store.
    Store,
    /// It holds more than the limits allow, or than the format can express.
    TooLarge,
    /// Somebody else writes to this path.
    Locked,
    /// The caller wanted no more.
    Aborted,
    /// The system refused something.
    Io,
}

impl Code {
    /// Its name for users.
    pub fn name(self) -> &'static str {
        match self {
            Code::NotFound => "NOT_FOUND",
            Code::NotASnapshot => "NOT_A_SNAPSHOT",
            Code::Truncated => "TRUNCATED",
            Code::Damaged => "DAMAGED",
            Code::Version => "VERSION",
            Code::Codec => "CODEC",
            Code::Store => "STORE",
            Code::TooLarge => "TOO_LARGE",
            Code::Locked => "LOCKED",
            Code::Aborted => "ABORTED",
            Code::Io => "IO",
        }
    }
}

/// A failure, in words that follow the path of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Its kind.
    pub code: Code,
    /// What was wrong, with numbers.
    pub text: String,
    /// At which byte of the file.
    pub offset: Option<u64>,
    /// The system's number for it.
    pub errno: Option<i32>,
}

impl Failure {
    /// One that concerns no certain byte.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Failure {
            code,
            text: text.into(),
            offset: None,
            errno: None,
        }
    }

    pub(super) fn at(code: Code, offset: u64, text: impl Into<String>) -> Self {
        Failure {
            offset: Some(offset),
            ..Failure::new(code, text)
        }
    }

    /// The system refused to do `what`.
    pub(super) fn io(what: &str, error: &io::Error) -> Self {
        Failure {
            errno: error.raw_os_error(),
            ..Failure::new(Code::Io, format!("{what}: {error}"))
        }
    }

    /// Whether what is before it can be used all the same.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self.code, Code::Truncated | Code::Damaged)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.text)
    }
}
