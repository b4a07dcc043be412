//! A package as Lambda unpacks it.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use tempfile::TempDir;
use zip::ZipArchive;

/// An unpacked package, `/var/task`: modes as in the zip, and nothing in it can be written.
#[derive(Debug)]
pub struct Package {
    folder: TempDir,
}

impl Package {
    /// Unpacks a zip.
    pub fn unpack(zip: &Path) -> anyhow::Result<Package> {
        let why = || format!("{}; `make package` builds it", zip.display());
        let file = File::open(zip).with_context(why)?;
        let folder = TempDir::with_prefix("ridge-task-")?;
        ZipArchive::new(file).with_context(why)?.extract(folder.path()).with_context(why)?;
        Package::of(folder)
    }

    /// Takes a folder for an unpacked package.
    pub fn of(folder: TempDir) -> anyhow::Result<Package> {
        for entry in fs::read_dir(folder.path())? {
            let path = entry?.path();
            change_mode(&path, |mode| mode & !0o222)?;
        }
        change_mode(folder.path(), |mode| mode & !0o222)?;
        Ok(Package { folder })
    }

    /// `LAMBDA_TASK_ROOT`.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        // Else only root could remove what is in it. A folder that stays behind in /tmp is no reason to panic.
        let _ = change_mode(self.folder.path(), |mode| mode | 0o200);
    }
}

fn change_mode(path: &Path, change: impl Fn(u32) -> u32) -> std::io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    fs::set_permissions(path, Permissions::from_mode(change(mode)))
}
