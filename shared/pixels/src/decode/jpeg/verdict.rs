//! Whether a file that a decoder complains of is shown. The answer is that of the file alone: no scale, path or format of
//! the variant changes it.

use ridge_contract::Truncated;

use super::limits::{MAX_SCANS, until_deadline};
use crate::decode::fault::broken;
use crate::error::Error;
use crate::kind::Kind;
use crate::observer::{Observer, check_deadline};
use crate::truncation;

/// Returns whether the file ends early. `complaint` are the decoder's words.
///
/// # Errors
///
/// [`Error::Broken`] where pixels are missing or wrong, unless they are missing at the end and `setting` shows them.
pub(super) fn of(source: &[u8], complaint: &str, setting: Truncated, observer: &dyn Observer) -> Result<bool, Error> {
    let survey = ridge_jpeg::survey(source, MAX_SCANS, u64::MAX, &mut until_deadline(observer));
    check_deadline(observer)?;
    let survey = survey.map_err(|_| broken(Kind::Jpeg)(&complaint))?;
    if let Some(damage) = survey.damage {
        return Err(broken(Kind::Jpeg)(&damage));
    }
    if survey.is_truncated {
        truncation::accept(Kind::Jpeg, survey.rows, survey.height, setting)?;
    }
    Ok(survey.is_truncated)
}
