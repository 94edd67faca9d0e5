#!/usr/bin/env bash
# The time of an emit while a journal on disk changes segments. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run RollHarness "$@"
