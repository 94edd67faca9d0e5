#!/usr/bin/env bash
# What the servlet filter adds to a request, next to Spring Boot's with OpenTelemetry's tracer, with JMH. Takes about five minutes.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run PropagationRunner "$@"
