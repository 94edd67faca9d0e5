package io.otlpevents.journal;

/** What time it is, so that tests can say. */
interface JournalClock {

  /** The machine's clocks. */
  JournalClock SYSTEM =
      new JournalClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long millis() {
          return System.currentTimeMillis();
        }
      };

  /** As {@link System#nanoTime()}: for spans of time. */
  long nanos();

  /** As {@link System#currentTimeMillis()}: comparable across processes, and may jump. */
  long millis();
}
