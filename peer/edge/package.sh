#!/usr/bin/env bash
# Builds the peer's packages with `npm install` and `zip`: package.sh FOLDER.
set -euo pipefail
folder=$(realpath "$1")
cd "$(dirname "$0")"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
for name in nothing viewer-request origin-response; do
  mkdir "$stage/$name"
  cp "$name/index.mjs" "$stage/$name"
done
cp -r node_modules package.json "$stage/origin-response"
for name in nothing viewer-request origin-response; do
  rm -f "$folder/$name.zip"
  (cd "$stage/$name" && zip -q -9 -X -r "$folder/$name.zip" .)
done
