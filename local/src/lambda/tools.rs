//! AWS's programs, as `tools/setup.sh lambda` installs them.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// A folder with the emulator, Node.js and AWS's client.
#[derive(Debug, Clone)]
pub struct Tools {
    folder: PathBuf,
}

/// A managed runtime of Lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// `nodejs22.x`.
    Node22,
    /// `nodejs24.x`.
    Node24,
}

impl Runtime {
    /// What `AWS_EXECUTION_ENV` ends with.
    pub fn name(self) -> &'static str {
        match self {
            Runtime::Node22 => "nodejs22.x",
            Runtime::Node24 => "nodejs24.x",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Runtime::Node22 => "node22",
            Runtime::Node24 => "node24",
        }
    }
}

impl Tools {
    /// Where `tools/setup.sh` puts them, in the project's folder.
    pub const FOLDER: &str = ".tools/lambda";

    /// Looks whether all of them are there.
    pub fn find(folder: &Path) -> anyhow::Result<Tools> {
        let tools = Tools { folder: std::path::absolute(folder)? };
        for file in [tools.emulator(), tools.client(), tools.node(Runtime::Node22), tools.node(Runtime::Node24)] {
            if !file.is_file() {
                bail!("{} is missing; tools/setup.sh lambda installs it", file.display());
            }
        }
        Ok(tools)
    }

    pub(super) fn emulator(&self) -> PathBuf {
        self.folder.join("aws-lambda-rie")
    }

    pub(super) fn client(&self) -> PathBuf {
        self.folder.join("node_modules/aws-lambda-ric/index.mjs")
    }

    pub(super) fn node(&self, runtime: Runtime) -> PathBuf {
        self.folder.join("node_modules").join(runtime.package()).join("bin/node")
    }
}
