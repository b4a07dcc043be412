#!/usr/bin/env bash
# Installs what is missing: `setup.sh serve` for building, `setup.sh test` for the tests too, `setup.sh bench` for the
# comparison with sharp.
# Debian's packages come by apt-get, with sudo where that is needed; what the tests want from PyPI stays in .tools/, and
# sharp in peer/node_modules/.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-}
needs_python=false needs_peer=false needs_exiftool=false
case $mode in
  test) needs_python=true needs_peer=true needs_exiftool=true ;;
  bench) needs_peer=true ;;
esac

missing=()
want() { command -v "$1" >/dev/null || missing+=("$2"); }

want cc build-essential
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
if $needs_exiftool; then
  want exiftool libimage-exiftool-perl
fi
if $needs_peer; then
  want node nodejs
  want npm npm
fi

if [ ${#missing[@]} -gt 0 ]; then
  become=()
  [ "$(id -u)" = 0 ] || become=(sudo)
  if ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; }; then
    echo "Install ${missing[*]} with your package manager, then run this again." >&2
    exit 1
  fi
  "${become[@]}" apt-get update -qq
  "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

command -v cargo >/dev/null || { echo "Install Rust first: https://rustup.rs" >&2; exit 1; }

if $needs_python; then
  # The stamp is written last, so that a broken installation is made again.
  stamp=.tools/python/installed-requirements.txt
  if ! cmp -s tools/requirements.txt "$stamp"; then
    rm -rf .tools/python
    python3 -m venv .tools/python
    .tools/python/bin/pip install --quiet --disable-pip-version-check -r tools/requirements.txt
    cp tools/requirements.txt "$stamp"
  fi
fi

if $needs_peer; then
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 20 || (major === 20 && minor >= 9) ? 0 : 1)' ||
    { echo "sharp needs Node 20.9 or later, and $(command -v node) is $(node --version): https://nodejs.org" >&2; exit 1; }
  stamp=peer/node_modules/installed-lock.json
  if ! cmp -s peer/package-lock.json "$stamp"; then
    (cd peer && npm ci --no-audit --no-fund --loglevel=error)
    cp peer/package-lock.json "$stamp"
  fi
fi
