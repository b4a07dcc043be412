//! What the stack tells the function, in environment variables.

use std::env;

use ridge_aws::{ConnectError, credentials_of_lambda};

use crate::Service;
use crate::connect::connect;
use crate::distribution::{By, Distribution};
use crate::uploads::Uploads;

/// The distribution's id.
const DISTRIBUTION: &str = "RIDGE_DISTRIBUTION_ID";
/// A [`By`] by its name; without it, `tags`.
const PURGE_BY: &str = "RIDGE_PURGE_BY";
/// The SDKs' own names for endpoints that are not AWS's.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_CLOUDFRONT";
const S3_ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

/// What the environment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    distribution: String,
    by: By,
    endpoint: Option<String>,
    s3_endpoint: Option<String>,
}

/// Why the environment will not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable that must be there.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A value that is not known.
    #[error("{PURGE_BY} is {0}; it takes {names}", names = By::NAMES.map(|(name, _)| name).join(" or "))]
    By(String),
}

impl Settings {
    /// What the environment must say for a distribution at an endpoint that is not AWS's.
    pub fn variables(distribution: &str, endpoint: &str) -> Vec<(&'static str, String)> {
        vec![(DISTRIBUTION, distribution.to_owned()), (ENDPOINT, endpoint.to_owned())]
    }

    /// Reads the process's environment.
    pub fn from_environment() -> Result<Settings, SettingsError> {
        Settings::read(|name| env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Settings, SettingsError> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let must = |name: &'static str| set(name).ok_or(SettingsError::Missing(name));
        let by = set(PURGE_BY).map_or(Ok(By::Tags), |name| By::named(&name).ok_or(SettingsError::By(name)))?;
        Ok(Settings { distribution: must(DISTRIBUTION)?, by, endpoint: set(ENDPOINT), s3_endpoint: set(S3_ENDPOINT) })
    }

    /// What they are settings of, with the function's own credentials.
    pub fn service(&self) -> Result<Service, ConnectError> {
        let credentials = credentials_of_lambda()?;
        let client = connect(self.endpoint.as_deref(), credentials.clone());
        let distribution = Distribution::new(client, &self.distribution, self.by);
        Ok(Service { distribution, uploads: Some(Uploads::new(self.s3_endpoint.clone(), credentials)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_stack_says() {
        let read = |pairs: &[(&str, &str)]| {
            let find =
                |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            Settings::read(find)
        };
        let id = (DISTRIBUTION, "EDFDVBD6EXAMPLE");
        let plain = read(&[id]).unwrap();
        assert_eq!((plain.by, plain.endpoint, plain.s3_endpoint), (By::Tags, None, None));
        for (name, by) in By::NAMES {
            assert_eq!(read(&[id, (PURGE_BY, name)]).unwrap().by, by);
        }
        for (pairs, told) in [
            (&[][..], "the environment variable RIDGE_DISTRIBUTION_ID is not set"),
            (&[(DISTRIBUTION, "")], "the environment variable RIDGE_DISTRIBUTION_ID is not set"),
            (&[id, (PURGE_BY, "tag")], "RIDGE_PURGE_BY is tag; it takes tags or paths"),
        ] {
            assert_eq!(read(pairs).unwrap_err().to_string(), told);
        }
    }
}
