//! Renders variants ahead of traffic, for all originals of a bucket.

mod estimate;
mod prices;
mod work;

pub(crate) use estimate::Sample;
pub(crate) use prices::{Requests, stored, transferred};
pub(crate) use work::{Done, Worker};

use mime_guess::mime;
use ridge_contract::Key;

/// Returns whether an object may be an image, judged by its name: reading other objects would cost a request each.
pub(crate) fn may_be_picture(key: &Key) -> bool {
    let guess = mime_guess::from_path(key.as_str()).first();
    guess.is_none_or(|guess| guess.type_() == mime::IMAGE && guess.subtype() != mime::SVG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_no_picture() {
        for (name, may_be) in [
            ("a/cat.JPG", true),
            ("cat.avif", true),
            ("cat", true),
            ("cat.v2", true),
            ("logo.svg", false),
            ("style.css", false),
            ("film.mp4", false),
            ("notes.txt", false),
        ] {
            assert_eq!(may_be_picture(&Key::new(name).unwrap()), may_be, "{name}");
        }
    }
}
