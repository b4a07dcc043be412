//! Messages between the function and its worker: the lengths of head and body, the head as JSON, the body as bytes.

use std::io::{self, ErrorKind, Read, Write};

use ridge_contract::Config;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The first message to a worker. It has no body.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    /// The configuration, without signing keys.
    pub(super) config: Config,
    /// The memory that the worker may use, in bytes.
    pub(super) memory: u64,
}

/// The answer to a [`Setup`], without body. If the worker ends after it, the cause is an original.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ready {}

/// One render. The body is the original.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    /// The variant's canonical path.
    pub(super) path: String,
    /// The time left for the render, in milliseconds.
    pub(super) milliseconds: u64,
}

/// The answer to a [`Job`]. The body is the variant, or empty.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) outcome: Result<Made, Refused>,
    /// The names of each [`ridge_pixels::Stage`] with its duration in microseconds, in order.
    pub(super) stages: Vec<(String, u64)>,
    /// Whether the worker must not be reused, because another render would have less memory or time than in a new
    /// worker.
    pub(super) is_spent: bool,
}

/// The properties of a variant.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Made {
    /// The name of its [`ridge_contract::Format`].
    pub(super) format: String,
    /// The number of frames of the original.
    pub(super) source_frames: u32,
    /// Whether the original is truncated.
    pub(super) is_truncated: bool,
}

/// Why a render failed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Refused {
    /// The name of the fault, [`ridge_contract::Fault::name`].
    pub(super) fault: String,
    /// The error message for the client.
    pub(super) text: String,
    /// The error message for the log.
    pub(super) log: String,
    /// Whether more memory would help.
    pub(super) needs_memory: bool,
}

/// The maximum size of a message's head, in bytes: a configuration may have many presets.
const MAX_HEAD: u32 = 16 << 20;

/// The lengths of head and body, which begin a message, in little-endian order.
struct Lengths {
    head: u32,
    body: u64,
}

impl Lengths {
    const BYTES: usize = 12;

    fn new(head: &[u8], body: &[u8]) -> io::Result<Lengths> {
        let length = u32::try_from(head.len()).ok().filter(|length| *length <= MAX_HEAD);
        let head = length.ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the message's head is too long"))?;
        Ok(Lengths { head, body: body.len() as u64 })
    }

    fn to_bytes(&self) -> [u8; Lengths::BYTES] {
        let mut bytes = [0; Lengths::BYTES];
        bytes[..4].copy_from_slice(&self.head.to_le_bytes());
        bytes[4..].copy_from_slice(&self.body.to_le_bytes());
        bytes
    }

    /// Parses the lengths. Both have a maximum, since the worker has decoded an untrusted file.
    fn from_bytes(bytes: [u8; Lengths::BYTES], max_body: u64) -> io::Result<Lengths> {
        let [a, b, c, d, rest @ ..] = bytes;
        let lengths = Lengths { head: u32::from_le_bytes([a, b, c, d]), body: u64::from_le_bytes(rest) };
        if lengths.head > MAX_HEAD || lengths.body > max_body {
            return Err(io::Error::new(ErrorKind::InvalidData, "the message is too long"));
        }
        Ok(lengths)
    }
}

/// Writes a message.
pub(super) fn send(to: &mut impl Write, head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    to.write_all(&Lengths::new(&head, body)?.to_bytes())?;
    to.write_all(&head)?;
    to.write_all(body)?;
    to.flush()
}

/// Reads a message; `None` if the other side closed the pipe between two messages.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut bytes = [0; Lengths::BYTES];
    if let Err(error) = from.read_exact(&mut bytes) {
        return if error.kind() == ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    let lengths = Lengths::from_bytes(bytes, u64::MAX)?;
    let mut head = vec![0; lengths.head as usize];
    from.read_exact(&mut head)?;
    let mut body = vec![0; usize::try_from(lengths.body).map_err(io::Error::other)?];
    from.read_exact(&mut body)?;
    Ok(Some((serde_json::from_slice(&head)?, body)))
}

/// Like [`send`], without blocking the thread.
pub(super) async fn write(to: &mut (impl AsyncWrite + Unpin), head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    let lengths = Lengths::new(&head, body)?.to_bytes();
    to.write_all(&[&lengths[..], &head].concat()).await?;
    to.write_all(body).await?;
    to.flush().await
}

/// Like [`receive`], without blocking the thread. A closed pipe is an error.
pub(super) async fn read<T: DeserializeOwned>(
    from: &mut (impl AsyncRead + Unpin),
    max_body: u64,
) -> io::Result<(T, Vec<u8>)> {
    let mut bytes = [0; Lengths::BYTES];
    from.read_exact(&mut bytes).await?;
    let lengths = Lengths::from_bytes(bytes, max_body)?;
    let mut head = vec![0; lengths.head as usize];
    from.read_exact(&mut head).await?;
    let mut body = vec![0; usize::try_from(lengths.body).map_err(io::Error::other)?];
    from.read_exact(&mut body).await?;
    Ok((serde_json::from_slice(&head)?, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_sides_understand_each_other() {
        let config = r#"{"widths": [100], "presets": {"a": "w=100"}, "signing": "outside", "maxAge": 5}"#;
        let setup = Setup { config: Config::parse(config).unwrap(), memory: 7 };
        let (mut blocking, mut waiting) = (Vec::new(), Vec::new());
        send(&mut blocking, &setup, b"abc").unwrap();
        write(&mut waiting, &setup, b"abc").await.unwrap();
        assert_eq!(blocking, waiting);
        let mut from = &*blocking;
        let (received, body) = receive::<Setup>(&mut from).unwrap().unwrap();
        assert_eq!((received.config, received.memory, &*body), (setup.config.clone(), 7, &b"abc"[..]));
        assert!(receive::<Setup>(&mut from).unwrap().is_none(), "the pipe ends between two messages");
        let (read, _) = read::<Setup>(&mut &*blocking, 3).await.unwrap();
        assert_eq!(read.config, setup.config);
        for broken in [&blocking[..5], &blocking[..blocking.len() - 1]] {
            super::read::<Setup>(&mut &*broken, 3).await.unwrap_err();
        }
        assert_eq!(super::read::<Setup>(&mut &*blocking, 2).await.unwrap_err().kind(), ErrorKind::InvalidData);
    }
}
