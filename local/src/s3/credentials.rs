//! The embedded server's access key: a new secret at each start, in a file that only its owner can read.
//!
//! The file has the format of the AWS SDKs and the AWS CLI (`AWS_SHARED_CREDENTIALS_FILE`). The secret is never sent
//! over HTTP, where a page in the browser could read it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use ridge_store::Credentials;
use tempfile::NamedTempFile;

/// The file's name in the data folder.
const FILE: &str = "credentials";

const ACCESS_KEY: &str = "ridge";
const SECRET_BYTES: usize = 20;

const ID_LINE: &str = "aws_access_key_id";
const SECRET_LINE: &str = "aws_secret_access_key";

/// Returns the path of the credentials in a data folder.
pub(super) fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// Generates a secret and writes it into the data folder, over the previous one.
///
/// # Errors
///
/// If the file cannot be written.
pub(super) fn create(data: &Path) -> anyhow::Result<Credentials> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("random bytes are not available: {error}"))?;
    let secret = hex::encode(bytes);
    let file = file(data);
    let write = || {
        // The new file has mode 0600 from the start. It replaces a symbolic link instead of following it.
        let mut new = NamedTempFile::new_in(data)?;
        write!(new, "[default]\n{ID_LINE} = {ACCESS_KEY}\n{SECRET_LINE} = {secret}\n")?;
        new.persist(&file).map_err(|error| error.error)
    };
    write().with_context(|| format!("the file {:?} cannot be written", file.display()))?;
    Ok(Credentials::new(ACCESS_KEY, secret, None, None, "ridge serve"))
}

/// Reads a file that `ridge serve` has written.
///
/// # Errors
///
/// If the file cannot be read, or is not a credentials file.
pub fn read(file: &Path) -> anyhow::Result<Credentials> {
    let text = fs::read_to_string(file).with_context(|| {
        format!(
            "the credentials of `ridge serve` in {:?} cannot be read; use the machine and the user that runs it",
            file.display()
        )
    })?;
    let value = |name: &str| {
        let mut pairs = text.lines().filter_map(|line| line.split_once('='));
        let found = pairs.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned());
        found.ok_or_else(|| anyhow!("the file {:?} has no line {name}", file.display()))
    };
    Ok(Credentials::new(value(ID_LINE)?, value(SECRET_LINE)?, None, None, "ridge serve"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn each_start_writes_a_new_secret_that_only_the_owner_can_read() {
        let data = tempfile::tempdir().unwrap();
        let elsewhere = data.path().join("elsewhere");
        fs::write(&elsewhere, "").unwrap();
        symlink(&elsewhere, file(data.path())).unwrap();
        let first = create(data.path()).unwrap();
        assert_eq!(fs::read_to_string(elsewhere).unwrap(), "", "the link is replaced, not followed");
        let second = create(data.path()).unwrap();
        assert_ne!(first.secret_access_key(), second.secret_access_key());
        assert_eq!(second.secret_access_key().len(), 40);
        let read = read(&file(data.path())).unwrap();
        assert_eq!(read.secret_access_key(), second.secret_access_key());
        assert_eq!(read.access_key_id(), "ridge");
        assert_eq!(fs::metadata(file(data.path())).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn errors_name_the_file() {
        let data = tempfile::tempdir().unwrap();
        let text = |file: &Path| read(file).unwrap_err().to_string();
        assert!(text(&file(data.path())).contains("/credentials\" cannot be read"));
        fs::write(file(data.path()), "[default]\n").unwrap();
        assert!(text(&file(data.path())).ends_with("has no line aws_access_key_id"));
    }
}
