//! The stack's response headers policy: what CloudFront adds to every answer, and what it does to `Vary`.

use std::sync::LazyLock;

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, HeaderName, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// The policy of the stack; a test holds it equal to the template.
pub(super) static OF_STACK: LazyLock<ResponseHeadersPolicy> = LazyLock::new(|| ResponseHeadersPolicy {
    added: vec![
        (VARY, HeaderValue::from_static("Accept")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ],
    allows_origins: None,
});

/// A response headers policy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ResponseHeadersPolicy {
    /// Custom and security headers, each in place of what the origin says.
    added: Vec<(HeaderName, HeaderValue)>,
    /// The `Access-Control-Allow-Origin` of a policy with CORS headers, in place of what the origin says.
    allows_origins: Option<HeaderValue>,
}

impl ResponseHeadersPolicy {
    /// Makes the headers of an answer those that a viewer gets who sent `asked`.
    ///
    /// CloudFront takes `Vary` values out of the origin's answer for headers that it does not forward. A policy with CORS
    /// headers manages `Vary` by itself and drops a custom one: without an `Origin` the answer has `Vary: Origin`, and
    /// with one it has none (ttoss/ttoss#1205 and #1206, seen on deployed distributions).
    pub(super) fn apply(&self, headers: &mut HeaderMap, asked: &HeaderMap) {
        headers.remove(VARY);
        for (name, value) in &self.added {
            headers.insert(name, value.clone());
        }
        let Some(origins) = &self.allows_origins else { return };
        headers.remove(VARY);
        if asked.contains_key(ORIGIN) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origins.clone());
        } else {
            headers.insert(VARY, HeaderValue::from_static("Origin"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Reads a `ResponseHeadersPolicyConfig` as CloudFormation has it. All that Ridge uses overrides the origin.
    fn of_template(config: &Value) -> ResponseHeadersPolicy {
        let value = |value: &Value| HeaderValue::from_str(value.as_str().unwrap()).unwrap();
        let custom = config["CustomHeadersConfig"]["Items"].as_array().unwrap().iter().map(|item| {
            assert_eq!(item["Override"], true, "{item}");
            (item["Header"].as_str().unwrap().parse().unwrap(), value(&item["Value"]))
        });
        let security = config["SecurityHeadersConfig"].as_object().unwrap().iter().map(|(name, item)| {
            assert_eq!(item["Override"], true, "{item}");
            match name.as_str() {
                "ContentSecurityPolicy" => (CONTENT_SECURITY_POLICY, value(&item[name])),
                "ContentTypeOptions" => (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
                _ => panic!("{name} is not known here"),
            }
        });
        let origins = config.get("CorsConfig").map(|cors| value(&cors["AccessControlAllowOrigins"]["Items"][0]));
        ResponseHeadersPolicy { added: custom.chain(security).collect(), allows_origins: origins }
    }

    fn template() -> Value {
        let template: Value = serde_json::from_str(include_str!("../../../cdk/test/snapshot.json")).unwrap();
        let resources = template["Resources"].as_object().unwrap().values();
        let policies: Vec<_> =
            resources.filter(|resource| resource["Type"] == "AWS::CloudFront::ResponseHeadersPolicy").collect();
        assert_eq!(policies.len(), 1);
        policies[0]["Properties"]["ResponseHeadersPolicyConfig"].clone()
    }

    /// `Vary` and `Access-Control-Allow-Origin` of an answer of the functions, without and with an `Origin`.
    fn seen(policy: &ResponseHeadersPolicy) -> [(String, String); 2] {
        [None, Some("https://example.com")].map(|origin| {
            let asked = origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))).into_iter().collect();
            let mut headers = HeaderMap::new();
            headers.insert(VARY, HeaderValue::from_static("Accept"));
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            policy.apply(&mut headers, &asked);
            let text = |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
            (text(VARY), text(ACCESS_CONTROL_ALLOW_ORIGIN))
        })
    }

    #[test]
    fn it_is_the_one_of_the_stack_and_keeps_vary() {
        assert_eq!(of_template(&template()), *OF_STACK);
        let right = ("Accept".to_owned(), "*".to_owned());
        assert_eq!(seen(&OF_STACK), [right.clone(), right]);
    }

    #[test]
    fn cors_headers_in_a_policy_cost_vary() {
        let mut trap = template();
        trap["CorsConfig"] = json!({ "AccessControlAllowOrigins": { "Items": ["*"] }, "OriginOverride": true });
        let [without, with] = seen(&of_template(&trap));
        assert_eq!((without.0.as_str(), with.0.as_str()), ("Origin", ""));
    }

    #[test]
    fn the_functions_say_what_the_policy_says() {
        for (name, value) in &OF_STACK.added {
            let said =
                ridge_cloudfront::ON_EVERY_ANSWER.iter().find(|(written, _)| name == written.to_lowercase().as_str());
            assert!(*name == VARY || said.is_some_and(|(_, said)| value == said), "{name}");
        }
    }
}
