use std::io::Read as _;

use super::*;

fn bytes(body: Body) -> Vec<u8> {
    match body {
        Body::Bytes(bytes) => bytes.to_vec(),
        Body::File(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        }
    }
}

#[test]
fn objects_survive_a_restart_and_hide_originals() {
    let data = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let open = || Objects::open(data.path(), Originals::Folder(folder.path().to_owned())).unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("a/cat.jpg"), b"file").unwrap();
    let long = format!("w_200/webp/{}", "я".repeat(480));
    let read = |objects: &Objects, key: &str| objects.get(key).unwrap().map(|(metadata, body)| (metadata, bytes(body)));
    let written = {
        let objects = open();
        assert_eq!(read(&objects, "a/cat.jpg").unwrap().1, b"file");
        assert_eq!(objects.metadata("a/cat.jpg").unwrap().unwrap().content_type.as_deref(), Some("image/jpeg"));
        assert!(objects.get("a/../a/cat.jpg").unwrap().is_none());
        assert!(objects.get("a").unwrap().is_none());
        let metadata = ObjectMetadata { content_type: Some("image/webp".into()), ..ObjectMetadata::default() };
        objects.put(&long, b"bytes", metadata.clone(), |there| there.is_none()).unwrap().unwrap();
        assert_eq!(objects.put(&long, b"other", metadata.clone(), |there| there.is_none()).unwrap(), None);
        objects.put("a/cat.jpg", b"new", metadata, |there| there.is_some()).unwrap().unwrap()
    };
    let objects = open();
    assert_eq!(read(&objects, "a/cat.jpg").unwrap(), (written, b"new".to_vec()));
    assert_eq!(objects.keys("", "").unwrap(), ["a/cat.jpg", &long]);
    assert_eq!(objects.keys("w_", "").unwrap(), [&*long]);
    assert_eq!(objects.keys("", "b").unwrap(), [&*long]);
    assert_eq!(objects.delete(&long).unwrap(), Deleted::Object);
    assert_eq!(objects.delete(&long).unwrap(), Deleted::Nothing);
    assert_eq!(objects.delete("a/cat.jpg").unwrap(), Deleted::ObjectOverOriginal, "the file is still there");
    assert_eq!(objects.delete("a/cat.jpg").unwrap(), Deleted::ReadOnly);
    assert_eq!(read(&objects, "a/cat.jpg").unwrap().1, b"file");
}

/// The data folder can be inside the folder of originals.
#[test]
fn its_own_files_are_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let objects = Objects::open(&data, Originals::Folder(folder.path().to_owned())).unwrap();
    for own in ["data/credentials", "data/s3.redb"] {
        assert!(folder.path().join(own).exists());
        assert!(objects.get(own).unwrap().is_none(), "{own}");
    }
    assert!(objects.keys("", "").unwrap().is_empty());
    assert_eq!(objects.credentials_file(), data.canonicalize().unwrap().join("credentials"));
}

#[test]
fn without_originals_every_operation_fails() {
    let (data, parent) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, away) = (parent.path().join("originals"), parent.path().join("away"));
    fs::create_dir(&folder).unwrap();
    let objects = Objects::open(data.path(), Originals::Folder(folder.clone())).unwrap();
    let put = || objects.put("w_20/webp/cat.jpg", b"variant", ObjectMetadata::default(), |_| true);
    put().unwrap().unwrap();
    fs::rename(&folder, &away).unwrap();
    let key = "w_20/webp/cat.jpg";
    assert!(objects.get(key).is_err() && objects.metadata(key).is_err() && objects.keys("", "").is_err());
    assert!(objects.delete(key).is_err() && put().is_err());
    fs::rename(&away, &folder).unwrap();
    assert_eq!(objects.metadata(key).unwrap().unwrap().size, 7);
}

#[test]
fn errors_name_the_data_folder() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Objects::open(&file.path().join("data"), Originals::Samples).err().unwrap().to_string();
    assert!(error.contains("/data\" cannot be written: "), "{error}");
    assert!(error.ends_with("choose a writable folder with --data"), "{error}");
}
