#!/usr/bin/env bash
# Kills a real Collector under load and counts what is missing. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
binary=$(collector)
build
run OutageHarness --collector "$binary" "$@"
