/** Delivery over OTLP: gRPC and HTTP with protobuf. */
@NullMarked
package io.otlpevents.otlp;

import org.jspecify.annotations.NullMarked;
