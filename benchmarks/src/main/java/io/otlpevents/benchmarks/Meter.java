package io.otlpevents.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Reads this process's processor time and what its threads have allocated. */
final class Meter {

  private static final long NANOS_PER_TICK = 10_000_000;

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private Meter() {}

  static long cpuNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** Processor time of the calling thread. */
  static long callerCpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /**
   * Processor time of the threads that are alive now, by name with all digits taken out. On Linux
   * those of the garbage collector and of the compilers are among them.
   */
  static Map<String, Long> cpuNanosByThread() {
    Map<String, Long> nanos = new TreeMap<>();
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null) {
        String name = thread.getThreadName().replaceAll("[\\d ,:=/.-]+", "-");
        nanos.merge(name, Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId())), Long::sum);
      }
    }
    addVirtualMachine(nanos);
    return nanos;
  }

  private static void addVirtualMachine(Map<String, Long> nanos) {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        String stat = Files.readString(task.resolve("stat"));
        int end = stat.lastIndexOf(')');
        String group = group(stat.substring(stat.indexOf('(') + 1, end));
        if (!group.isEmpty()) {
          String[] fields = stat.substring(end + 2).split(" ", -1);
          long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
          nanos.merge(group, ticks * NANOS_PER_TICK, Long::sum);
        }
      }
    } catch (IOException e) {
      // Not Linux, or a thread that has just ended: then it counts among the others.
    }
  }

  private static String group(String thread) {
    if (thread.startsWith("C1 Comp") || thread.startsWith("C2 Comp")) {
      return "(compilers)";
    }
    return thread.startsWith("GC Thread") || thread.startsWith("G1 ") || thread.equals("VM Thread")
        ? "(garbage-collector)"
        : "";
  }

  /** What the calling thread has allocated since it started. */
  static long callerBytes() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  /** What the threads that are alive now have allocated. */
  static long allBytes() {
    long sum = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }
}
