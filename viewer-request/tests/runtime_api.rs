//! Lambda's Runtime API for one invocation of a function whose standard output is a full, non-blocking pipe.

use std::io::{BufRead as _, BufReader, ErrorKind, PipeReader, PipeWriter, Read as _, Write as _, pipe};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// Invokes the program's function once. The log is read only after the function must have written to it. Returns the path of
/// the function's response in the Runtime API, the response, and the log.
pub(crate) fn call_with_a_full_log(program: &str, variables: &[(&str, &str)], event: &str) -> (String, String, String) {
    let api = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = api.local_addr().unwrap().to_string();
    let (reader, writer, filling) = full_pipe();
    let mut child = Command::new(program)
        .env_clear()
        .envs(variables.iter().copied())
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "f")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "a")
        .env("AWS_SECRET_ACCESS_KEY", "b")
        .stdout(writer)
        .spawn()
        .unwrap();
    let (answers, answered) = channel();
    let event = event.to_owned();
    thread::spawn(move || api.incoming().for_each(|stream| serve(stream.unwrap(), &event, &answers)));
    let early = answered.recv_timeout(Duration::from_millis(300)).ok();
    let log = read(reader, filling);
    let (path, answer) = early.unwrap_or_else(|| answered.recv_timeout(Duration::from_secs(30)).unwrap());
    end(&mut child);
    (path, answer, log.join().unwrap())
}

fn end(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A full pipe: both ends, and the number of bytes in it.
fn full_pipe() -> (PipeReader, PipeWriter, usize) {
    let (reader, mut writer) = pipe().unwrap();
    let flags = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    let mut filling = 0;
    loop {
        match writer.write(&[b'.'; 4096]) {
            Ok(length) => filling += length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return (reader, writer, filling),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Reads what follows the filling, until the function ends.
fn read(mut reader: PipeReader, filling: usize) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes[filling..].to_vec()).unwrap()
    })
}

/// Serves one connection. The first request for an invocation gets the event; later ones get no response.
fn serve(stream: TcpStream, event: &str, answers: &Sender<(String, String)>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let event = event.to_owned();
    let answers = answers.clone();
    thread::spawn(move || {
        let mut is_given = false;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let path = line.split(' ').nth(1).unwrap().to_owned();
            let mut length = 0;
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).unwrap();
                let header = header.trim().to_lowercase();
                if header.is_empty() {
                    break;
                }
                if let Some(value) = header.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            if path.ends_with("/next") {
                if is_given {
                    continue;
                }
                is_given = true;
                let deadline = 4_102_444_800_000u64;
                let head = "Lambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:1:function:f";
                let head =
                    format!("{head}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\nContent-Type: application/json");
                write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: {}\r\n\r\n{event}", event.len()).unwrap();
            } else {
                write!(stream, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n").unwrap();
                answers.send((path, String::from_utf8(body).unwrap())).ok();
            }
        }
    });
}
