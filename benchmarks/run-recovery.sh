#!/usr/bin/env bash
# The start with a full journal of 4 GiB on disk, below target, removed in the end. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run RecoveryHarness --folder "$here/target" "$@"
