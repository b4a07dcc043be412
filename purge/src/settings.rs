//! Settings of the function, which the stack passes in environment variables.

use std::env;

use ridge_aws::{ConnectError, environment_credentials};

use crate::Service;
use crate::connect::connect;
use crate::distribution::{By, Distribution};
use crate::uploads::Uploads;

/// The distribution's ID.
const DISTRIBUTION: &str = "RIDGE_DISTRIBUTION_ID";
/// The name of a [`By`]; the default is `tags`.
const PURGE_BY: &str = "RIDGE_PURGE_BY";
/// The SDKs' own variables for servers other than AWS.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_CLOUDFRONT";
const S3_ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

/// Settings of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    distribution: String,
    by: By,
    endpoint: Option<String>,
    s3_endpoint: Option<String>,
}

/// Why the environment is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A required variable is not set.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// An unknown value.
    #[error("{PURGE_BY} must be {names}; got {0:?}", names = By::NAMES.map(|(name, _)| name).join(" or "))]
    By(String),
}

impl Settings {
    /// Returns the variables for a distribution on a server other than AWS.
    pub fn variables(distribution: &str, endpoint: &str) -> Vec<(&'static str, String)> {
        vec![(DISTRIBUTION, distribution.to_owned()), (ENDPOINT, endpoint.to_owned())]
    }

    /// Reads the settings from the process's environment.
    ///
    /// # Errors
    ///
    /// If the distribution's ID is missing, or a value is not valid.
    pub fn from_environment() -> Result<Settings, SettingsError> {
        Settings::read(|name| env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Settings, SettingsError> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let must = |name: &'static str| set(name).ok_or(SettingsError::Missing(name));
        let by = set(PURGE_BY).map_or(Ok(By::Tags), |name| By::named(&name).ok_or(SettingsError::By(name)))?;
        Ok(Settings { distribution: must(DISTRIBUTION)?, by, endpoint: set(ENDPOINT), s3_endpoint: set(S3_ENDPOINT) })
    }

    /// Returns the service with these settings and the function's own credentials.
    ///
    /// # Errors
    ///
    /// If the environment contains no credentials.
    pub fn service(&self) -> Result<Service, ConnectError> {
        let credentials = environment_credentials()?;
        let client = connect(self.endpoint.as_deref(), credentials.clone());
        let distribution = Distribution::new(client, &self.distribution, self.by);
        Ok(Service { distribution, uploads: Some(Uploads::new(self.s3_endpoint.clone(), credentials)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stack_sets_variables_that_are_read() {
        let template: serde_json::Value = serde_json::from_str(include_str!("../../cdk/test/snapshot.json")).unwrap();
        let mut resources = template["Resources"].as_object().unwrap().values();
        let function = resources.find(|resource| resource["Properties"]["Description"] == "Ridge: purge").unwrap();
        let variables = function["Properties"]["Environment"]["Variables"].as_object().unwrap();
        for name in variables.keys() {
            assert!([DISTRIBUTION, PURGE_BY, ENDPOINT, S3_ENDPOINT].contains(&name.as_str()), "{name}");
        }
        assert!(variables.contains_key(DISTRIBUTION));
        assert_eq!(By::named(variables[PURGE_BY].as_str().unwrap()), Some(By::Tags));
    }

    #[test]
    fn settings_come_from_the_environment() {
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
        for (pairs, error) in [
            (&[][..], "the environment variable RIDGE_DISTRIBUTION_ID is not set"),
            (&[(DISTRIBUTION, "")], "the environment variable RIDGE_DISTRIBUTION_ID is not set"),
            (&[id, (PURGE_BY, "tag")], "RIDGE_PURGE_BY must be tags or paths; got \"tag\""),
        ] {
            assert_eq!(read(pairs).unwrap_err().to_string(), error);
        }
    }
}
