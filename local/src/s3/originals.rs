//! Originals that are only read: a folder, or the sample pictures inside the program.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use include_dir::{Dir, include_dir};
use ridge_contract::Key;
use rustix::fs::{Mode, OFlags, ResolveFlags, fstat, openat2};
use rustix::io::Errno;

use super::objects::{Body, Facts, seconds};

static PHOTOS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../testdata/photos");

/// Where the samples lie in the bucket.
const SAMPLES: &str = "photos/";

/// What lies under the objects that are written.
pub enum Originals {
    /// The sample pictures, under `photos/`.
    Samples,
    /// The files of a folder and its sub-folders. Symbolic links are followed inside of it and never out of it.
    Folder(PathBuf),
}

/// Originals, and files that are none wherever they lie: the server's own.
pub(super) struct Guarded {
    originals: Originals,
    /// By device and inode.
    own: Vec<(u64, u64)>,
    /// The one that the folder was on at the start.
    device: u64,
}

impl Guarded {
    /// `own` are files that are never served.
    ///
    /// # Errors
    ///
    /// If one of those files, or the folder of originals, cannot be looked at.
    pub(super) fn new(originals: Originals, own: &[PathBuf]) -> anyhow::Result<Guarded> {
        let identity = |path: &PathBuf| fs::metadata(path).map(|metadata| identity(&metadata));
        let own = own.iter().map(identity).collect::<io::Result<_>>()?;
        let device = match &originals {
            Originals::Samples => 0,
            Originals::Folder(folder) => File::from(open(folder)?).metadata()?.dev(),
        };
        Ok(Guarded { originals, own, device })
    }

