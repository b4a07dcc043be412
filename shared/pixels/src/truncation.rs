//! Truncated files: those that end before their last row or frame.

use ridge_contract::Truncated;

use crate::error::Error;
use crate::kind::Kind;

/// Decides whether a truncated image is shown; `rows` of `height` rows were decoded. The answer depends on the file and
/// the setting alone, never on the variant.
///
/// # Errors
///
/// [`Error::Broken`] if the setting refuses truncated files, or if fewer than half of the rows are there.
pub(crate) fn accept(kind: Kind, rows: u32, height: u32, setting: Truncated) -> Result<(), Error> {
    let is_shown = setting == Truncated::Show && u64::from(rows) * 2 >= u64::from(height);
    if is_shown {
        return Ok(());
    }
    let reason = format!("it ends after {rows} of {height} rows");
    Err(Error::Broken { kind: kind.name(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_rows_are_enough_unless_the_setting_refuses() {
        let accept = |rows, setting| accept(Kind::Jpeg, rows, 101, setting).is_ok();
        assert!(accept(51, Truncated::Show));
        assert!(!accept(50, Truncated::Show));
        assert!(!accept(100, Truncated::Refuse));
    }
}
