#!/usr/bin/env bash
# Builds the packages for deployment, dist/viewer-request.zip, dist/origin-response.zip and dist/purge.zip, and checks
# the requirements of Lambda and Lambda@Edge.
#
# The zip files contain neither times nor paths of this machine. CONFIG=FILE packs another configuration, KEYS=FILE the
# signing keys; docs/why-rust-runs-at-the-edge.md explains START=spawn.
#
# FOR=tests builds packages in target/test-packages from the programs of `make serve`, except viewer-request, which is
# built as for deployment. They behave the same and are built in seconds, but are not for deployment.
set -euo pipefail
cd "$(dirname "$0")/.."

config=${CONFIG:-ridge.json}
keys=${KEYS:-}
start=${START:-execve}
purpose=${FOR:-deployment}
case $purpose in
  deployment) out=dist ;;
  tests) out=${CARGO_TARGET_DIR:-target}/test-packages ;;
  *) echo "FOR must be deployment or tests; got $purpose" >&2; exit 1 ;;
esac
case $start in execve | spawn) ;; *) echo "START must be execve or spawn; got $start" >&2; exit 1 ;; esac
[ -f "$config" ] || { echo "CONFIG: there is no file $config" >&2; exit 1; }
if [ -n "$keys" ]; then
  [ -f "$keys" ] || { echo "KEYS: there is no file $keys" >&2; exit 1; }
  if [ -n "$(find -L "$keys" -maxdepth 0 -perm /077)" ]; then
    echo "KEYS: other users can read $keys; run chmod 600 $keys" >&2
    exit 1
  fi
fi
# Only the owner can read packages with keys, and the files that they are made of.
[ -z "$keys" ] || umask 077

# The version in Amazon Linux 2023, on which Lambda's Node.js and provided.al2023 run.
newest_glibc=2.34
declare -A limit=([viewer-request]=1000000 [origin-response]=12000000 [purge]=4000000)

# For any x86-64 processor, independent of this machine's settings, and without this machine's paths in the programs.
release() {
  # An ASCII unit separator between two flags, because paths can contain spaces.
  local paths="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"$'\x1f'"--remap-path-prefix=$PWD=/ridge"
  env -u CFLAGS -u CXXFLAGS -u RUSTFLAGS -u CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS="$paths" \
    cargo build --locked --release "$@"
}
target=${CARGO_TARGET_DIR:-target}

# viewer-request runs on every request, so its dependencies include no pixels, S3 or TLS.
heavy='^(image|ridge-(pixels|jpeg|resample|engine|store|aws)|fast_image_resize|libwebp-sys|turbojpeg|aws-[a-z0-9-]+|rustls[a-z-]*|ring|openssl[a-z-]*) '
if cargo tree --locked --package viewer-request --edges normal --prefix none | grep -E "$heavy"; then
  echo "viewer-request must not depend on these crates" >&2
  exit 1
fi

check_machine() {
  if ! objdump -f "$1" | grep -q 'architecture: i386:x86-64'; then
    echo "$1 is not built for x86-64, the only architecture of Lambda@Edge. Run 'make package' on x86-64, or in a container" \
      "with --platform linux/amd64." >&2
    exit 1
  fi
}

check_glibc() {
  local newest
  newest=$(objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -1) || true
  if [ -z "$newest" ]; then
    echo "$1 requires no version of glibc; check that it is linked with glibc" >&2
    exit 1
  fi
  if [ "$(printf '%s\n' "$newest" "$newest_glibc" | sort -V | tail -1)" != "$newest_glibc" ]; then
    echo "$1 requires glibc $newest, but Lambda has $newest_glibc: this machine's system is too new. Run 'make package'" \
      "on Debian 12 or Ubuntu 22.04, or in a container of one of them." >&2
    exit 1
  fi
}

# Builds the package of a function with a cargo profile.
package() {
  local name=$1 profile=$2 stage="$target/package/$1"
  rm -rf "$stage"
  mkdir -p "$stage" "$out"
  install -m 0755 "$target/$profile/$name" "$stage/bootstrap"
  # Lambda@Edge supports only managed runtimes and no environment variables.
  if [ "$name" != purge ]; then
    install -m 0644 cdk/shim/index.js "$stage/index.js"
    install -m 0644 "$config" "$stage/ridge.json"
    # Lambda runs the function as another user than the owner of its files. The folder here is private.
    [ -z "$keys" ] || install -m 0644 "$keys" "$stage/ridge.keys.json"
    [ "$start" = execve ] || install -m 0644 /dev/null "$stage/spawn"
  fi
  check_machine "$stage/bootstrap"
  check_glibc "$stage/bootstrap"
  if [ "$profile" = release ] && grep -qaF -e "$PWD/" -e "$HOME/" "$stage/bootstrap"; then
    echo "$stage/bootstrap contains paths of this machine, so the build is not reproducible" >&2
    exit 1
  fi
  LAMBDA_TASK_ROOT=$stage "$stage/bootstrap" --check
  # A zip file contains times without a zone, and files in the given order.
  find "$stage" -exec touch -d '1980-01-01 00:00:00' {} +
  rm -f "$out/$name.zip"
  local zip effort=-1
  [ "$profile" != release ] || effort=-9
  zip=$(realpath "$out")/$name.zip
  (cd "$stage" && find . -type f -printf '%P\n' | LC_ALL=C sort | zip -q "$effort" -X "$zip" -@)
  [ "$profile" = release ] || return 0
  local size
  size=$(stat -c %s "$zip")
  echo "$out/$name.zip: $size bytes; the limit is ${limit[$name]}"
  [ "$size" -lt "${limit[$name]}" ]
}

# Crates that are built together share the features of their dependencies, and are compiled once. With the others
# viewer-request would be larger.
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
