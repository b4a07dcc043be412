ARGS ?=
SECONDS_EACH ?= 600
PHOTOS ?= testdata/photos
TEST_PACKAGES := target/test-packages
PACKAGES ?= $(TEST_PACKAGES)
export RIDGE_PACKAGES = $(abspath $(PACKAGES))
# Many tests wait: for a fault to pass, or for a server.
export RUST_TEST_THREADS ?= 4

# The packages are for any x86-64 processor, and what is tested is compiled as they are.
unexport CFLAGS CXXFLAGS RUSTFLAGS

# The C libraries are compiled once for serving and testing and once for the packages: the second time they come from here.
export PATH := $(CURDIR)/tools/bin:/usr/lib/ccache:$(PATH)
export CCACHE_DIR := $(CURDIR)/.tools/ccache
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: serve test check package deploy bench bench-edge bench-load bench-stages bench-viewer fuzz

# CloudFront and S3 on this machine; `make serve ARGS="--originals ~/Pictures"`.
serve:
	@tools/setup.sh serve
	@[ -e target/debug/ridge ] || echo "Building Ridge and its image libraries: some minutes, once."
	cargo run --locked --bin ridge -- serve $(ARGS)

# All tests, of packages made for that; `make test PACKAGES=dist` takes what `make package` has made.
test:
	@tools/setup.sh test
	$(if $(filter $(TEST_PACKAGES),$(PACKAGES)),FOR=tests tools/package.sh)
	cargo test --locked --workspace -- --include-ignored
	cd cdk && npm test
	cd browser && npm test

# Formatting, lints and documentation, with warnings as errors.
check:
	@tools/setup.sh test
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cd browser && npm run check
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --quiet --workspace --no-deps

# What is deployed: dist/viewer-request.zip, origin-response.zip and purge.zip; `make package CONFIG=other.json KEYS=keys.json`.
package:
	@tools/setup.sh package
	tools/package.sh

# To the AWS account of the shell's credentials; `make deploy ARGS="-c bucketName=my-pictures -c bucketRegion=eu-west-1"`.
deploy:
	@tools/setup.sh deploy
	tools/package.sh
	cd cdk && npx cdk deploy --all $(ARGS)

# Ridge beside sharp; `make bench PHOTOS=$HOME/Pictures ARGS=--docs` puts the result into docs/benchmarks.md.
bench:
	@tools/setup.sh bench
	cargo run --locked --release --package bench --no-default-features -- --photos "$(PHOTOS)" $(ARGS)

# The packages as whole Lambdas beside a plain Node pair; ARGS=--docs as above.
bench-edge:
	@tools/setup.sh bench-edge
	tools/package.sh
	cargo run --locked --release --package bench -- edge $(ARGS)

# `ridge serve` under load, with hits beside nginx; ARGS=--docs as above.
bench-load:
	@tools/setup.sh bench-load
	cargo run --locked --release --package bench -- load $(ARGS)

# Milliseconds of each stage of the pixel pipeline.
bench-stages:
	@tools/setup.sh serve
	cargo bench --locked --package ridge-pixels --bench stages

# Every target of fuzz/ for SECONDS_EACH, with cargo-fuzz and nightly Rust; `make fuzz TARGET=query SECONDS_EACH=60` for one.
fuzz:
	@tools/setup.sh serve
	fuzz/run.sh $(SECONDS_EACH) $(TARGET)

# Microseconds that viewer-request takes for one event.
bench-viewer:
	@tools/setup.sh serve
	cargo bench --locked --package viewer-request --bench handle
