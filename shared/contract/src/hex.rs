//! Hexadecimal digits.

/// Prints bytes as lower-case digits.
///
/// ```
/// assert_eq!(ridge_contract::hex::encode(&[0x0a, 0xff]), "0aff");
/// ```
pub fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Reads pairs of digits in either case; `None` if anything else is there.
///
/// ```
/// assert_eq!(ridge_contract::hex::decode("0aFF"), Some(vec![0x0a, 0xff]));
/// assert_eq!(ridge_contract::hex::decode("0a+f"), None);
/// assert_eq!(ridge_contract::hex::decode("0a0"), None);
/// ```
pub fn decode(digits: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let (pairs, rest) = values.as_chunks::<2>();
    let byte = |[high, low]: &[u32; 2]| u8::try_from(high * 16 + low).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
