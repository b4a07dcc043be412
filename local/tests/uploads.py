"""Uploads as boto3 and the AWS CLI, which is built on the same client, make them: ENDPOINT BUCKET CREDENTIALS-FILE."""

import io
import os
import sys
import urllib.request

endpoint, bucket, credentials = sys.argv[1:]
os.environ.update(AWS_SHARED_CREDENTIALS_FILE=credentials, AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE="/dev/null")
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
    os.environ.pop(name, None)

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", endpoint_url=endpoint)


def code(call, **arguments):
    try:
        call(Bucket=bucket, **arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def body(key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


# The metadata of an upload is stored.
said = {
    "ContentType": "image/svg+xml",
    "ContentEncoding": "gzip",
    "ContentDisposition": 'attachment; filename="cat.svg"',
    "ContentLanguage": "de",
    "CacheControl": "max-age=9",
    "Metadata": {"author": "somebody", "umlaut": "a b"},
}
s3.put_object(Bucket=bucket, Key="py/said.svg", Body=b"bytes", Tagging="a=b&c=d%20e", **said)
for answer in (s3.head_object(Bucket=bucket, Key="py/said.svg"), s3.get_object(Bucket=bucket, Key="py/said.svg")):
    for name, value in said.items():
        assert answer[name] == value, (name, answer[name])
tags = s3.get_object_tagging(Bucket=bucket, Key="py/said.svg")["TagSet"]
assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "b", "c": "d e"}, tags

# Checksums: in headers, in trailers of chunked bodies, and wrong ones.
for algorithm in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"):
    try:
        s3.put_object(Bucket=bucket, Key="py/checksum", Body=b"bytes", ChecksumAlgorithm=algorithm)
    except Exception as error:
        # botocore computes some of them only if another package is installed.
        assert type(error).__name__ == "MissingDependencyException", error
assert body("py/checksum") == b"bytes"
wrong = code(s3.put_object, Key="py/wrong", Body=b"bytes", ChecksumCRC32="AAAAAA==")
assert wrong == "BadDigest", wrong
wrong = code(s3.put_object, Key="py/wrong", Body=b"bytes", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
assert wrong == "BadDigest", wrong
assert code(s3.head_object, Key="py/wrong") == "404"


class Stream(io.RawIOBase):
    """Of a body that cannot be rewound, the checksum comes behind it."""

    def __init__(self, content):
        self.left = io.BytesIO(content)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.left.readinto(buffer)


# The AWS CLI and boto3 upload large files in parts.
large = os.urandom(12 << 20)
parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
extra = {"ContentType": "image/png", "ContentEncoding": "gzip", "Metadata": {"a": "b"}}
s3.upload_fileobj(io.BytesIO(large), bucket, "py/large.png", ExtraArgs=extra, Config=parts)
assert body("py/large.png") == large
head = s3.head_object(Bucket=bucket, Key="py/large.png")
assert head["ETag"].endswith('-3"') and head["ContentType"] == "image/png" and head["ContentEncoding"] == "gzip", head
s3.upload_fileobj(Stream(large), bucket, "py/stream.png", Config=parts)
assert body("py/stream.png") == large

upload = s3.create_multipart_upload(Bucket=bucket, Key="py/parts")["UploadId"]
part = s3.upload_part(Bucket=bucket, Key="py/parts", UploadId=upload, PartNumber=1, Body=b"part")
listed = s3.list_parts(Bucket=bucket, Key="py/parts", UploadId=upload)["Parts"]
assert [(item["PartNumber"], item["ETag"], item["Size"]) for item in listed] == [(1, part["ETag"], 4)], listed
wrong = {"Parts": [{"PartNumber": 1, "ETag": '"0"'}]}
assert code(s3.complete_multipart_upload, Key="py/parts", UploadId=upload, MultipartUpload=wrong) == "InvalidPart"
s3.abort_multipart_upload(Bucket=bucket, Key="py/parts", UploadId=upload)
assert code(s3.list_parts, Key="py/parts", UploadId=upload) == "NoSuchUpload"
assert code(s3.head_object, Key="py/parts") == "404"

# Copies, also of originals, in one request and in parts.
source = {"Bucket": bucket, "Key": "py/said.svg"}
s3.copy_object(Bucket=bucket, Key="py/copy.svg", CopySource=source)
copy = s3.get_object(Bucket=bucket, Key="py/copy.svg")
assert copy["Body"].read() == b"bytes" and copy["ContentEncoding"] == "gzip" and copy["Metadata"] == said["Metadata"]
s3.copy_object(Bucket=bucket, Key="py/copy.svg", CopySource=source, MetadataDirective="REPLACE", ContentType="a/b")
copy = s3.head_object(Bucket=bucket, Key="py/copy.svg")
assert copy["ContentType"] == "a/b" and not copy["Metadata"] and "ContentEncoding" not in copy, copy
s3.copy_object(Bucket=bucket, Key="py/ä ö+.jpg", CopySource={"Bucket": bucket, "Key": "photos/drum.jpg"})
assert body("py/ä ö+.jpg") == body("photos/drum.jpg")
s3.copy({"Bucket": bucket, "Key": "py/large.png"}, bucket, "py/larger.png", Config=parts)
assert body("py/larger.png") == large
none = code(s3.copy_object, Key="py/x", CopySource={"Bucket": bucket, "Key": "none"})
assert none == "NoSuchKey", none

# Listings, both versions, and the bucket itself.
keys = [item["Key"] for item in s3.list_objects(Bucket=bucket, Prefix="py/")["Contents"]]
assert keys == [item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix="py/")["Contents"]] and "py/ä ö+.jpg" in keys
assert [item["Name"] for item in s3.list_buckets()["Buckets"]] == [bucket]
s3.head_bucket(Bucket=bucket)
s3.get_bucket_location(Bucket=bucket)

# Batch deletion; originals remain.
gone = [{"Key": key} for key in keys + ["none", "photos/drum.jpg"]]
answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": gone})
assert sorted(item["Key"] for item in answer["Deleted"]) == sorted(keys + ["none"]), answer
assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [("photos/drum.jpg", "AccessDenied")], answer
assert s3.list_objects_v2(Bucket=bucket, Prefix="py/")["KeyCount"] == 0
answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "none"}], "Quiet": True})
assert "Deleted" not in answer and "Errors" not in answer, answer

# A presigned URL.
newer = boto3.client("s3", endpoint_url=endpoint, config=Config(signature_version="s3v4"))
url = newer.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "py/signed.jpg"})
urllib.request.urlopen(urllib.request.Request(url, data=b"signed", method="PUT")).read()
assert body("py/signed.jpg") == b"signed"
wrong = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="ridge", aws_secret_access_key="ridge-on-this-machine")
try:
    wrong.list_buckets()
    raise AssertionError("another secret is accepted")
except ClientError as error:
    assert error.response["Error"]["Code"] == "SignatureDoesNotMatch", error
print("ok")
