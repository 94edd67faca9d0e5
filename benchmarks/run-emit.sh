#!/usr/bin/env bash
# Emit next to OpenTelemetry's BatchLogRecordProcessor, with JMH. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run EmitRunner "$@"
