//! The database file, which goes on after an I/O error.
//!
//! redb refuses everything after a write has failed, until it is closed and opened again. So it is: after a disk was full,
//! writes succeed as soon as there is room. Nothing is lost by that, for what was committed is on the disk.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use anyhow::{Context as _, anyhow, bail};
use redb::backends::FileBackend;
use redb::{ReadTransaction, ReadableDatabase as _, WriteTransaction};
use rustix::fs::{Mode, OFlags, open, statvfs};
use rustix::io::Errno;

/// Of memory that the database keeps pages in.
const PAGE_CACHE: usize = 16 << 20;

/// Of the disk's free bytes, what is left alone: a commit also writes pages of the tables around a value.
const RESERVE: u64 = 1 << 20;

const FILE: &str = "s3.redb";

/// Where a data folder has its database.
pub(super) fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// One database file.
pub(super) struct Database {
    folder: PathBuf,
    open: RwLock<Open>,
}

/// The open file, and how often it was opened.
struct Open {
    /// `None` where it could not be opened again.
    database: Option<redb::Database>,
    count: u64,
}

impl Database {
    /// Opens or creates the database in a folder.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, is a symbolic link, is no database, or is open elsewhere.
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
            // Another's write has failed meanwhile.
            Err(DatabaseError { is_closed: true, .. }) => once(),
            done => done,
        }
        .map_err(|failure| failure.error)
    }

    /// Changes in one transaction, which adds about as many bytes as are named. Nothing changes where `change` fails or returns `None`.
    ///
    /// # Errors
    ///
    /// If the disk is full, or the database cannot be written. The same may succeed later.
    pub(super) fn write<T>(
        &self,
        bytes: usize,
        change: impl FnOnce(&WriteTransaction) -> Result<Option<T>, redb::Error>,
    ) -> anyhow::Result<Option<T>> {
        // Deletions add nothing, and make room for others.
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

    /// Asks first, for a write that fails costs opening the file again.
    fn has_room(&self, bytes: usize) -> anyhow::Result<()> {
        let folder = || format!("the free space of {:?} is not known", self.folder.display());
        let disk = statvfs(&self.folder).with_context(folder)?;
        // Pages are powers of two.
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

    /// The open database; opened again where that failed before.
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

    /// Closes the database that was opened as the `count`th, when nobody uses it any more, and opens it again.
    fn reopen(&self, count: u64) -> anyhow::Result<()> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.count != count {
            return Ok(());
        }
        // Closed first: its lock is on the file.
        open.database = None;
        open.database = Some(open_file(&self.folder)?);
        open.count += 1;
        Ok(())
    }
}

/// What went wrong, and whether the database refuses everything since then.
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

/// A symbolic link in the file's place is not followed.
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

/// The text where a data folder cannot be written.
pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow!("{:?} cannot be written: {error}; choose a folder that can be with --data", path.display())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_does_not_fit_on_the_disk_is_refused_before_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path()).unwrap();
        let text = database.has_room(usize::MAX).unwrap_err().to_string();
        assert!(text.contains("no space left on the disk"), "{text}");
    }

    #[test]
    fn one_process_at_a_time_and_no_symbolic_link() {
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
