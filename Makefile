# The habits. Each target sets up what it needs first; see tools/setup for what that installs.
.PHONY: help setup build wheel demo test check bench format clean

help:
	@echo "make demo    set up, build, and run the main job on the bundled GitHub simulator"
	@echo "make test    set up, build, and run all tests (make test STAGES='dev release' for some)"
	@echo "make build   leave the program at build/release/bin/inlet"
	@echo "make wheel   leave the Python wheel in build/dist"
	@echo "make check   format, tidy, floors, sizes, names, generated documents"
	@echo "make bench   measure against DuckDB, polars, dlt and airbyte-cdk; writes bench/RESULTS.md"
	@echo "make format  let clang-format rewrite the sources"

setup:
	@tools/setup

build: setup
	@tools/build release

wheel: setup
	@tools/setup wheel
	@tools/wheel

demo: build
	@tools/demo

test: setup
	@tools/test $(STAGES)

check: setup
	@tools/check

bench: build
	@tools/setup bench
	@tools/bench

format: setup
	@tools/check_format --fix

clean:
	rm -rf build
