//! What a page of another site can do in a browser while `ridge serve` runs.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::tempdir;

use crate::support::http_client::request;
use crate::support::{Ridge, pictures};

/// The headers that browsers add to requests of pages on another site, on another port of this machine, and in a
/// sandbox.
const PAGES: [&[(&str, &str)]; 4] = [
    &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
    &[("origin", "http://localhost:3000"), ("sec-fetch-site", "same-site")],
    &[("origin", "null")],
    &[("sec-fetch-site", "cross-site")],
];

/// A form that S3 accepts as an upload ("POST Object"), with a valid signature.
const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nphotos/evil.jpg\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nevil\r\n--x--\r\n";

#[tokio::test]
async fn other_sites_cannot_read_or_write_the_bucket_and_the_api() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let bucket = format!("{}/{}", ridge.s3, local::s3::BUCKET);
    let invalidation = format!("{}/2020-05-31/distribution/{}/invalidation", ridge.admin, local::cloudfront::ID);
    let form = ("content-type", "multipart/form-data; boundary=x");
    for page in PAGES {
        for (method, url, body) in [
            ("POST", &bucket, FORM),
            ("PUT", &format!("{bucket}/photos/evil.jpg"), "evil"),
            ("GET", &format!("{bucket}/photos/drum.jpg"), ""),
            ("POST", &invalidation, "<x/>"),
            ("GET", &format!("{}/s3", ridge.admin), ""),
            ("GET", &format!("{}/metrics", ridge.admin), ""),
        ] {
            let headers = [page, &[form, ("authorization", "AWS4-HMAC-SHA256 x")]].concat();
            let refused = request(method, url, &headers, body.into()).await;
            assert_eq!(refused.status, 403, "{method} {url} {page:?}");
            assert_eq!(refused.text(), "requests from pages of other sites are refused\n");
            assert_eq!(refused.header("access-control-allow-origin"), "");
        }
        let mark = ("x-ridge-playground", "1");
        let upload = ridge.upload("uploads/a.jpg", pictures::sample("drum.jpg"), &[page, &[mark]].concat()).await;
        assert_eq!(upload.status, 403, "{page:?}");
        assert_eq!(ridge.send("GET", "/-/originals/photos/drum.jpg", page).await.status, 403, "{page:?}");
        // An image in a page of another site, which must work.
        let shown = ridge.send("GET", "/photos/drum.jpg?w=20", page).await;
        assert_eq!((shown.status, shown.picture().0.as_str()), (200, "20x30"), "{page:?}");
    }
    // Requests of other clients than browsers need a signature.
    let unsigned = request("POST", &bucket, &[form], FORM.into()).await;
    assert_eq!(unsigned.status, 403, "{}", unsigned.text());
    assert!(ridge.keys("photos/evil").await.is_empty() && ridge.keys("uploads/").await.is_empty());
}

#[tokio::test]
async fn each_start_has_a_new_secret_in_a_private_file() {
    let data = tempdir().unwrap();
    let secret = || {
        let read = local::s3::read_credentials(&data.path().join("credentials")).unwrap();
        read.secret_access_key().to_owned()
    };
    let first = {
        let _ridge = Ridge::serve(data.path(), &[]);
        secret()
    };
    let ridge = Ridge::serve(data.path(), &["--originals", data.path().to_str().unwrap()]);
    assert_ne!(first, secret());
    let mode = std::fs::metadata(data.path().join("credentials")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let location = request("GET", &format!("{}/s3", ridge.admin), &[], Vec::new()).await;
    assert!(location.text().contains("/credentials\"") && !location.text().contains(&secret()), "{}", location.text());
    assert_eq!(ridge.get("/credentials").await.status, 404, "it is no original either, if it is in the folder");
    assert_eq!(ridge.get("/s3.redb").await.status, 404);
}

#[tokio::test]
async fn links_out_of_the_folder_of_originals_are_not_followed() {
    let (data, folder, outside) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    std::fs::write(outside.path().join("drum.jpg"), pictures::sample("drum.jpg")).unwrap();
    symlink(outside.path().join("drum.jpg"), folder.path().join("file.jpg")).unwrap();
    symlink(outside.path(), folder.path().join("folder")).unwrap();
    std::fs::write(folder.path().join("own.jpg"), pictures::sample("drum.jpg")).unwrap();
    symlink("own.jpg", folder.path().join("inside.jpg")).unwrap();
    let ridge = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    for path in ["/file.jpg", "/folder/drum.jpg"] {
        assert_eq!(ridge.get(path).await.status, 404, "{path}");
        assert_eq!(ridge.get(&format!("{path}?w=20")).await.status, 404, "{path}");
    }
    assert_eq!(ridge.get("/inside.jpg?w=20").await.status, 200);
}
