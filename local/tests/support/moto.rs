//! moto's server: a second S3 implementation.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::http_client::request;

/// A running moto server, with one bucket.
pub(crate) struct Moto {
    child: Child,
    pub(crate) endpoint: String,
}

pub(crate) const BUCKET: &str = "pictures";

impl Moto {
    /// Starts it on a free port.
    pub(crate) async fn start() -> Moto {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python/bin/moto_server");
        assert!(program.exists(), "{} is missing; `make test` installs it (tools/setup.sh test)", program.display());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Moto { child, endpoint: format!("http://127.0.0.1:{port}") };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "moto did not start to listen");
            thread::sleep(Duration::from_millis(50));
        }
        let made = request("PUT", &format!("{}/{BUCKET}", moto.endpoint), &[], Vec::new()).await;
        assert_eq!(made.status, 200, "{}", made.text());
        moto
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
