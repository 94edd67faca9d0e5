#!/usr/bin/env bash
# Ten minutes of backlog on disk, drained into a real Collector. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
binary=$(collector)
build
run BacklogHarness --collector "$binary" "$@"
