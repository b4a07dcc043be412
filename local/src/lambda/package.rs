//! A deployment package, unpacked as Lambda does it.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use tempfile::TempDir;
use zip::ZipArchive;

/// An unpacked package, `/var/task`: file modes as in the zip file, and nothing is writable.
#[derive(Debug)]
pub struct Package {
    folder: TempDir,
}

impl Package {
    /// Unpacks a zip file.
    ///
    /// # Errors
    ///
    /// If the file is missing or cannot be unpacked.
    pub fn unpack(zip: &Path) -> anyhow::Result<Package> {
        let why = || format!("{}; `make package` builds it", zip.display());
        let file = File::open(zip).with_context(why)?;
        let folder = TempDir::with_prefix("ridge-task-")?;
        ZipArchive::new(file).with_context(why)?.extract(folder.path()).with_context(why)?;
        Package::of(folder)
    }

    /// Makes a folder's files read only, and uses the folder as an unpacked package.
    ///
    /// # Errors
    ///
    /// If a file mode cannot be changed.
    pub fn of(folder: TempDir) -> anyhow::Result<Package> {
        for entry in fs::read_dir(folder.path())? {
            let path = entry?.path();
            change_mode(&path, |mode| mode & !0o222)?;
        }
        change_mode(folder.path(), |mode| mode & !0o222)?;
        Ok(Package { folder })
    }

    /// Returns the folder, which is `LAMBDA_TASK_ROOT`.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        // Files in a read-only folder cannot be removed. A folder that remains in /tmp is no reason to panic.
        let _ = change_mode(self.folder.path(), |mode| mode | 0o200);
    }
}

fn change_mode(path: &Path, change: impl Fn(u32) -> u32) -> std::io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    fs::set_permissions(path, Permissions::from_mode(change(mode)))
}
