//! The response headers policy of the stack: the headers that CloudFront adds, and its effect on `Vary`.

use std::sync::LazyLock;

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, HeaderName, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// The policy of the stack. A test compares it with the stack's template.
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
    /// Custom and security headers, which replace the origin's.
    added: Vec<(HeaderName, HeaderValue)>,
    /// The `Access-Control-Allow-Origin` of a policy with CORS headers, which replaces the origin's.
    allows_origins: Option<HeaderValue>,
}

impl ResponseHeadersPolicy {
    /// Changes a response's headers into those for a viewer with these request headers.
    ///
    /// CloudFront removes values from the origin's `Vary` that name headers it does not forward. A policy with CORS
    /// headers sets `Vary` by itself and drops a custom one: `Vary: Origin` for requests without an `Origin`, no `Vary`
    /// for requests with one (ttoss/ttoss#1205 and #1206, seen on deployed distributions).
    pub(super) fn apply(&self, headers: &mut HeaderMap, request_headers: &HeaderMap) {
        headers.remove(VARY);
        for (name, value) in &self.added {
            headers.insert(name, value.clone());
        }
        let Some(origins) = &self.allows_origins else { return };
        headers.remove(VARY);
        if request_headers.contains_key(ORIGIN) {
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

    /// Parses a `ResponseHeadersPolicyConfig` of CloudFormation. All headers in it override the origin's.
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
                _ => panic!("unknown security header {name}"),
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

    /// Returns `Vary` and `Access-Control-Allow-Origin` of a function's response, without and with an `Origin`.
    fn seen(policy: &ResponseHeadersPolicy) -> [(String, String); 2] {
        [None, Some("https://example.com")].map(|origin| {
            let request_headers = origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))).into_iter().collect();
            let mut headers = HeaderMap::new();
            headers.insert(VARY, HeaderValue::from_static("Accept"));
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            policy.apply(&mut headers, &request_headers);
            let text = |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
            (text(VARY), text(ACCESS_CONTROL_ALLOW_ORIGIN))
        })
    }

    #[test]
    fn it_equals_the_policy_of_the_stack_and_keeps_vary() {
        assert_eq!(of_template(&template()), *OF_STACK);
        let right = ("Accept".to_owned(), "*".to_owned());
        assert_eq!(seen(&OF_STACK), [right.clone(), right]);
    }

    #[test]
    fn cors_headers_in_a_policy_remove_vary() {
        let mut trap = template();
        trap["CorsConfig"] = json!({ "AccessControlAllowOrigins": { "Items": ["*"] }, "OriginOverride": true });
        let [without, with] = seen(&of_template(&trap));
        assert_eq!((without.0.as_str(), with.0.as_str()), ("Origin", ""));
    }

    #[test]
    fn the_functions_send_the_same_headers() {
        for (name, value) in &OF_STACK.added {
            let said =
                ridge_cloudfront::ON_EVERY_ANSWER.iter().find(|(written, _)| name == written.to_lowercase().as_str());
            assert!(*name == VARY || said.is_some_and(|(_, said)| value == said), "{name}");
        }
    }
}
