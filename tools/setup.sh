#!/usr/bin/env bash
# Installs what the task in the first argument requires: `serve` (building), `package` (packages for deployment),
# `deploy` (deployment), `lambda` (AWS's programs), `bench` and `bench-edge` (comparisons with sharp), `bench-load`
# (comparison with nginx), `test` (all tests).
#
# Debian's packages are installed with apt-get, with sudo if necessary. Packages of PyPI and npm are installed into
# .tools/ and the node_modules/ folders.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-}
needs_python=false needs_peer=false needs_test=false needs_zip=false needs_lambda=false
needs_peer_edge=false needs_cdk=false needs_load=false needs_browser=false
case $mode in
  test) needs_python=true needs_peer=true needs_test=true needs_zip=true needs_lambda=true needs_cdk=true
    needs_browser=true ;;
  bench) needs_peer=true ;;
  bench-edge) needs_peer=true needs_peer_edge=true needs_python=true needs_zip=true needs_lambda=true ;;
  bench-load) needs_peer=true needs_load=true ;;
  deploy) needs_zip=true needs_cdk=true ;;
  package) needs_zip=true ;;
  lambda) needs_python=true needs_lambda=true ;;
esac

# The stamp is written last, so that an incomplete installation is repeated.
install_npm() {
  local stamp=$1/node_modules/installed-lock.json
  if ! cmp -s "$1/package-lock.json" "$stamp"; then
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
    cp "$1/package-lock.json" "$stamp"
  fi
}

missing=()
want() { command -v "$1" >/dev/null || missing+=("$2"); }

want cc build-essential
want ccache ccache
want make build-essential
want cmake cmake
want nasm nasm
want meson meson
want ninja ninja-build
want perl perl
if $needs_python; then
  want python3 python3
  want gzip gzip
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
fi
if $needs_test; then
  want curl curl
  want exiftool libimage-exiftool-perl
  want openssl openssl
  want php php-cli
  want qemu-x86_64 qemu-user
fi
if $needs_zip; then
  want zip zip
  want objdump binutils
fi
if $needs_lambda; then
  want autoconf autoconf
  want automake automake
  want libtoolize libtool
  want setpriv util-linux
  want unzip unzip
  want xz xz-utils
fi
if $needs_load; then
  want h2load nghttp2-client
  want dpkg-deb dpkg
fi
if $needs_browser; then
  want chromium chromium
fi
if $needs_peer || $needs_lambda || $needs_cdk; then
  want node nodejs
  want npm npm
fi

if [ ${#missing[@]} -gt 0 ]; then
  become=()
  [ "$(id -u)" = 0 ] || become=(sudo)
  if ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; }; then
    echo "Install ${missing[*]} with your package manager, then run this script again." >&2
    exit 1
  fi
  "${become[@]}" apt-get update -qq
  "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

command -v cargo >/dev/null || { echo "Install Rust first: https://rustup.rs" >&2; exit 1; }

# Packages for other platforms too, because a test reads their licences without a network.
if $needs_test; then
  cargo fetch --locked --quiet
fi

if $needs_python; then
  stamp=.tools/python/installed-requirements.txt
  if ! cmp -s tools/requirements.txt "$stamp"; then
    rm -rf .tools/python
    python3 -m venv .tools/python
    .tools/python/bin/pip install --quiet --disable-pip-version-check -r tools/requirements.txt
    cp tools/requirements.txt "$stamp"
  fi
fi

if $needs_peer || $needs_cdk; then
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 20 || (major === 20 && minor >= 9) ? 0 : 1)' ||
    { echo "Node 20.9 or later is required; $(command -v node) is $(node --version): https://nodejs.org" >&2; exit 1; }
fi
if $needs_peer; then
  install_npm peer
fi
if $needs_cdk; then
  install_npm cdk
fi
if $needs_browser; then
  install_npm browser
fi
if $needs_peer_edge; then
  install_npm peer/edge
fi

# Unpacked, not installed, because Debian's package would start nginx on port 80.
if $needs_load && [ ! -x .tools/nginx/usr/sbin/nginx ]; then
  mkdir -p .tools/nginx
  (cd .tools/nginx && apt-get download -qq nginx && dpkg-deb -x nginx_*.deb . && rm nginx_*.deb) ||
    { echo "nginx cannot be downloaded; run 'apt-get update' and try again" >&2; exit 1; }
fi

if $needs_lambda; then
  here=.tools/lambda
  stamp=$here/installed
  if ! cat tools/lambda/* | cmp -s - "$stamp"; then
    rm -rf "$here"
    mkdir -p "$here"
    cp tools/lambda/* tools/lambda/.npmrc "$here"
    .tools/python/bin/pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
      -r tools/lambda/requirements.txt -d "$here"
    unzip -p "$here"/aws_sam_cli-*.whl samcli/local/rapid/aws-lambda-rie-x86_64 >"$here/aws-lambda-rie"
    chmod +x "$here/aws-lambda-rie"
    rm "$here"/aws_sam_cli-*.whl
    # The client has a native part. The headers for it come with Node's own package.
    (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error &&
      npm_config_nodedir=$PWD/node_modules/node24 npm rebuild aws-lambda-ric --loglevel=error >build.log 2>&1) ||
      { tail -30 "$here/build.log" >&2; exit 1; }
    cat tools/lambda/* >"$stamp"
  fi
fi
