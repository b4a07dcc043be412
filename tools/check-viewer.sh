#!/usr/bin/env bash
# viewer-request starts on every request and must fit 1 MB: no pixels, S3 or TLS in its tree, and a small binary.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=1000000
heavy='^(image|pixels|store|fast_image_resize|libwebp-sys|turbojpeg|aws-[a-z0-9-]+|rustls[a-z-]*|ring|openssl[a-z-]*) '
tree=$(cargo tree -p viewer-request -e normal --prefix none)
if grep -E "$heavy" <<<"$tree"; then
  echo "viewer-request: these crates must not be in its tree" >&2
  exit 1
fi

cargo build --locked --quiet --release -p viewer-request
# gzip and zip compress alike; a zip's own records are some hundred bytes.
size=$(gzip -9 <"${CARGO_TARGET_DIR:-target}/release/viewer-request" | wc -c)
echo "viewer-request: $size bytes compressed, under $limit are allowed"
[ "$size" -lt "$limit" ]
