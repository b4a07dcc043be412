//! Pages of a listing from servers that do not state everything that S3 states.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use ridge_store::{Credentials, S3Store, Store as _, connect};

/// Starts a server that responds to one request with this body. Returns its URL.
fn server(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        // A blank line ends the request's headers.
        lines.map(Result::unwrap).find(String::is_empty).unwrap();
        let length = body.len();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
    });
    url
}

#[tokio::test]
async fn a_continuation_token_continues_unless_the_page_is_the_last() {
    let token = "<NextContinuationToken>a</NextContinuationToken>";
    for (elements, next) in [
        (format!("<IsTruncated>true</IsTruncated>{token}"), Some("a")),
        (token.to_owned(), Some("a")),
        (format!("<IsTruncated>false</IsTruncated>{token}"), None),
        ("<IsTruncated>true</IsTruncated><NextContinuationToken></NextContinuationToken>".to_owned(), None),
        (String::new(), None),
    ] {
        let url = server(format!("<ListBucketResult>{elements}</ListBucketResult>"));
        let client = connect("eu-west-1", Some(&url), Credentials::new("a", "b", None, None, "test"));
        let page = S3Store::new(client, "bucket").list("", None, None).await.unwrap();
        assert_eq!(page.next.as_deref(), next, "{elements}");
    }
}
