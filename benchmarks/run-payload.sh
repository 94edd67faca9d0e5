#!/usr/bin/env bash
# Payloads of objects next to Jackson's JSON text in an attribute, with JMH. --help lists the options.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build
run PayloadRunner "$@"
