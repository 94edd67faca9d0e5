package io.otlpevents.journal;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes direct memory, and leaves some to others: sockets and files need it too, and an {@link
 * OutOfMemoryError} while a class of theirs is initialised makes that class useless for good.
 */
final class DirectMemory {

  /** The share of what the process may have that is left to others. */
  private static final int LEFT_TO_OTHERS = 8;

  private static final @Nullable BufferPoolMXBean POOL = pool();
  private static final long LIMIT = limit();

  private DirectMemory() {}

  /**
   * Takes memory, all zeros.
   *
   * @throws IOException if there is too little left
   */
  static ByteBuffer allocate(int size) throws IOException {
    BufferPoolMXBean pool = POOL;
    if (pool != null && pool.getMemoryUsed() + size > LIMIT - LIMIT / LEFT_TO_OTHERS) {
      throw tooLittle(null);
    }
    try {
      return ByteBuffer.allocateDirect(size);
    } catch (OutOfMemoryError e) {
      throw tooLittle(e);
    }
  }

  private static IOException tooLittle(@Nullable Throwable cause) {
    return new IOException(
        "the process has too little direct memory left (-XX:MaxDirectMemorySize, now "
            + LIMIT
            + " bytes)",
        cause);
  }

  private static @Nullable BufferPoolMXBean pool() {
    try {
      return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElse(null);
    } catch (RuntimeException | LinkageError e) {
      return null; // a runtime without management
    }
  }

  /** What is set by the option, otherwise the largest heap, as the JVM has it. */
  private static long limit() {
    long heap = Runtime.getRuntime().maxMemory();
    try {
      String set =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
              .getVMOption("MaxDirectMemorySize")
              .getValue();
      long limit = Long.parseLong(set);
      return limit > 0 ? limit : heap;
    } catch (RuntimeException | LinkageError e) {
      return heap; // another JVM
    }
  }
}
