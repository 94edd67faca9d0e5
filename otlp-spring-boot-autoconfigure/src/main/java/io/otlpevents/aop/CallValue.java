package io.otlpevents.aop;

import org.jspecify.annotations.Nullable;

/** Something to be read from a call; made once, used by any number of threads. */
@FunctionalInterface
interface CallValue {

  /** Reads it; throws whatever the application's getters throw. */
  @Nullable Object read(Call call) throws Throwable;
}
