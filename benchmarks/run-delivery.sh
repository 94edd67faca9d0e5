#!/usr/bin/env bash
# Floods a real Collector with events and looks what arrives. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
binary=$(collector)
build
run DeliveryHarness --collector "$binary" "$@"
