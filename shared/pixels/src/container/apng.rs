//! APNG: the frames of a PNG, by its chunks (PNG specification, third edition, section 4.9).

use ridge_contract::Truncated;

use super::png;

/// An animation in a PNG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Animation {
    /// Number of frames with all of their data; at least 1.
    pub(crate) frames: u32,
    /// How many times the animation plays; 0 is forever.
    pub(crate) plays: u32,
    /// Whether the default image, which viewers without animation show, is not a frame.
    pub(crate) has_own_default: bool,
    /// Whether the file ends within a chunk before all frames.
    pub(crate) ends_early: bool,
}

impl Animation {
    pub(crate) fn is_refused(self, truncated: Truncated) -> bool {
        self.ends_early && truncated == Truncated::Refuse
    }
}

/// Finds the animation; `None` in a PNG without one.
pub(crate) fn animation(source: &[u8]) -> Option<Animation> {
    let mut said = None;
    let (mut frames, mut has_default, mut has_own_default, mut ends_early) = (0, false, false, false);
    // Whether the frame whose chunks are being read has data yet.
    let mut open = None;
    for chunk in png::chunks(source) {
        let Some(chunk) = chunk else {
            (open, ends_early) = (None, true);
            break;
        };
        match chunk.name() {
            b"acTL" if said.is_none() && !has_default => said = control(chunk.content()),
            b"fcTL" => frames += u32::from(open.replace(false) == Some(true)),
            b"IDAT" if open.is_none() => (has_default, has_own_default) = (true, true),
            b"IDAT" | b"fdAT" => {
                has_default |= chunk.name() == b"IDAT";
                open = open.map(|_| true);
            }
            _ => {}
        }
    }
    frames += u32::from(open == Some(true));
    let (number, plays) = said?;
    let frames = number.min(frames);
    (frames > 0).then_some(Animation { frames, plays, has_own_default, ends_early: ends_early && frames < number })
}

/// Reads the number of frames and of plays. Numbers that the specification forbids are ignored.
fn control(content: &[u8]) -> Option<(u32, u32)> {
    let (frames, rest) = content.split_first_chunk()?;
    let (frames, plays) = (u32::from_be_bytes(*frames), u32::from_be_bytes(*rest.first_chunk()?));
    (frames > 0 && frames.max(plays) <= i32::MAX as u32).then_some((frames, plays))
}
