//! Originals that are read only: a folder, or the sample images inside the program.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::body::Body;
use super::folder::Folder;
use super::metadata::ObjectMetadata;
use super::samples;

/// What the bucket contains below the objects that are written.
pub enum Originals {
    /// The sample images, under `photos/`.
    Samples,
    /// The files of a folder and its subfolders. Symbolic links are followed inside the folder and never out of it.
    Folder(PathBuf),
}

/// Originals that are ready to be read.
pub(super) enum OpenOriginals {
    Samples,
    Folder(Folder),
}

impl OpenOriginals {
    /// Opens the originals. The files in `hidden` are never served, wherever they are.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read, or one of the hidden files does not exist.
    pub(super) fn new(originals: Originals, hidden: &[PathBuf]) -> anyhow::Result<OpenOriginals> {
        Ok(match originals {
            Originals::Samples => OpenOriginals::Samples,
            Originals::Folder(path) => OpenOriginals::Folder(Folder::open(path, hidden)?),
        })
    }

    /// Checks that the originals can be read.
    ///
    /// # Errors
    ///
    /// If their folder cannot be read.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        match self {
            OpenOriginals::Samples => Ok(()),
            OpenOriginals::Folder(folder) => folder.check(),
        }
    }

    /// Returns an original's metadata and body, or `None` if there is no such original.
    ///
    /// # Errors
    ///
    /// If it is unknown whether the original exists, or it cannot be read.
    pub(super) fn get(&self, key: &str) -> anyhow::Result<Option<(ObjectMetadata, Body)>> {
        match self {
            OpenOriginals::Samples => Ok(samples::get(key)),
            OpenOriginals::Folder(folder) => folder.get(key),
        }
    }

    /// Returns the keys of all originals.
    ///
    /// # Errors
    ///
    /// If their folder cannot be listed.
    pub(super) fn keys(&self) -> anyhow::Result<BTreeSet<String>> {
        match self {
            OpenOriginals::Samples => Ok(samples::keys().collect()),
            OpenOriginals::Folder(folder) => folder.keys(),
        }
    }
}
