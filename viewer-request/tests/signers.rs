//! The test vectors of the signers: URLs that they sign are verified here. `cdk/test` tests `sign.ts` with them.

use std::process::Command;

use ridge_contract::{Accept, Config, Keys, Policy, decide};
use serde::Deserialize;

const SIGNERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../signers");

#[derive(Deserialize)]
struct File {
    keys: serde_json::Value,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    url: String,
    exp: u64,
    key: String,
    path: String,
    signed: String,
}

fn vectors() -> File {
    serde_json::from_str(&std::fs::read_to_string(format!("{SIGNERS}/vectors.json")).unwrap()).unwrap()
}

/// A policy that requires every URL to be signed with one of these keys.
fn policy(keys: &serde_json::Value) -> Policy {
    let keys = Keys::parse(&serde_json::json!({ "keys": keys }).to_string()).unwrap();
    Policy::new(Config::parse(r#"{"signing": "all", "maxWidth": 16383}"#).unwrap()).with_keys(keys).unwrap()
}

#[test]
fn what_a_signer_signs_is_let_through() {
    let File { keys, vectors } = vectors();
    assert!(vectors.len() >= 15);
    for Vector { url, exp, key, path, signed } in vectors {
        let own: Vec<_> = keys.as_array().unwrap().iter().filter(|one| one["id"] == key.as_str()).cloned().collect();
        let joint = if url.contains('?') { '&' } else { '?' };
        let by_rust = policy(&own.into()).keys().sign(&path, exp).unwrap();
        assert_eq!(signed, format!("{url}{joint}{by_rust}"));

        let policy = policy(&keys);
        let local = signed.replace("https://cdn.example.com", "").replace(' ', "%20");
        let (uri, query) = local.split_once('?').unwrap();
        let decision = decide(uri, query, &Accept::parse(["image/webp"]), &policy).unwrap();
        assert_eq!(decision.needs_signature().unwrap().path_to_sign(), path, "{url}");
        assert!(decision.clone().verify(&policy, || exp).is_ok(), "{url}");
        assert!(decision.verify(&policy, || exp + 1).unwrap_err().text.contains("expired"), "{url}");
    }
}

#[test]
#[ignore = "needs Python"]
fn the_python_signer_gives_the_vectors() {
    let check = "
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, '.')
from sign import sign_url, signed_path
file = json.load(open('vectors.json', encoding='utf-8'))
keys = {key['id']: key for key in file['keys']}
for row in file['vectors']:
    assert signed_path(row['url']) == row['path'], (signed_path(row['url']), row)
    assert sign_url(row['url'], row['exp'], keys[row['key']]) == row['signed'], row
for query in ['p=thumb', 'w=9&dpr=2', 'd=9x9', 's=9x9', 't=crop']:
    try:
        signed_path('/c.jpg?' + query)
    except ValueError as error:
        assert 'write w, h' in str(error)
    else:
        raise AssertionError(query)
print(len(file['vectors']))
";
    let done = Command::new("python3").args(["-c", check]).current_dir(SIGNERS).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), vectors().vectors.len().to_string());
}
