ARGS ?=
SECONDS_EACH ?= 600
PHOTOS ?= testdata/photos
TEST_PACKAGES := target/test-packages
PACKAGES ?= $(TEST_PACKAGES)
export RIDGE_PACKAGES = $(abspath $(PACKAGES))
# Many tests wait for a server, or for a simulated failure to end.
export RUST_TEST_THREADS ?= 4

# The packages are for any x86-64 processor, and the tests use the same compiler flags.
unexport CFLAGS CXXFLAGS RUSTFLAGS

# The C libraries are compiled once for serving and testing and once for the packages. ccache makes the second time
# fast.
export PATH := $(CURDIR)/tools/bin:/usr/lib/ccache:$(PATH)
export CCACHE_DIR := $(CURDIR)/.tools/ccache
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: serve test check package deploy bench bench-edge bench-load bench-stages bench-viewer fuzz

# Emulates CloudFront and S3 on this machine; `make serve ARGS="--originals ~/Pictures"`.
serve:
	@tools/setup.sh serve
	@[ -e target/debug/ridge ] || echo "Building Ridge and its image libraries. This takes some minutes the first time."
	cargo run --locked --bin ridge -- serve $(ARGS)

# Runs all tests with packages built for tests; `make test PACKAGES=dist` uses the packages of `make package`.
test:
	@tools/setup.sh test
	$(if $(filter $(TEST_PACKAGES),$(PACKAGES)),FOR=tests tools/package.sh)
	cargo test --locked --workspace -- --include-ignored
	cd cdk && npm test
	cd browser && npm test

# Checks formatting, lints and documentation, with warnings as errors.
check:
	@tools/setup.sh test
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cd browser && npm run check
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --quiet --workspace --no-deps

# Builds the packages for deployment: dist/viewer-request.zip, origin-response.zip and purge.zip; `make package
# CONFIG=other.json KEYS=keys.json`.
package:
	@tools/setup.sh package
	tools/package.sh

# Deploys to the AWS account of the shell's credentials; `make deploy ARGS="-c bucketName=my-pictures -c
# bucketRegion=eu-west-1"`.
deploy:
	@tools/setup.sh deploy
	tools/package.sh
	cd cdk && npx cdk deploy --all $(ARGS)

# Compares Ridge with sharp; `make bench PHOTOS=$HOME/Pictures ARGS=--docs` writes the results into docs/benchmarks.md.
bench:
	@tools/setup.sh bench
	cargo run --locked --release --package bench --no-default-features -- --photos "$(PHOTOS)" $(ARGS)

# Compares the packages as Lambda functions with a pair of plain Node functions; ARGS=--docs as above.
bench-edge:
	@tools/setup.sh bench-edge
	tools/package.sh
	cargo run --locked --release --package bench -- edge $(ARGS)

# Measures `ridge serve` under load, and cache hits beside nginx; ARGS=--docs as above.
bench-load:
	@tools/setup.sh bench-load
	cargo run --locked --release --package bench -- load $(ARGS)

# Prints the milliseconds of each stage of the pixel pipeline.
bench-stages:
	@tools/setup.sh serve
	cargo bench --locked --package ridge-pixels --bench stages

# Fuzzes every target of fuzz/ for SECONDS_EACH, with cargo-fuzz and nightly Rust; `make fuzz TARGET=query
# SECONDS_EACH=60` for one.
fuzz:
	@tools/setup.sh serve
	fuzz/run.sh $(SECONDS_EACH) $(TARGET)

# Prints the microseconds that viewer-request takes for one event.
bench-viewer:
	@tools/setup.sh serve
	cargo bench --locked --package viewer-request --bench handle
