//! A folder of originals: read only, and never left.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ridge_contract::Key;
use rustix::fs::{Mode, OFlags, ResolveFlags, fstat, openat2};
use rustix::io::Errno;

use super::body::Body;
use super::file_metadata::file_metadata;
use super::metadata::ObjectMetadata;

/// The files of a folder and its subfolders, without the server's own files.
///
/// Symbolic links are followed inside the folder and never out of it.
pub(super) struct Folder {
    path: PathBuf,
    /// The files that are never served, by device and inode.
    hidden: Vec<(u64, u64)>,
    /// The device that the folder was on at the start.
    device: u64,
}

impl Folder {
    /// Opens a folder. The files in `hidden` are never served.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read, or one of the hidden files does not exist.
    pub(super) fn open(path: PathBuf, hidden: &[PathBuf]) -> anyhow::Result<Folder> {
        let identity = |path: &PathBuf| fs::metadata(path).map(|metadata| identity(&metadata));
        let hidden = hidden.iter().map(identity).collect::<io::Result<_>>()?;
        let device = File::from(open(&path)?).metadata()?.dev();
        Ok(Folder { path, hidden, device })
    }

    /// Checks that the folder can be read.
    ///
    /// # Errors
    ///
    /// If the folder has been moved or unmounted. Its absence does not mean that its files have been deleted.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.root().map(drop)
    }

    /// Returns a file's metadata and the open file, or `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// If it is unknown whether the file exists, or it cannot be read.
    pub(super) fn get(&self, key: &str) -> anyhow::Result<Option<(ObjectMetadata, Body)>> {
        let root = self.root()?;
        // Variants are never stored in the folder.
        let Some(key) = Key::new(key).ok().filter(|key| !key.is_reserved()) else { return Ok(None) };
        let cannot = || format!("the original {:?} cannot be read", key.as_str());
        let Some((file, metadata)) = self.file(&root, key.as_str()).with_context(cannot)? else {
            return Ok(None);
        };
        let modified = metadata.modified().with_context(cannot)?;
        let metadata = file_metadata(Path::new(key.as_str()), metadata.len(), modified);
        Ok(Some((metadata, Body::File(file))))
    }

    /// Returns the keys of all files. Subfolders without read permission are skipped.
    ///
    /// # Errors
    ///
    /// If a folder cannot be read for another reason.
    pub(super) fn keys(&self) -> anyhow::Result<BTreeSet<String>> {
        let (root, mut keys) = (self.root()?, BTreeSet::new());
        self.walk(&root, &self.path, "", &mut keys)
            .with_context(|| format!("the folder {:?} cannot be listed", self.path.display()))?;
        Ok(keys)
    }

    /// Opens the folder as it is now.
    ///
    /// An empty folder on another device means that a disk has been unmounted: its files are not deleted, only unreachable.
    fn root(&self) -> anyhow::Result<OwnedFd> {
        let root = open(&self.path)?;
        let is_empty = || fs::read_dir(&self.path).is_ok_and(|mut entries| entries.next().is_none());
        if fstat(&root)?.st_dev != self.device && is_empty() {
            bail!("the folder of originals {:?} is empty, and not on the disk where it was", self.path.display());
        }
        Ok(root)
    }

    /// Opens a file below `root`. Links never lead out of `root` (openat2(2), `RESOLVE_BENEATH`).
    fn file(&self, root: &OwnedFd, key: &str) -> io::Result<Option<(File, Metadata)>> {
        // `NONBLOCK`: opening a named pipe would wait for a writer.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = match openat2(root, key, flags, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS) {
            Ok(file) => File::from(file),
            Err(error) if is_absence(error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        let is_served = metadata.is_file() && !self.hidden.contains(&identity(&metadata));
        Ok(is_served.then_some((file, metadata)))
    }

    /// Collects the keys below `folder`.
    ///
    /// A file whose name is not UTF-8 has no key. Links to folders are not followed, because they can form loops.
    fn walk(&self, root: &OwnedFd, folder: &Path, prefix: &str, keys: &mut BTreeSet<String>) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            // Such as `lost+found`. The first folder has been opened before.
            Err(error) if !prefix.is_empty() && error.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
            Err(error) if !prefix.is_empty() && error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let key = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.walk(root, &entry.path(), &format!("{key}/"), keys)?;
            } else if kind.is_file() {
                let is_own = entry.metadata().is_ok_and(|metadata| self.hidden.contains(&identity(&metadata)));
                keys.extend((!is_own).then_some(key));
            } else if kind.is_symlink() && self.file(root, &key).is_ok_and(|file| file.is_some()) {
                keys.insert(key);
            }
        }
        Ok(())
    }
}

