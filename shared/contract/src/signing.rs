//! Signatures of URLs: HMAC-SHA256 (RFC 2104) over a path and an expiry time.
//!
//! A URL carries a signature in two parameters: `exp`, the expiry time in seconds since 1970-01-01 UTC, and `sig`, the
//! key's id, a dot, and the code in lower-case hexadecimal digits. Only the viewer sends them: viewer-request removes them,
//! so that no cache key has them.
//!
//! ```
//! use ridge_contract::Keys;
//! use ridge_contract::signing::SignatureParameters;
//! let keys = Keys::parse(r#"{"keys": [{"id": "a", "secret": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}]}"#).unwrap();
//! let signed = keys.sign("/w_200/h_200/auto/photos/cat.jpg", 1_893_456_000).unwrap();
//! assert!(signed.starts_with("exp=1893456000&sig=a."));
//! let parameters = SignatureParameters::parse(&signed);
//! assert!(keys.verify("/w_200/h_200/auto/photos/cat.jpg", &parameters, 1_893_455_999).is_ok());
//! assert!(keys.verify("/w_200/h_201/auto/photos/cat.jpg", &parameters, 1_893_455_999).is_err());
//! ```

mod keys;

pub use keys::{Keys, KeysError};

use std::borrow::Cow;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::problem::{Fault, Problem};

/// The names of a signature's parameters.
pub const PARAMETERS: [&str; 2] = ["exp", "sig"];

/// The values of `exp` and `sig` in a query string. Neither is checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignatureParameters {
    exp: Vec<String>,
    sig: Vec<String>,
}

impl SignatureParameters {
    /// Reads a query string, without `?`, for `exp` and `sig` only.
    pub fn parse(query: &str) -> SignatureParameters {
        SignatureParameters::take(&mut form_urlencoded::parse(query.as_bytes()).collect())
    }

    /// Moves `exp` and `sig` out of a parsed query string.
    pub(crate) fn take(pairs: &mut Vec<(Cow<'_, str>, Cow<'_, str>)>) -> SignatureParameters {
        let [exp, sig] = PARAMETERS.map(|wanted| {
            let taken = pairs.extract_if(.., |(name, _)| name == wanted);
            taken.map(|(_, value)| Cow::into_owned(value)).collect()
        });
        SignatureParameters { exp, sig }
    }

    /// Whether there is neither `exp` nor `sig`.
    pub fn is_empty(&self) -> bool {
        self.exp.is_empty() && self.sig.is_empty()
    }
}

impl Keys {
    /// Signs a path until `exp`, in seconds since 1970-01-01 UTC, with the first key. Returns `exp=…&sig=…`; `None` if
    /// there is no key.
    pub fn sign(&self, path: &str, exp: u64) -> Option<String> {
        let key = self.first()?;
        let code = code(&key.secret, path, &exp.to_string()).finalize().into_bytes();
        Some(format!("exp={exp}&sig={}.{}", key.id, hex::encode(code)))
    }

    /// Verifies that one of the keys signed the path and that the signature is valid at `now`, in seconds since
    /// 1970-01-01 UTC.
    ///
    /// # Errors
    ///
    /// [`Fault::Unsigned`] with the first of these that applies: a parameter is missing, repeated or not in its one form;
    /// no key has the id; the signature is another path's or time's; it has expired.
    pub fn verify(&self, path: &str, parameters: &SignatureParameters, now: u64) -> Result<(), Problem> {
        let refuse = |text: String| Err(Problem::new(Fault::Unsigned, text));
        let (exp, sig) = match (&parameters.exp[..], &parameters.sig[..]) {
            ([exp], [sig]) => (exp, sig),
            ([], []) => {
                return refuse(format!("this URL must be signed: add exp and sig, a signature of {path}?exp=…"));
            }
            (exp, _) if exp.len() != 1 => return refuse("a signature has exp once: seconds since 1970".to_owned()),
            _ => return refuse("a signature has sig once: a key's id, a dot and the code".to_owned()),
        };
        let Some(time) = seconds(exp) else {
            return refuse("exp is not valid: it takes seconds since 1970, without sign or leading zero".to_owned());
        };
        let Some((id, bytes)) = sig.split_once('.').and_then(|(id, digits)| Some((id, lower_hex(digits)?))) else {
            return refuse(
                "sig is not valid: it takes a key's id, a dot and 64 lower-case hexadecimal digits".to_owned(),
            );
        };
        let Some(key) = self.named(id) else { return refuse("sig names no key that is in use".to_owned()) };
        // Compares in constant time.
        if code(&key.secret, path, exp).verify_slice(&bytes).is_err() {
            return refuse(format!("the signature is not that of {path}?exp={time}"));
        }
        if time < now { refuse(format!("the signature has expired: exp={time}, and it is {now} now")) } else { Ok(()) }
    }
}

