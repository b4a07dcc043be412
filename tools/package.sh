#!/usr/bin/env bash
# Builds what is deployed, dist/viewer-request.zip, dist/origin-response.zip and dist/purge.zip, and checks what Lambda
# and Lambda@Edge demand.
# No time and no path of the machine goes into the zips. CONFIG=FILE bakes another configuration, KEYS=FILE the keys of
# signatures; START=spawn is explained in docs/why-rust-runs-at-the-edge.md.
# FOR=tests puts the programs of `make serve` into target/test-packages instead, but for viewer-request: packages that do
# the same, are made in seconds, and are not for deploying.
set -euo pipefail
cd "$(dirname "$0")/.."

config=${CONFIG:-ridge.json}
keys=${KEYS:-}
start=${START:-execve}
purpose=${FOR:-deployment}
case $purpose in
  deployment) out=dist ;;
  tests) out=${CARGO_TARGET_DIR:-target}/test-packages ;;
  *) echo "FOR is $purpose; it takes deployment or tests" >&2; exit 1 ;;
esac
case $start in execve | spawn) ;; *) echo "START is $start; it takes execve or spawn" >&2; exit 1 ;; esac
[ -f "$config" ] || { echo "CONFIG: there is no file $config" >&2; exit 1; }
if [ -n "$keys" ]; then
  [ -f "$keys" ] || { echo "KEYS: there is no file $keys" >&2; exit 1; }
  if [ -n "$(find -L "$keys" -maxdepth 0 -perm /077)" ]; then
    echo "KEYS: others may read $keys: chmod 600 $keys" >&2
    exit 1
  fi
fi
# Keys in the packages, and in what they are made of, are for nobody else to read.
[ -z "$keys" ] || umask 077

# Amazon Linux 2023, on which Lambda's Node.js and provided.al2023 run.
newest_glibc=2.34
declare -A limit=([viewer-request]=1000000 [origin-response]=12000000 [purge]=4000000)

# For any x86-64 processor, whatever this machine's settings say; and no path of this machine in the programs.
release() {
  # Between two flags stands an ASCII unit separator, for a path may have spaces.
  local paths="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"$'\x1f'"--remap-path-prefix=$PWD=/ridge"
  env -u CFLAGS -u CXXFLAGS -u RUSTFLAGS -u CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS="$paths" \
    cargo build --locked --release "$@"
}
target=${CARGO_TARGET_DIR:-target}

# viewer-request starts on every request: no pixels, S3 or TLS in its tree.
heavy='^(image|ridge-(pixels|jpeg|resample|engine|store|aws)|fast_image_resize|libwebp-sys|turbojpeg|aws-[a-z0-9-]+|rustls[a-z-]*|ring|openssl[a-z-]*) '
if cargo tree --locked --package viewer-request --edges normal --prefix none | grep -E "$heavy"; then
  echo "viewer-request: these crates must not be in its tree" >&2
  exit 1
fi

check_machine() {
  if ! objdump -f "$1" | grep -q 'architecture: i386:x86-64'; then
    echo "$1 is not for x86-64, and Lambda@Edge has no other machines: run 'make package' on one, or in a container" \
      "with --platform linux/amd64." >&2
    exit 1
  fi
}

check_glibc() {
  local newest
  newest=$(objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -1) || true
  if [ -z "$newest" ]; then
    echo "$1 names no version of glibc; is it linked with another C library?" >&2
    exit 1
  fi
  if [ "$(printf '%s\n' "$newest" "$newest_glibc" | sort -V | tail -1)" != "$newest_glibc" ]; then
    echo "$1 needs glibc $newest, and Lambda has $newest_glibc: this machine is too new to build on. Run 'make package'" \
      "on Debian 12 or Ubuntu 22.04, or in a container of one of them." >&2
    exit 1
  fi
}

# Of a function and the profile that it is built with.
package() {
  local name=$1 profile=$2 stage="$target/package/$1"
  rm -rf "$stage"
  mkdir -p "$stage" "$out"
  install -m 0755 "$target/$profile/$name" "$stage/bootstrap"
  # Lambda@Edge has managed runtimes only and no environment variables.
  if [ "$name" != purge ]; then
    install -m 0644 cdk/shim/index.js "$stage/index.js"
    install -m 0644 "$config" "$stage/ridge.json"
    # Lambda runs the function as another user than the owner of its files. Here the folder keeps others out.
    [ -z "$keys" ] || install -m 0644 "$keys" "$stage/ridge.keys.json"
    [ "$start" = execve ] || install -m 0644 /dev/null "$stage/spawn"
  fi
  check_machine "$stage/bootstrap"
  check_glibc "$stage/bootstrap"
  if [ "$profile" = release ] && grep -qaF -e "$PWD/" -e "$HOME/" "$stage/bootstrap"; then
    echo "$stage/bootstrap holds paths of this machine, so it would be another one elsewhere" >&2
    exit 1
  fi
  LAMBDA_TASK_ROOT=$stage "$stage/bootstrap" --check
  # A zip holds times without a zone, and files in the order given.
  find "$stage" -exec touch -d '1980-01-01 00:00:00' {} +
  rm -f "$out/$name.zip"
  local zip effort=-1
  [ "$profile" != release ] || effort=-9
  zip=$(realpath "$out")/$name.zip
  (cd "$stage" && find . -type f -printf '%P\n' | LC_ALL=C sort | zip -q "$effort" -X "$zip" -@)
  [ "$profile" = release ] || return 0
  local size
  size=$(stat -c %s "$zip")
  echo "$out/$name.zip: $size bytes; under ${limit[$name]} are allowed"
  [ "$size" -lt "${limit[$name]}" ]
}

# What is built together shares the features of its dependencies, and is compiled once. viewer-request would grow by that.
release --package viewer-request
if [ "$purpose" = tests ]; then
  cargo build --locked --workspace --bins
  profile=debug
else
  release --package origin-response --package purge
  profile=release
fi
package viewer-request release
package origin-response "$profile"
package purge "$profile"
