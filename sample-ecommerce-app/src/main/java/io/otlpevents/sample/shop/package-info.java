/** The shop: what the author of an application writes. */
@NullMarked
package io.otlpevents.sample.shop;

import org.jspecify.annotations.NullMarked;