/// The HMAC of `path?exp=…`. A path is percent-encoded, so that it has no question mark of its own.
fn code(secret: &[u8], path: &str, exp: &str) -> Hmac<Sha256> {
    let mut code = Hmac::new_from_slice(secret).expect("HMAC takes a key of any length");
    code.update(path.as_bytes());
    code.update(b"?exp=");
    code.update(exp.as_bytes());
    code
}

/// Reads a time in its one form, without sign or leading zero.
fn seconds(text: &str) -> Option<u64> {
    text.parse().ok().filter(|seconds: &u64| seconds.to_string() == text)
}

/// Reads the 32 bytes of a code in their one form, 64 lower-case hexadecimal digits.
fn lower_hex(digits: &str) -> Option<Vec<u8>> {
    let is_lower = digits.len() == 64 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if is_lower { hex::decode(digits).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/w_200/auto/cat.jpg";

    fn keys(ids: &[(&str, &str)]) -> Keys {
        let keys = ids.iter().map(|(id, digit)| format!(r#"{{"id": "{id}", "secret": "{}"}}"#, digit.repeat(64)));
        Keys::parse(&format!(r#"{{"keys": [{}]}}"#, keys.collect::<Vec<_>>().join(","))).unwrap()
    }

    fn verdict(keys: &Keys, path: &str, query: &str, now: u64) -> String {
        keys.verify(path, &SignatureParameters::parse(query), now)
            .map_or_else(|problem| problem.text, |()| "passes".to_owned())
    }

    #[test]
    fn a_signature_holds_for_its_path_until_its_time() {
        let keys = keys(&[("a", "1")]);
        let signed = keys.sign(PATH, 100).unwrap();
        assert_eq!(verdict(&keys, PATH, &format!("w=200&{signed}&utm_source=x"), 100), "passes");
        assert_eq!(verdict(&keys, PATH, &signed, 101), "the signature has expired: exp=100, and it is 101 now");
        let other = "the signature is not that of /w_201/auto/cat.jpg?exp=100";
        assert_eq!(verdict(&keys, "/w_201/auto/cat.jpg", &signed, 0), other);
        let later = signed.replace("exp=100", "exp=101");
        assert_eq!(verdict(&keys, PATH, &later, 0), "the signature is not that of /w_200/auto/cat.jpg?exp=101");
    }

    #[test]
    fn keys_are_rotated_without_a_gap() {
        let (old, both, new) = (keys(&[("a", "1")]), keys(&[("b", "2"), ("a", "1")]), keys(&[("b", "2")]));
        let (by_old, by_new) = (old.sign(PATH, 9).unwrap(), both.sign(PATH, 9).unwrap());
        assert!(by_new.contains("sig=b."));
        for signed in [&by_old, &by_new] {
            assert_eq!(verdict(&both, PATH, signed, 0), "passes");
        }
        assert_eq!(verdict(&new, PATH, &by_old, 0), "sig names no key that is in use");
        assert_eq!(verdict(&new, PATH, &by_new, 0), "passes");
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let keys = keys(&[("a", "1")]);
        let signed = keys.sign(PATH, 100).unwrap();
        let (exp, sig) = signed.split_once('&').unwrap();
        let upper = sig.to_uppercase().replace("SIG=A.", "sig=a.");
        for (query, part) in [
            (String::new(), "must be signed: add exp and sig, a signature of /w_200/auto/cat.jpg?exp=…"),
            (exp.to_owned(), "has sig once"),
            (sig.to_owned(), "has exp once"),
            (format!("{signed}&{sig}"), "has sig once"),
            (format!("{signed}&{exp}"), "has exp once"),
            (signed.replace("exp=100", "exp=0100"), "exp is not valid"),
            (signed.replace("exp=100", "exp=%2B100"), "exp is not valid"),
            (signed.replace("exp=100", "exp=1e9"), "exp is not valid"),
            (signed.replace("exp=100", "exp="), "exp is not valid"),
            (format!("{exp}&{upper}"), "sig is not valid"),
            (signed[..signed.len() - 1].to_owned(), "sig is not valid"),
            (format!("{signed}0"), "sig is not valid"),
            (signed.replace("sig=a.", "sig="), "sig is not valid"),
            (signed.replace("sig=a.", "sig=A."), "names no key"),
            (signed.replace("sig=a.", "sig=."), "names no key"),
            (signed.replace("sig=a.", "sig=b."), "names no key"),
        ] {
            let text = verdict(&keys, PATH, &query, 0);
            assert!(text.contains(part), "{query}: {text}");
        }
    }
}