fn open(folder: &Path) -> anyhow::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(folder, flags, Mode::empty());
    opened.with_context(|| format!("the folder of originals {:?} cannot be read", folder.display()))
}

/// Whether an error means that the file does not exist inside the folder. Other errors leave that unknown.
fn is_absence(error: Errno) -> bool {
    matches!(error, Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG | Errno::LOOP | Errno::XDEV | Errno::NXIO)
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_inside_the_folder_only() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (at, secret) = (|name: &str| inside.path().join(name), outside.path().join("secret.jpg"));
        fs::write(&secret, "secret").unwrap();
        fs::create_dir(at("a")).unwrap();
        fs::write(at("a/cat.jpg"), "cat").unwrap();
        symlink("cat.jpg", at("a/same.jpg")).unwrap();
        symlink("../a/cat.jpg", at("a/up.jpg")).unwrap();
        symlink(&secret, at("absolute.jpg")).unwrap();
        let up = format!("../{}/secret.jpg", outside.path().file_name().unwrap().to_str().unwrap());
        symlink(up, at("relative.jpg")).unwrap();
        symlink(outside.path(), at("folder")).unwrap();
        symlink("folder", at("twice")).unwrap();
        symlink(".", at("round")).unwrap();
        symlink("loop.jpg", at("loop.jpg")).unwrap();
        symlink("nowhere", at("broken.jpg")).unwrap();
        fs::write(at("own"), "own").unwrap();
        fs::hard_link(at("own"), at("a/own")).unwrap();
        let originals = Folder::open(inside.path().to_owned(), &[at("own")]).unwrap();
        for (key, is_there) in [
            ("a/cat.jpg", true),
            ("a/same.jpg", true),
            ("a/up.jpg", true),
            ("round/a/cat.jpg", true),
            ("absolute.jpg", false),
            ("relative.jpg", false),
            ("folder/secret.jpg", false),
            ("twice/secret.jpg", false),
            ("loop.jpg", false),
            ("broken.jpg", false),
            ("a", false),
            ("a/cat.jpg/more", false),
            ("own", false),
            ("a/own", false),
        ] {
            assert_eq!(originals.get(key).unwrap().is_some(), is_there, "{key}");
        }
        let keys: Vec<_> = originals.keys().unwrap().into_iter().collect();
        assert_eq!(keys, ["a/cat.jpg", "a/same.jpg", "a/up.jpg"]);
    }

    #[test]
    fn a_moved_folder_is_an_error() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("originals");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("cat.jpg"), "cat").unwrap();
        let originals = Folder::open(folder.clone(), &[]).unwrap();
        assert!(originals.get("none.jpg").unwrap().is_none());
        fs::rename(&folder, parent.path().join("away")).unwrap();
        let error = originals.get("cat.jpg").err().unwrap();
        assert!(format!("{error:#}").contains("/originals\" cannot be read: No such file"), "{error:#}");
        assert!(originals.get("none.jpg").is_err() && originals.keys().is_err() && originals.check().is_err());
        // A file in place of the folder.
        fs::write(&folder, "").unwrap();
        assert!(originals.get("cat.jpg").is_err());
        fs::remove_file(&folder).unwrap();
        fs::rename(parent.path().join("away"), &folder).unwrap();
        assert!(originals.get("cat.jpg").unwrap().is_some());
    }

    #[test]
    fn an_unmounted_disk_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut originals = Folder::open(folder.path().to_owned(), &[]).unwrap();
        assert!(originals.get("cat.jpg").unwrap().is_none(), "the folder was empty from the start");
        originals.device += 1;
        assert!(originals.get("cat.jpg").err().unwrap().to_string().ends_with("not on the disk where it was"));
        fs::write(folder.path().join("dog.jpg"), "dog").unwrap();
        assert!(originals.get("cat.jpg").unwrap().is_none(), "the disk is mounted again");
    }

    #[test]
    fn only_some_errors_mean_absence() {
        for error in [Errno::ACCESS, Errno::PERM, Errno::IO, Errno::NFILE, Errno::MFILE, Errno::STALE, Errno::NODEV] {
            assert!(!is_absence(error), "{error}");
        }
        for error in [Errno::NOENT, Errno::NOTDIR, Errno::NAMETOOLONG, Errno::LOOP, Errno::XDEV] {
            assert!(is_absence(error), "{error}");
        }
    }
}
