package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.count;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Fills a journal on disk to its budget, kills the process, and looks how long the next one takes
 * until it can emit, and how much heap that takes.
 */
final class RecoveryHarness {

  private static final String HELP =
      """
      --megabytes 4096   the journal's budget; 100 MiB more are needed on the disk
      --folder target    where it lies; removed in the end
      --heap 128         heap of the processes in MiB
      --runs 3           how many starts of each kind
      """;

  private RecoveryHarness() {}

  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options = Options.parse(args, "help", "megabytes", "folder", "heap", "runs");
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HELP);
      System.exit(2);
      return;
    }
    if (options.has("help")) {
      System.out.print(HELP);
      return;
    }
    int megabytes = options.number("megabytes", 4096, 64, 65_536);
    int heap = options.number("heap", 128, 32, 65_536);
    int runs = options.number("runs", 3, 1, 100);
    Path folder = Files.createDirectories(Path.of(options.text("folder", "target")));
    WorkFolder work = WorkFolder.createIn(folder);
    System.out.println("## Start with a full journal\n");
    System.out.println(Machine.describe("benchmarks/run-recovery.sh " + String.join(" ", args)));
    RecoveryHarness harness = new RecoveryHarness();
    String filled = harness.child(work, "fill", work.file("full"), megabytes, heap);
    System.out.println("- budget " + count(megabytes) + " MiB; " + filled);
    System.out.println("- heap of each process " + heap + " MiB\n");
    MarkdownTable table =
        new MarkdownTable("start", "until the first event is accepted", "recovered", "heap used");
    for (int run = 0; run < runs; run++) {
      table.row(harness.start(work, "empty", work.file("empty-" + run), megabytes, heap));
    }
    for (int run = 0; run < runs; run++) {
      table.row(harness.start(work, "full", work.file("full"), megabytes, heap));
    }
    System.out.println(table);
    System.out.println("- " + harness.child(work, "drain", work.file("full"), megabytes, heap));
    work.remove();
  }

  private String[] start(WorkFolder work, String label, Path directory, int megabytes, int heap) {
    String[] words = child(work, "start", directory, megabytes, heap).split(" ", -1);
    return new String[] {
      label, words[0] + " ms", count(Long.parseLong(words[1])), words[2] + " KiB"
    };
  }

  private String child(WorkFolder work, String what, Path directory, int megabytes, int heap) {
    try (ChildJvm child =
        ChildJvm.start(
            RecoveryClient.class,
            work.file("client.log"),
            List.of(what, directory.toString(), String.valueOf(megabytes)),
            List.of("-Xmx" + heap + "m"))) {
      return child
          .await(RecoveryClient.RESULT, Duration.ofMinutes(10))
          .substring(RecoveryClient.RESULT.length());
    }
  }
}
