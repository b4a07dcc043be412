//! AWS's programs, which `tools/setup.sh lambda` installs.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// The folder with the emulator, Node.js and AWS's runtime client.
#[derive(Debug, Clone)]
pub struct Tools {
    folder: PathBuf,
}

/// A runtime of Lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// `nodejs22.x`.
    Node22,
    /// `nodejs24.x`.
    Node24,
    /// `provided.al2023`, which runs the package's own program.
    Provided,
}

impl Runtime {
    /// Returns Lambda's identifier of the runtime.
    pub fn name(self) -> &'static str {
        match self {
            Runtime::Node22 => "nodejs22.x",
            Runtime::Node24 => "nodejs24.x",
            Runtime::Provided => "provided.al2023",
        }
    }

    /// Returns the npm package that contains the runtime's Node.js.
    fn package(self) -> Option<&'static str> {
        match self {
            Runtime::Node22 => Some("node22"),
            Runtime::Node24 => Some("node24"),
            Runtime::Provided => None,
        }
    }

    /// Returns the function's name. At the edge it begins with the region where the function was created.
    pub(super) fn function_name(self, name: &str) -> String {
        if self == Runtime::Provided { name.to_owned() } else { format!("us-east-1.{name}") }
    }

    /// Returns the handler in the stack.
    pub(super) fn handler(self) -> &'static str {
        if self == Runtime::Provided { "bootstrap" } else { "index.handler" }
    }
}

impl Tools {
    /// The folder that `tools/setup.sh` installs to, in the repository.
    pub const FOLDER: &str = ".tools/lambda";

    /// Checks that all programs are installed in a folder.
    ///
    /// # Errors
    ///
    /// If a program is missing.
    pub fn find(folder: &Path) -> anyhow::Result<Tools> {
        let tools = Tools { folder: std::path::absolute(folder)? };
        let nodes = [Runtime::Node22, Runtime::Node24].into_iter().filter_map(|runtime| tools.node(runtime));
        for file in nodes.chain([tools.emulator(), tools.client()]) {
            if !file.is_file() {
                bail!("{} is missing; tools/setup.sh lambda installs it", file.display());
            }
        }
        Ok(tools)
    }

    pub(super) fn emulator(&self) -> PathBuf {
        self.folder.join("aws-lambda-rie")
    }

    /// Returns the command with which the emulator starts a package.
    pub(super) fn command(&self, runtime: Runtime, package: &Path) -> Vec<PathBuf> {
        match self.node(runtime) {
            Some(node) => vec![node, self.client(), runtime.handler().into()],
            None => vec![package.join(runtime.handler())],
        }
    }

    fn client(&self) -> PathBuf {
        self.folder.join("node_modules/aws-lambda-ric/index.mjs")
    }

    fn node(&self, runtime: Runtime) -> Option<PathBuf> {
        Some(self.folder.join("node_modules").join(runtime.package()?).join("bin/node"))
    }
}
