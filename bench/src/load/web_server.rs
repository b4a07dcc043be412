//! nginx with one file.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::repository::root;

pub(super) struct Nginx {
    child: Child,
    pub(super) url: String,
    _folder: TempDir,
}

impl Nginx {
    /// Serves this image from disk, with Debian's settings for speed and without a log.
    pub(super) fn start(picture: &[u8]) -> anyhow::Result<Nginx> {
        let folder = tempfile::tempdir()?;
        let here = folder.path().display();
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        fs::create_dir(folder.path().join("files"))?;
        fs::write(folder.path().join("files/picture.webp"), picture)?;
        let configuration = format!(
            "daemon off;\nworker_processes auto;\npid {here}/pid;\nevents {{ worker_connections 2048; }}\n\
             http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  keepalive_requests 10000000;\n  \
             types {{ image/webp webp; }}\n  client_body_temp_path {here}/a;\n  proxy_temp_path {here}/b;\n  \
             fastcgi_temp_path {here}/c;\n  uwsgi_temp_path {here}/d;\n  scgi_temp_path {here}/e;\n  \
             server {{ listen 127.0.0.1:{port}; root {here}/files; }}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration)?;
        let program = root().join(".tools/nginx/usr/sbin/nginx");
        let child = Command::new(&program)
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg(folder.path().join("errors"))
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{}; tools/setup.sh bench-load installs it", program.display()))?;
        let nginx = Nginx { child, url: format!("http://127.0.0.1:{port}/picture.webp"), _folder: folder };
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(nginx);
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("nginx did not start to listen within 2 s")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM ends the worker processes too; SIGKILL would leave them running.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
