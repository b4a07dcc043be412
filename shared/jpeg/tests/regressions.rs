//! Files that fuzzing found: each was a panic, or an error that libjpeg-turbo does not report.

use std::path::Path;

use ridge_jpeg::Error;
use turbojpeg::PixelFormat;

use crate::common::{decode, turbo};

#[test]
fn as_libjpeg_turbo() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let (name, bytes) = (path.display().to_string(), std::fs::read(&path).expect("a file"));
        files += 1;
        for eighths in 1..=8 {
            let theirs = turbo(&bytes, eighths, PixelFormat::GRAY);
            match decode(&bytes, eighths) {
                Ok(image) => {
                    let _ = (image.rgb(), image.cmyk());
                    if let Ok((width, height, _)) = theirs {
                        assert_eq!((image.width, image.height), (width, height), "{name} {eighths}/8");
                    }
                }
                Err(Error::Broken(what)) => assert!(theirs.is_err(), "{name} {eighths}/8: {what}"),
                Err(_) => {}
            }
        }
    }
    assert!(files > 0);
}
