package io.otlpevents.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.JournalDirectoryException;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.pipeline.EventPipeline;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalCommandTests {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final int SEGMENT = 64 * 1024;

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void anEmptyDirectoryIsAJournalThatNobodyHasUsed() {
    assertThat(run("inspect", directory)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("empty");
    assertThat(run("verify", directory)).isZero();
    assertThat(run("export", directory)).isZero();
    assertThat(text()).isEmpty();
  }

  @Test
  void whatIsNoJournalCannotBeRead() throws Exception {
    Path file = Files.writeString(directory.resolve("notes.txt"), "hello");
    for (String command : List.of("inspect", "verify", "export")) {
      assertThat(run(command, directory)).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("not a journal");
      assertThat(run(command, file)).isEqualTo(2);
      assertThat(run(command, directory.resolve("missing"))).isEqualTo(2);
    }
  }

  @Test
  void tellsHowItIsUsedWhereItIsNotUnderstood() {
    for (String[] arguments :
        new String[][] {
          {},
          {"inspect"},
          {"remove", "x"},
          {"verify", "x", "--all"},
          {"export", "x", "--destination"}
        }) {
      assertThat(command().run(arguments)).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage:");
      err.reset();
    }
  }

  @Test
  void tellsWhatIsThereHowOldItIsAndWhoHasIt() {
    TakingDestination silent = new TakingDestination("kafka", false);
    TakingDestination quick = new TakingDestination("otlp", true);
    EventPipeline pipeline = start(quick, silent);
    try {
      emit(pipeline, 0, 500);
      awaitNothingWaitsFor("otlp");
      assertThat(run("inspect", directory)).isZero();
      assertThat(text())
          .contains("owner       alive, process " + ProcessHandle.current().pid())
          .contains("records     500 whole")
          .contains("oldest of 2026-11-21T11:00:00Z (PT1H ago)")
          .contains("waiting     otlp: 0 records")
          .contains("service.name=shop")
          .contains("service.instance.id=one")
          .contains(", sealed, made ")
          .contains(", open, made ")
          .doesNotContain("damage");
    } finally {
      pipeline.close(Duration.ZERO);
    }
    assertThat(run("inspect", directory.resolve("0"))).isZero();
    assertThat(text()).contains("owner       none that can be seen from here");
  }

  @Test
  void leavesTheLockTheOwners() {
    EventPipeline pipeline = start(new TakingDestination("otlp", false));
    try {
      emit(pipeline, 0, 300);
      for (String command : List.of("inspect", "verify", "export")) {
        assertThat(run(command, directory)).isZero();
      }
      assertThatThrownBy(
              () ->
                  builder(DiskSettings.in(directory).withExclusive(true))
                      .destination(new TakingDestination("otlp", false))
                      .build())
          .isInstanceOf(JournalDirectoryException.class);
    } finally {
      pipeline.close(Duration.ZERO);
    }
  }

  @Test
  void writesNothing() throws Exception {
    written(300);
    Map<Path, FileTime> before = modified();
    for (String command : List.of("inspect", "verify", "export")) {
      assertThat(run(command, directory)).isZero();
    }
    assertThat(modified()).isEqualTo(before);
  }

  @Test
  void exportsWhatWasEmittedFieldForField() throws Exception {
    TakingDestination quick = new TakingDestination("otlp", true);
    EventPipeline pipeline = start(quick, new TakingDestination("kafka", false));
    emit(pipeline, 0, 1000);
    awaitNothingWaitsFor("otlp");
    pipeline.close(Duration.ZERO);
    assertThat(quick.records()).hasSize(1000);

    assertThat(run("export", directory)).isZero();
    assertThat(ExportedLines.records(text())).containsExactlyElementsOf(quick.records());
    assertThat(ExportedLines.requests(text()))
        .hasSizeGreaterThan(1)
        .allSatisfy(
            request -> {
              var expected = quick.taken.get(0).getResourceLogs(0);
              assertThat(request.getResourceLogs(0).getResource())
                  .isEqualTo(expected.getResource());
              assertThat(request.getResourceLogs(0).getScopeLogs(0).getScope())
                  .isEqualTo(expected.getScopeLogs(0).getScope());
            });
    assertThat(text().lines()).allMatch(line -> line.length() < 1024 * 1024);

    assertThat(run("export", directory, "--destination", "otlp")).isZero();
    assertThat(text()).isEmpty();
    assertThat(run("export", directory, "--destination", "kafka")).isZero();
    assertThat(ExportedLines.records(text())).hasSize(1000);
  }

  @Test
  void exportsWhatADestinationHasNotAcknowledgedOnly() throws Exception {
    EventPipeline first =
        start(new TakingDestination("otlp", true), new TakingDestination("kafka", false));
    emit(first, 0, 400);
    awaitNothingWaitsFor("otlp");
    first.close(Duration.ZERO);
    EventPipeline second =
        start(new TakingDestination("otlp", false), new TakingDestination("kafka", false));
    emit(second, 400, 450);
    second.close(Duration.ZERO);

    assertThat(run("inspect", directory)).isZero();
    assertThat(text()).contains("waiting     otlp: 50 records");
    assertThat(run("export", directory, "--destination", "otlp")).isZero();
    assertThat(numbers(ExportedLines.records(text()))).isEqualTo(range(400, 450));
  }

  @Test
  void countsADamagedRecordAndExportsTheOthers() throws Exception {
    written(500);
    Path segment = segments().get(0);
    flip(segment, offsetOf(segment, "number-100"));
    assertThat(run("verify", directory)).isEqualTo(1);
    assertThat(text()).contains("damaged: intact 499, torn 0, damaged 1, missing 0");
    assertThat(run("export", directory)).isEqualTo(1);
    assertThat(numbers(ExportedLines.records(text()))).hasSize(499).doesNotContain(100L);
  }

  @Test
  void countsWhatIsMissingWhereASegmentIsGone() throws Exception {
    written(1500);
    assertThat(run("verify", directory)).isZero();
    assertThat(text()).contains("clean: intact 1500, torn 0, damaged 0, missing 0");
    Files.delete(segments().get(1));
    assertThat(run("export", directory)).isEqualTo(1);
    int left = ExportedLines.records(text()).size();
    assertThat(run("verify", directory)).isEqualTo(1);
    assertThat(text()).contains("intact " + left + ", torn 0, damaged 0, missing " + (1500 - left));
  }

  @Test
  void readsACutFileUpToTheCutWhereverThatIs() throws Exception {
    written(150);
    Path segment = segments().get(0);
    byte[] whole = Files.readAllBytes(segment);
    List<Long> all = range(0, 150);
    int end = offsetOf(segment, "number-149") + 200;
    for (int size = 0; size < end; size += 61) {
      Files.write(segment, java.util.Arrays.copyOf(whole, size));
      int exit = run("verify", directory);
      assertThat(exit).as("cut to %d", size).isEqualTo(size == 0 ? 0 : 1);
      run("inspect", directory);
      run("export", directory);
      List<Long> numbers = numbers(ExportedLines.records(text()));
      assertThat(numbers).isEqualTo(all.subList(0, numbers.size()));
    }
  }

  @Test
  void survivesAnyDamageAndNeverExportsADamagedRecord() throws Exception {
    written(300);
    Path segment = segments().get(0);
    byte[] whole = Files.readAllBytes(segment);
    assertThat(run("export", directory)).isZero();
    List<LogRecord> records = ExportedLines.records(text());
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 150; i++) {
      byte[] damaged = whole.clone();
      for (int k = random.nextInt(20); k >= 0; k--) {
        int at = random.nextInt(damaged.length);
        int length = Math.min(damaged.length - at, 1 + random.nextInt(64));
        for (int b = at; b < at + length; b++) {
          damaged[b] = (byte) random.nextInt();
        }
      }
      Files.write(segment, damaged);
      assertThat(run("inspect", directory)).as("seed %d", seed).isZero();
      int verified = run("verify", directory);
      assertThat(run("export", directory)).as("seed %d", seed).isEqualTo(verified);
      assertThat(ExportedLines.records(text())).as("seed %d", seed).isSubsetOf(records);
    }
  }

  @Test
  void isRightBesideAnOwnerThatWritesAndReleases() throws Exception {
    TakingDestination quick = new TakingDestination("otlp", true);
    EventPipeline pipeline = start(quick);
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (!stop.get()) {
                  pipeline.emitter().event("order.placed").attribute("number", 1).emit();
                  // Fast enough to go through a segment during each reading.
                  LockSupport.parkNanos(20_000);
                }
              });
      threads.add(thread);
      thread.start();
    }
    try {
      // However slow the machine is: the owner has gone through its segments some times.
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      int readings = 0;
      while (readings < 20 || pipeline.ledger().snapshot().emitted() < 2000) {
        assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
        assertThat(run("verify", directory)).as(text()).isZero();
        assertThat(run("export", directory)).as(text()).isZero();
        ExportedLines.requests(text());
        readings++;
      }
    } finally {
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      pipeline.close();
    }
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
  }

  /** However slow the machine is: until a destination has acknowledged everything. */
  private void awaitNothingWaitsFor(String destination) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                run("inspect", directory) == 0
                    && text().contains("waiting     " + destination + ": 0 records"));
  }

  private void written(int events) {
    EventPipeline pipeline = start(new TakingDestination("otlp", false));
    emit(pipeline, 0, events);
    pipeline.close(Duration.ZERO);
  }

  private EventPipeline start(TakingDestination... destinations) {
    EventPipeline.Builder builder = builder(DiskSettings.in(directory));
    for (TakingDestination destination : destinations) {
      builder.destination(destination);
    }
    return builder.build();
  }

  private static EventPipeline.Builder builder(DiskSettings disk) {
    return EventPipeline.builder()
        .resource(
            Resource.create(
                Attributes.builder()
                    .put("service.name", "shop")
                    .put("service.instance.id", "one")
                    .build()))
        .clock(() -> NOW.minusSeconds(3600).getEpochSecond() * 1_000_000_000L)
        .journal(
            JournalSettings.onDisk(disk)
                .withMaxEventSize(16 * 1024)
                .withSegmentSize(SEGMENT)
                .withOverflow(OverflowPolicy.BLOCK)
                .withMaxBlock(Duration.ofSeconds(30))
                .withMaxSize(64 * SEGMENT))
        .delivery(DeliverySettings.defaults().toBuilder().maxDelay(Duration.ofMillis(5)).build());
  }

  private static void emit(EventPipeline pipeline, int from, int to) {
    SpanContext span =
        SpanContext.create(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.getDefault());
    for (int i = from; i < to; i++) {
      EmitResult result =
          pipeline
              .emitter()
              .event("order.placed")
              .severity(i % 2 == 0 ? Severity.INFO : Severity.WARN)
              .attribute("number", i)
              .attribute("text", "number-" + i + "-\u20ac\n\"")
              .attribute("share", i / 7.0)
              .attribute("paid", i % 3 == 0)
              .attribute("items", List.of("a", "b"))
              .body("order " + i)
              .context(Context.root().with(Span.wrap(span)))
              .emit();
      assertThat(result).isEqualTo(EmitResult.ACCEPTED);
    }
  }

  private static List<Long> numbers(List<LogRecord> records) {
    return records.stream()
        .map(
            record ->
                record.getAttributesList().stream()
                    .filter(attribute -> attribute.getKey().equals("number"))
                    .findFirst()
                    .orElseThrow()
                    .getValue()
                    .getIntValue())
        .toList();
  }

  private static List<Long> range(long from, long to) {
    return java.util.stream.LongStream.range(from, to).boxed().toList();
  }

  private List<Path> segments() throws Exception {
    try (Stream<Path> files = Files.list(directory.resolve("0"))) {
      return files.filter(file -> file.toString().endsWith(".segment")).sorted().toList();
    }
  }

  private Map<Path, FileTime> modified() throws Exception {
    Map<Path, FileTime> times = new HashMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  private static int offsetOf(Path file, String text) throws Exception {
    int at = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(text + "-");
    assertThat(at).isPositive();
    return at;
  }

  private static void flip(Path file, int at) throws Exception {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(at);
      int before = access.read();
      access.seek(at);
      access.write(before ^ 1);
    }
  }

  private int run(String command, Path path, String... more) {
    out.reset();
    err.reset();
    List<String> arguments = new ArrayList<>(List.of(command, path.toString()));
    arguments.addAll(List.of(more));
    return command().run(arguments.toArray(new String[0]));
  }

  private JournalCommand command() {
    return new JournalCommand(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
