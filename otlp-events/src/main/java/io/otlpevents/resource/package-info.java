/** Finds out what emits the events: service, host, process, container and Kubernetes. */
@NullMarked
package io.otlpevents.resource;

import org.jspecify.annotations.NullMarked;
