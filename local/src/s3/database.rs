//! The database file, which recovers from I/O errors.
//!
//! After a failed write, redb refuses all operations until the database is closed and opened again. This module reopens
//! it: when a full disk has room again, writes succeed. Nothing is lost, because committed data is on the disk.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use anyhow::{Context as _, anyhow, bail};
use redb::backends::FileBackend;
use redb::{ReadTransaction, ReadableDatabase as _, WriteTransaction};
use rustix::fs::{Mode, OFlags, open, statvfs};
use rustix::io::Errno;

/// The size of the database's page cache, in bytes.
const PAGE_CACHE: usize = 16 << 20;

/// Free disk space that is never used, in bytes: a commit also writes pages of the tables around a value.
const RESERVE: u64 = 1 << 20;

const FILE: &str = "s3.redb";

/// Returns the path of the database in a data folder.
pub(super) fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// A database file.
pub(super) struct Database {
    folder: PathBuf,
    open: RwLock<Open>,
}

/// The open file, and how often it has been opened.
struct Open {
    /// `None` if it could not be opened again.
    database: Option<redb::Database>,
    count: u64,
}

impl Database {
    /// Opens or creates the database in a folder.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, is a symbolic link, is not a database, or is in use by another process.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Database> {
        let database = Some(open_file(folder)?);
        Ok(Database { folder: folder.to_owned(), open: RwLock::new(Open { database, count: 0 }) })
    }

    /// Reads in one transaction.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub(super) fn read<T>(&self, look: impl Fn(&ReadTransaction) -> Result<T, redb::Error>) -> anyhow::Result<T> {
        let once = || self.with(|database| look(&database.begin_read()?));
        match once() {
            // Another thread's write has failed in the meantime, and the database has been reopened.
            Err(DatabaseError { is_closed: true, .. }) => once(),
            done => done,
        }
        .map_err(|failure| failure.error)
    }

    /// Changes the database in one transaction, which adds about `bytes` bytes. Nothing changes if `change` fails or
    /// returns `None`.
    ///
    /// # Errors
    ///
    /// If the disk is full, or the database cannot be written. A later attempt may succeed.
    pub(super) fn write<T>(
        &self,
        bytes: usize,
        change: impl FnOnce(&WriteTransaction) -> Result<Option<T>, redb::Error>,
    ) -> anyhow::Result<Option<T>> {
        // Deletions add nothing, and must succeed on a full disk.
        if bytes > 0 {
            self.has_room(bytes)?;
        }
        let changed = self.with(|database| {
            let transaction = database.begin_write()?;
            match change(&transaction)? {
                Some(done) => {
                    transaction.commit()?;
                    Ok(Some(done))
                }
                None => {
                    transaction.abort()?;
                    Ok(None)
                }
            }
        });
        changed.map_err(|failure| failure.error)
    }

    /// Checks the free space before a write, because a failed write means that the file is opened again.
    fn has_room(&self, bytes: usize) -> anyhow::Result<()> {
        let folder = || format!("the free space of {:?} is unknown", self.folder.display());
        let disk = statvfs(&self.folder).with_context(folder)?;
        // Twice the size, because the sizes of pages are powers of two.
        let needed = (bytes as u64).saturating_mul(2).saturating_add(RESERVE);
        if disk.f_bavail.saturating_mul(disk.f_frsize) < needed {
            bail!(
                "no space left on the disk of {:?}: {needed} bytes must be free to store {bytes}",
                self.folder.display()
            );
        }
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&redb::Database) -> Result<T, redb::Error>) -> Result<T, DatabaseError> {
        let (done, count) = {
            let open = self.opened()?;
            let database = open.database.as_ref().ok_or_else(|| anyhow!("the database is closed"))?;
            (work(database), open.count)
        };
        done.map_err(|error| {
            let is_closed = is_closed_by(&error);
            if is_closed {
                self.reopen(count).ok();
            }
            DatabaseError { is_closed, error: error.into() }
        })
    }

    /// Returns the open database, and opens it again if that has failed before.
    fn opened(&self) -> anyhow::Result<RwLockReadGuard<'_, Open>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        if open.database.is_some() {
            return Ok(open);
        }
        let count = open.count;
        drop(open);
        self.reopen(count)?;
        Ok(self.open.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Closes the database and opens it again, unless another thread has done so since the `count`th opening.
    fn reopen(&self, count: u64) -> anyhow::Result<()> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.count != count {
            return Ok(());
        }
        // Closed first, because the open database holds a lock on the file.
        open.database = None;
        open.database = Some(open_file(&self.folder)?);
        open.count += 1;
        Ok(())
    }
}

/// An error, and whether the database refuses further operations because of it.
struct DatabaseError {
    is_closed: bool,
    error: anyhow::Error,
}

impl From<anyhow::Error> for DatabaseError {
    fn from(error: anyhow::Error) -> DatabaseError {
        DatabaseError { is_closed: false, error }
    }
}

fn is_closed_by(error: &redb::Error) -> bool {
    use redb::Error::{Backend, DatabaseClosed, Io, LockPoisoned, PreviousIo};
    matches!(error, Backend(_) | DatabaseClosed | Io(_) | LockPoisoned(_) | PreviousIo)
}

/// Opens the database file. A symbolic link in its place is not followed.
fn open_file(folder: &Path) -> anyhow::Result<redb::Database> {
    let path = file(folder);
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = open(&path, flags, Mode::RUSR | Mode::WUSR).map_err(|error| match error {
        Errno::LOOP => anyhow!("the file {:?} is a symbolic link; name its folder with --data", path.display()),
        error => cannot_write(&path, &error.into()),
    })?;
    let mut builder = redb::Database::builder();
    builder.set_cache_size(PAGE_CACHE);
    let database = FileBackend::new(File::from(opened)).and_then(|backend| builder.create_with_backend(backend));
    database.map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => anyhow!(
            "the file {:?} is in use by another `ridge serve`; stop that one, or choose another folder with --data",
            path.display()
        ),
        error => anyhow!("the file {:?} cannot be opened: {error}", path.display()),
    })
}

/// Returns the error for a data folder that cannot be written.
pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow!("{:?} cannot be written: {error}; choose a writable folder with --data", path.display())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn writes_are_refused_before_the_disk_is_full() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path()).unwrap();
        let text = database.has_room(usize::MAX).unwrap_err().to_string();
        assert!(text.contains("no space left on the disk"), "{text}");
    }

    #[test]
    fn one_process_at_a_time_and_no_symbolic_links() {
        let folder = tempfile::tempdir().unwrap();
        let first = Database::open(folder.path()).unwrap();
        let text = |folder: &Path| Database::open(folder).err().unwrap().to_string();
        assert!(text(folder.path()).contains("in use by another `ridge serve`"), "{}", text(folder.path()));
        drop(first);
        let linked = tempfile::tempdir().unwrap();
        symlink(file(folder.path()), file(linked.path())).unwrap();
        assert!(text(linked.path()).contains("is a symbolic link"), "{}", text(linked.path()));
    }
}
