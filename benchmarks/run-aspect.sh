#!/usr/bin/env bash
# An annotated method next to OpenTelemetry's @WithSpan and Micrometer's @Observed, with JMH. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run AspectRunner "$@"
