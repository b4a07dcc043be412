//! Signatures for the table: `{kind:PATH}` becomes a signature of the path, valid or with one defect.

use ridge_contract::Keys;

use super::policies::KEYS;

const LATER: u64 = 4_102_444_800;

/// Returns the target with signatures in place of the placeholders.
pub(crate) fn filled(target: &str) -> String {
    let Some((before, rest)) = target.split_once('{') else { return target.to_owned() };
    let (token, after) = rest.split_once('}').unwrap();
    let (kind, path) = token.split_once(':').unwrap();
    format!("{before}{}{after}", signature(kind, path))
}

fn signature(kind: &str, path: &str) -> String {
    let sign = |json: &str, exp| Keys::parse(json).unwrap().sign(path, exp).unwrap();
    let (one, other) = (only("a"), only("b"));
    let good = sign(&one, LATER);
    let code = good.rsplit_once('.').unwrap().1;
    match kind {
        "good" => good,
        "second" => sign(&other, LATER),
        "sig" => good.split_once('&').unwrap().1.to_owned(),
        "old" => sign(&one, 1),
        "later" => sign(&one, 1).replace("exp=1&", &format!("exp={LATER}&")),
        "foreign" => sign(&one.replace("0001", "9999"), LATER),
        "renamed" => good.replace("sig=a.", "sig=b."),
        "upper" => good.replace(code, &code.to_uppercase()),
        "cut" => good[..good.len() - 1].to_owned(),
        "zero" => good.replace("exp=", "exp=0"),
        other => panic!("no kind {other}"),
    }
}

/// Returns a file with one of the keys.
fn only(id: &str) -> String {
    let mut file: serde_json::Value = serde_json::from_str(KEYS).unwrap();
    file["keys"].as_array_mut().unwrap().retain(|key| key["id"] == id);
    file.to_string()
}
