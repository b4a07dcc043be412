# One profile for serving and testing, and the same packages chosen (all of them), so that the dependencies are built
# once: with `--package` they would get other features, and be built again.
CARGO_PROFILE := --profile quick
ARGS ?=
PHOTOS ?= testdata/photos

.PHONY: serve test bench bench-stages bench-viewer

# CloudFront and S3 on this machine; `make serve ARGS="--originals ~/Pictures"`.
serve:
	@tools/setup.sh serve
	cargo run --locked $(CARGO_PROFILE) --bin ridge -- serve $(ARGS)

# All tests.
test:
	@tools/setup.sh test
	cargo test --locked $(CARGO_PROFILE) --workspace
	tools/check-viewer.sh

# Ridge beside sharp; `make bench PHOTOS=$HOME/Pictures ARGS=--readme` puts the result into the README.
bench:
	@tools/setup.sh bench
	cargo run --locked --release --package bench -- --photos "$(PHOTOS)" $(ARGS)

# Milliseconds of each stage of the pixel pipeline.
bench-stages:
	@tools/setup.sh serve
	cargo bench --locked --package pixels --bench stages

# Microseconds that viewer-request takes for one event.
bench-viewer:
	@tools/setup.sh serve
	cargo bench --locked --package viewer-request --bench handle
