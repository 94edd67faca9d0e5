#!/usr/bin/env bash
# A journal on disk that writes each event to the device before emit returns. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run FsyncHarness "$@"
