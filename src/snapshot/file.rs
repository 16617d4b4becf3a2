//! Files: one that is written beside the old one and then takes its place whole, and the lock of who may do so.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::failure::{Code, Failure};
use super::format::MAGIC;

/// Links that are followed; Linux follows as many.
const LINKS: usize = 40;

/// The path of a snapshot: of the file itself where there are symbolic links to it, so that it is that which
/// is replaced. It is the same before there is a file and afterwards.
pub(super) fn resolve(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if let Ok(whole) = fs::canonicalize(&path) {
            return whole;
        }
        // What is not there has no path; a link to it has.
        match (fs::read_link(&path), path.parent()) {
            (Ok(target), Some(folder)) => path = folder.join(target),
            _ => break,
        }
    }
    match (folder_of(&path), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

fn folder_of(path: &Path) -> io::Result<PathBuf> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    fs::canonicalize(folder.unwrap_or(Path::new(".")))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What is on disk may be secret: nobody else may read it.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The right to write the snapshot at a path, which one holder in all processes has. It ends with its holder,
/// however that ends: the system keeps it. The file `<path>.lock` stays.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock of a path, or fails at once.
    pub fn acquire(path: &Path) -> Result<Lock, Failure> {
        let path = resolve(path);
        let beside = beside(&path, ".lock");
        // To open a pipe waits for who reads it, and what a link leads to is not ours.
        if fs::symlink_metadata(&beside).is_ok_and(|found| !found.is_file()) {
            return Err(Failure::new(Code::Io, "its lock file is not a file"));
        }
        let mut options = private();
        let opened = options.create(true).truncate(false).open(beside);
        let file = opened.map_err(|error| Failure::io("its lock file cannot be opened", &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { path, _file: file }),
            Err(TryLockError::WouldBlock) => {
                let text = "another cache, of this process or of another one, writes to it";
                Err(Failure::new(Code::Locked, text))
            }
            Err(TryLockError::Error(error)) => Err(Failure::io("it cannot be locked", &error)),
        }
    }

    /// Whether this is the lock of that path.
    pub fn is_of(&self, path: &Path) -> bool {
        self.path == resolve(path)
    }
}

/// A file that will take the place of another. Until then, and if it is dropped, there is nothing but the
/// old one. The lock of the path must be held.
#[derive(Debug)]
pub(super) struct NewFile {
    path: PathBuf,
    target: PathBuf,
    file: Option<File>,
}

impl NewFile {
    pub(super) fn create(target: &Path) -> Result<NewFile, Failure> {
        let target = resolve(target);
        // A device or a socket would be gone.
        if fs::metadata(&target).is_ok_and(|found| !found.is_file()) {
            return Err(Failure::new(Code::NotASnapshot, "it is not a file"));
        }
        let path = beside(&target, ".tmp");
        remove_left(&path)?;
        let created = private().create_new(true).open(&path);
        let file = created.map_err(|error| Failure::io("it cannot be created", &error))?;
        Ok(NewFile {
            path,
            target,
            file: Some(file),
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let file = self.file.as_mut().expect("it is open until it is complete");
        let written = file.write_all(bytes);
        written.map_err(|error| Failure::io("it cannot be written", &error))
    }

    /// Puts the file in the place of the old one, for good: what is written is on the disk before.
    pub(super) fn commit(mut self) -> Result<(), Failure> {
        let file = self.file.take().expect("it is open until it is complete");
        let put = file
            .sync_all()
            .and_then(|()| {
                // Windows renames no open file.
                drop(file);
                fs::rename(&self.path, &self.target)
            })
            .map_err(|error| Failure::io("it cannot be put in place", &error));
        if put.is_err() {
            let _ = fs::remove_file(&self.path);
        }
        put?;
        sync_folder(&self.target)
    }
}

/// Removes what a process has left that was killed: only who has the lock writes there. Another's file stays.
fn remove_left(path: &Path) -> Result<(), Failure> {
    let refused = |error: io::Error| Failure::io("an old temporary file cannot be removed", &error);
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    let mut start = Vec::new();
    if found.is_file() {
        let file = File::open(path).map_err(refused)?;
        file.take(MAGIC.len() as u64)
            .read_to_end(&mut start)
            .map_err(refused)?;
    }
    if !found.is_file() || !MAGIC.starts_with(&start) {
        let text = "the file with `.tmp` at its end is not one that a save has left";
        return Err(Failure::new(Code::Io, text));
    }
    fs::remove_file(path).map_err(refused)
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Has the folder remember the new name.
#[cfg(unix)]
fn sync_folder(of: &Path) -> Result<(), Failure> {
    let opened = match folder_of(of).and_then(File::open) {
        // One that may be written to and not be listed: the file is in place, and its name reaches the disk later.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
        opened => opened,
    };
    opened
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Failure::io("its folder cannot be written", &error))
}

#[cfg(not(unix))]
fn sync_folder(_of: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Opens a snapshot; also how many bytes it has. What is no file, and might never end, is refused.
pub(super) fn open(path: &Path) -> Result<(File, u64), Failure> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Failure {
            errno: error.raw_os_error(),
            ..Failure::new(Code::NotFound, "there is no such file")
        },
        _ => Failure::io("it cannot be opened", &error),
    };
    // Before it is opened: to open a pipe waits for who writes.
    if !fs::metadata(path).map_err(refused)?.is_file() {
        return Err(Failure::new(Code::NotASnapshot, "it is not a file"));
    }
    let file = File::open(path).map_err(refused)?;
    let size = file.metadata().map_err(refused)?.len();
    Ok((file, size))
}