    /// Whether originals can be read. A folder that has gone says nothing of the files that were in it.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        match &self.originals {
            Originals::Samples => Ok(()),
            Originals::Folder(folder) => self.root(folder).map(drop),
        }
    }

    /// What is known of one, and its bytes; `None` where there is no such file.
    ///
    /// # Errors
    ///
    /// If it cannot be looked at, which says nothing of whether it is there.
    pub(super) fn get(&self, key: &str) -> anyhow::Result<Option<(Facts, Body)>> {
        match &self.originals {
            Originals::Samples => Ok(sample(key)),
            Originals::Folder(folder) => {
                let root = self.root(folder)?;
                // Variants never lie there.
                let Some(key) = Key::new(key).ok().filter(|key| !key.is_reserved()) else { return Ok(None) };
                let cannot = || format!("the original {:?} cannot be read", key.as_str());
                let Some((file, metadata)) = self.file(&root, key.as_str()).with_context(cannot)? else {
                    return Ok(None);
                };
                let facts = facts(Path::new(key.as_str()), metadata.len(), metadata.modified().with_context(cannot)?);
                Ok(Some((facts, Body::File(file))))
            }
        }
    }

    /// All keys.
    ///
    /// # Errors
    ///
    /// If a folder cannot be read for another reason than that this user may not.
    pub(super) fn keys(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut keys = BTreeSet::new();
        match &self.originals {
            Originals::Samples => {
                let names = PHOTOS.files().filter_map(|file| file.path().to_str());
                keys.extend(names.map(|name| format!("{SAMPLES}{name}")));
            }
            Originals::Folder(folder) => {
                let root = self.root(folder)?;
                self.walk(&root, folder, "", &mut keys)
                    .with_context(|| format!("the folder {:?} cannot be listed", folder.display()))?;
            }
        }
        Ok(keys)
    }

    /// The folder as it is now. Where it was moved away, or the disk that was mounted there is gone, nothing can be said of
    /// what was in it.
    fn root(&self, folder: &Path) -> anyhow::Result<OwnedFd> {
        let root = open(folder)?;
        let is_empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        if fstat(&root)?.st_dev != self.device && is_empty() {
            bail!("the folder of originals {:?} is empty, and not on the disk where it was", folder.display());
        }
        Ok(root)
    }

    /// Opens a file below `root` without ever leaving it, whatever links there are (openat2(2), `RESOLVE_BENEATH`).
    fn file(&self, root: &OwnedFd, key: &str) -> io::Result<Option<(File, Metadata)>> {
        // Opening a named pipe would wait for its other end.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = match openat2(root, key, flags, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS) {
            Ok(file) => File::from(file),
            Err(error) if is_absence(error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        let is_served = metadata.is_file() && !self.own.contains(&identity(&metadata));
        Ok(is_served.then_some((file, metadata)))
    }

    /// A file whose name is not UTF-8 has no key. Links to folders are not followed: they may go round.
    fn walk(&self, root: &OwnedFd, folder: &Path, prefix: &str, keys: &mut BTreeSet<String>) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            // Such as `lost+found`. The first folder was opened already.
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
                let is_own = entry.metadata().is_ok_and(|metadata| self.own.contains(&identity(&metadata)));
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

/// Whether opening a file failed since there is none, or none inside the folder. Anything else is no answer.
fn is_absence(error: Errno) -> bool {
    matches!(error, Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG | Errno::LOOP | Errno::XDEV | Errno::NXIO)
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

fn sample(key: &str) -> Option<(Facts, Body)> {
    let bytes = PHOTOS.get_file(key.strip_prefix(SAMPLES)?)?.contents();
    // The samples change with the program only.
    let facts = facts(Path::new(key), bytes.len() as u64, SystemTime::UNIX_EPOCH);
    Some((facts, Body::Bytes(Bytes::from_static(bytes))))
}

/// The ETag is made of time and size, as file servers do: reading the file for it would cost as much as sending it.
fn facts(path: &Path, size: u64, modified: SystemTime) -> Facts {
    let nanos = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    Facts {
        etag: format!("{nanos:x}-{size:x}"),
        modified: seconds(modified),
        size,
        content_type: mime_guess::from_path(path).first().map(|mime| mime.to_string()),
        ..Facts::default()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_inside_and_never_out() {
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
        let guarded = Guarded::new(Originals::Folder(inside.path().to_owned()), &[at("own")]).unwrap();
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
            assert_eq!(guarded.get(key).unwrap().is_some(), is_there, "{key}");
        }
        let keys: Vec<_> = guarded.keys().unwrap().into_iter().collect();
        assert_eq!(keys, ["a/cat.jpg", "a/same.jpg", "a/up.jpg"]);
    }

    #[test]
    fn a_folder_that_has_gone_is_an_error_and_no_answer() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("originals");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("cat.jpg"), "cat").unwrap();
        let guarded = Guarded::new(Originals::Folder(folder.clone()), &[]).unwrap();
        assert!(guarded.get("none.jpg").unwrap().is_none());
        fs::rename(&folder, parent.path().join("away")).unwrap();
        let error = guarded.get("cat.jpg").err().unwrap();
        assert!(format!("{error:#}").contains("/originals\" cannot be read: No such file"), "{error:#}");
        assert!(guarded.get("none.jpg").is_err() && guarded.keys().is_err() && guarded.check().is_err());
        // A file in its place is no folder.
        fs::write(&folder, "").unwrap();
        assert!(guarded.get("cat.jpg").is_err());
        fs::remove_file(&folder).unwrap();
        fs::rename(parent.path().join("away"), &folder).unwrap();
        assert!(guarded.get("cat.jpg").unwrap().is_some());
    }

    #[test]
    fn a_disk_that_is_not_mounted_any_more_leaves_an_empty_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mut guarded = Guarded::new(Originals::Folder(folder.path().to_owned()), &[]).unwrap();
        assert!(guarded.get("cat.jpg").unwrap().is_none(), "it was empty from the start");
        guarded.device += 1;
        assert!(guarded.get("cat.jpg").err().unwrap().to_string().ends_with("not on the disk where it was"));
        fs::write(folder.path().join("dog.jpg"), "dog").unwrap();
        assert!(guarded.get("cat.jpg").unwrap().is_none(), "mounted again");
    }

    #[test]
    fn who_may_not_look_does_not_know() {
        for error in [Errno::ACCESS, Errno::PERM, Errno::IO, Errno::NFILE, Errno::MFILE, Errno::STALE, Errno::NODEV] {
            assert!(!is_absence(error), "{error}");
        }
        for error in [Errno::NOENT, Errno::NOTDIR, Errno::NAMETOOLONG, Errno::LOOP, Errno::XDEV] {
            assert!(is_absence(error), "{error}");
        }
    }
}
