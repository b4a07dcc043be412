//! `Content-Encoding` (RFC 9110 section 8.4): decoded within a limit while it arrives.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

/// Decodes a body.
pub(crate) enum Decoder {
    Identity(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
}

/// Why a body cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has more bytes than are allowed.
    TooLarge,
    /// Its encoding is not one that is known here.
    Unsupported,
    /// Its bytes are not what its encoding says.
    Broken(String),
}

impl Decoder {
    /// Reads a header field's value, which is empty where there is none. A body of `announced` bytes becomes at most `max`
    /// bytes.
    pub(crate) fn new(encoding: &str, announced: u64, max: u64) -> Result<Decoder, Fault> {
        let codings: Vec<_> = encoding.split(',').map(|coding| coding.trim().to_ascii_lowercase()).collect();
        // Some servers keep `aws-chunked`, which describes how the upload was sent, and not what is stored.
        let mut codings =
            codings.iter().map(String::as_str).filter(|coding| !["", "identity", "aws-chunked"].contains(coding));
        match (codings.next(), codings.next()) {
            (None, _) => Ok(Decoder::Identity(Capped::new(announced, max))),
            (Some("gzip" | "x-gzip"), None) => {
                Ok(Decoder::Gzip(Box::new(MultiGzDecoder::new(Capped::new(announced, max)))))
            }
            _ => Err(Fault::Unsupported),
        }
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        match self {
            Decoder::Identity(bytes) => bytes.write_all(chunk),
            Decoder::Gzip(decoder) => decoder.write_all(chunk),
        }
        .map_err(Fault::from)
    }

    /// All bytes, decoded.
    pub(crate) fn finish(self) -> Result<Bytes, Fault> {
        match self {
            Decoder::Identity(Capped { bytes, .. }) => Ok(bytes.into()),
            Decoder::Gzip(decoder) => Ok(decoder.finish()?.bytes.into()),
        }
    }
}

/// Bytes, up to a limit.
pub(crate) struct Capped {
    bytes: Vec<u8>,
    max: u64,
}

impl Capped {
    fn new(announced: u64, max: u64) -> Capped {
        Capped { bytes: Vec::with_capacity(usize::try_from(announced).unwrap_or(0)), max }
    }
}

impl Write for Capped {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + chunk.len()) as u64 > self.max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        // Only `Capped` says this.
        if error.kind() == io::ErrorKind::FileTooLarge { Fault::TooLarge } else { Fault::Broken(error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(encoding: &str, body: &[u8], max: u64) -> Result<Bytes, Fault> {
        let mut decoder = Decoder::new(encoding, body.len() as u64, max)?;
        for chunk in body.chunks(7) {
            decoder.push(chunk)?;
        }
        decoder.finish()
    }

    #[test]
    fn known_encodings_are_decoded() {
        let text = b"a picture, say".repeat(9);
        for encoding in ["gzip", "x-gzip", "GZIP", " gzip ", "aws-chunked,gzip", "identity, gzip"] {
            assert_eq!(decode(encoding, &gzip(&text), 1000).unwrap(), text, "{encoding}");
        }
        for encoding in ["", "identity", "aws-chunked"] {
            assert_eq!(decode(encoding, &text, 1000).unwrap(), text, "{encoding}");
        }
        let twice = [gzip(&text), gzip(&text)].concat();
        assert_eq!(decode("gzip", &twice, 1000).unwrap(), text.repeat(2), "members follow each other");
        for encoding in ["br", "zstd", "deflate", "gzip, gzip", "gzip, br", "none"] {
            assert_eq!(decode(encoding, &text, 1000), Err(Fault::Unsupported), "{encoding}");
        }
    }

    #[test]
    fn the_limit_is_of_decoded_bytes() {
        let zeros = vec![0; 1 << 20];
        let bomb = gzip(&zeros);
        assert!(bomb.len() < 2000);
        assert_eq!(decode("gzip", &bomb, 1 << 20).unwrap(), zeros);
        assert_eq!(decode("gzip", &bomb, (1 << 20) - 1), Err(Fault::TooLarge));
        assert_eq!(decode("", &zeros, 1000), Err(Fault::TooLarge));
    }

    #[test]
    fn what_is_no_gzip_is_broken() {
        let whole = gzip(b"a picture, say");
        let mut changed = whole.clone();
        changed[whole.len() - 5] ^= 1;
        for body in [&b"plain"[..], &whole[..whole.len() - 1], &whole[..9], &changed, &[]] {
            assert!(matches!(decode("gzip", body, 1000), Err(Fault::Broken(_))), "{body:?}");
        }
    }
}
