//! The pixel pipeline from bytes to bytes: an image of the planned size and format, or an error.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ridge_contract::values::Rotation;
use ridge_contract::{Config, Format, Holds, Output, Problem, Variant, query};
use ridge_pixels::{Error, Kind, Orientation, Rendered, Size, header, plan, recognise, render};
use serde_json::Value;

use crate::text;

/// Larger images only cost time.
static CONFIG: LazyLock<Config> =
    LazyLock::new(|| Config { max_source_pixels: 1 << 18, max_frames: 20, ..Config::default() });

const SIZES: [&str; 8] = ["w=16", "w=9&h=12", "h=7", "w=200", "w=40&h=40", "w=1&h=1", "w=13&h=300", ""];
const OUTPUTS: [Output; 7] = [
    Output::Format(Format::WebP),
    Output::Format(Format::Jpeg),
    Output::Format(Format::Png),
    Output::Format(Format::Gif),
    Output::Auto,
    Output::Format(Format::ThumbHash),
    Output::Format(Format::Json),
];
const TURNS: [&str; 4] = ["", "rot=90", "flip=h", "rot=270&flip=v"];
const FITS: [&str; 8] =
    ["", "fit=contain&bg=ff000080", "fit=inside", "fit=outside", "fit=fill", "g=smart", "g=10.90", "g=n"];
const EFFECTS: [&str; 4] = ["", "blur=1.5", "sharpen=1", "gray=1"];
const QUALITIES: [&str; 4] = ["", "q=1", "q=100", "q=60"];

/// The start of a placeholder.
const PLACEHOLDER: &str = "data:image/png;base64,";

/// Checks an input: two bytes that choose a variant, and a file. `None` for files in other formats.
pub(crate) fn check(kind: Kind, data: &[u8]) -> Option<()> {
    let (choice, file) = data.split_first_chunk()?;
    let mut file = file.to_vec();
    if kind == Kind::Png {
        correct_checksums(&mut file);
    }
    if recognise(&file) != Ok(kind) {
        return None;
    }
    let variant = chosen(*choice);
    match render(&file, &variant, &CONFIG, &mut |_| {}) {
        Ok(image) => {
            assert_eq!(header(kind, &file).as_ref(), Ok(&image.source));
            is_as_promised(&image, &variant);
        }
        Err(error @ (Error::OutOfTime | Error::Encoder(_))) => panic!("{error:?} of {variant:?}"),
        Err(error) => text::answer(&Problem::from(&error)),
    }
    Some(())
}

fn chosen([first, second]: [u8; 2]) -> Variant {
    let at = |byte: u8, shift: u8, count: usize| usize::from(byte >> shift) % count;
    let words = [
        SIZES[at(first, 0, SIZES.len())],
        TURNS[at(first, 6, TURNS.len())],
        FITS[at(second, 0, FITS.len())],
        EFFECTS[at(second, 3, EFFECTS.len())],
        if second & 0x20 == 0 { "" } else { "anim=0" },
        QUALITIES[at(second, 6, QUALITIES.len())],
    ];
    let query = query::parse(&words.join("&")).expect("words of the grammar");
    Variant::new(query.options, OUTPUTS[usize::from(first >> 3 & 7) % OUTPUTS.len()])
}

fn is_as_promised(image: &Rendered, variant: &Variant) {
    let (options, format) = (variant.options(), image.format);
    let max_side = match variant.output() {
        Output::Format(asked) => {
            assert_eq!(format, asked);
            format.max_side()
        }
        Output::Auto => {
            assert!(matches!(format, Format::Jpeg | Format::Png), "{format}");
            Format::Jpeg.max_side().min(Format::Png.max_side())
        }
    };
    let upright = image.source.upright();
    let turned = match options.rotation {
        Rotation::None | Rotation::Half => upright,
        Rotation::Quarter | Rotation::ThreeQuarters => Size { width: upright.height, height: upright.width },
    };
    assert_eq!(image.size, plan(turned, options, max_side).canvas, "{variant:?}");
    match format.holds() {
        Holds::Picture => is_written(image, variant),
        Holds::Look => {
            let uri = std::str::from_utf8(&image.bytes).expect("a URI");
            let png = STANDARD.decode(uri.strip_prefix(PLACEHOLDER).expect("an image in a URI")).expect("its bytes");
            let Size { width, height } = header(Kind::Png, &png).expect("a PNG").size;
            assert!(width.max(height) <= 32, "{width}x{height}");
        }
        Holds::Facts => {
            let told: Value = serde_json::from_slice(&image.bytes).expect("JSON");
            let sides = (told["width"].as_u64(), told["height"].as_u64());
            assert_eq!(sides, (Some(image.size.width.into()), Some(image.size.height.into())), "{told}");
            assert!(told["hasAlpha"].is_boolean() && told["thumbhash"].is_string(), "{told}");
        }
    }
}

/// Checks the size, orientation and number of frames of the encoded file.
fn is_written(image: &Rendered, variant: &Variant) {
    let (options, format) = (variant.options(), image.format);
    let kind = recognise(&image.bytes).expect("what was encoded is an image");
    assert_eq!(kind.name().to_ascii_lowercase(), format.name());
    let written = header(kind, &image.bytes).unwrap_or_else(|error| panic!("{error} in what was encoded: {variant:?}"));
    assert_eq!((written.size, written.orientation), (image.size, Orientation::Upright), "{variant:?}");
    // Encoders join equal frames.
    assert!((1..=image.frames).contains(&written.frames), "{} frames of {}", written.frames, image.frames);
    assert!(image.frames <= CONFIG.max_frames && (image.frames == 1 || format.has_animation() && !options.still));
}

/// Corrects the checksums of the chunks: wrong checksums would hide the rest from a fuzzer.
fn correct_checksums(png: &mut [u8]) {
    const SIGNATURE: usize = 8;
    let mut rest = png.get_mut(SIGNATURE..).unwrap_or_default();
    while let Some(length) = rest.first_chunk() {
        let end = (u32::from_be_bytes(*length) as usize).saturating_add(8);
        let Some((chunk, after)) = rest.split_at_mut_checked(end) else { return };
        let Some((checksum, next)) = after.split_first_chunk_mut() else { return };
        *checksum = crc32fast::hash(&chunk[4..]).to_be_bytes();
        rest = next;
    }
}
