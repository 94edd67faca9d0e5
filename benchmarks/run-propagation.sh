#!/usr/bin/env bash
# What the servlet filter adds to a request, next to Spring Boot's with OpenTelemetry's tracer, with JMH.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run PropagationRunner "$@"
