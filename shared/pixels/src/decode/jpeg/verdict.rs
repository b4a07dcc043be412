//! Decides whether a file with warnings of a decoder is shown. The answer depends on the file alone, not on the scale,
//! the decoder or the variant's format.

use ridge_contract::Truncated;

use super::limits::{MAX_SCANS, until_deadline};
use crate::decode::fault::broken;
use crate::error::Error;
use crate::kind::Kind;
use crate::observer::{Observer, check_deadline};
use crate::truncation;

/// Returns whether the file ends early. `complaint` is the decoder's message.
///
/// # Errors
///
/// [`Error::Broken`] if pixels are missing or wrong, unless they are missing at the end and `setting` shows such files.
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
