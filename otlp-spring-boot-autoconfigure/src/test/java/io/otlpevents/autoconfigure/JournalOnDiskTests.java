package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EmitResult;
import io.otlpevents.EventEmitter;
import io.otlpevents.delivery.Destination;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** The properties of a journal that is kept in a directory, each with what it does. */
@ExtendWith(OutputCaptureExtension.class)
class JournalOnDiskTests {

  private static final Duration SOON = Duration.ofSeconds(10);

  private static final String[] SMALL = {
    "otlp.events.journal.segment-size=64KB",
    "otlp.events.journal.max-size=256KB",
    "otlp.events.journal.max-event-size=16KB",
    "otlp.events.batch.max-size=64KB",
    "otlp.events.shutdown-timeout=0s"
  };

  @TempDir private Path folder;

  private ApplicationContextRunner runner(Destination destination) {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
        .withBean(Destination.class, () -> destination)
        .withPropertyValues("otlp.events.journal.directory=" + directory());
  }

  private Path directory() {
    return folder.resolve("events");
  }

  @Test
  void theSizesDependOnThePlace() {
    runner(FakeDestination.answering())
        .run(
            context -> {
              JournalSettings settings =
                  context.getBean(OtlpProperties.class).events().journal().settings();
              assertThat(settings).isEqualTo(JournalSettings.onDisk(DiskSettings.in(directory())));
              assertThat(settings.maxSize()).isEqualTo(1L << 30);
              assertThat(settings.segmentSize()).isEqualTo(8 << 20);
              try (Stream<Path> files = Files.list(directory().resolve("0"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".segment")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(file).hasSize(8 << 20));
              }
            });
  }

  @Test
  void takesNoMoreDiskThanItsSize() {
    runner(FakeDestination.silent())
        .withPropertyValues(SMALL)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              await().atMost(SOON).until(() -> emitLarge(emitter) == EmitResult.JOURNAL_FULL);
              try (Stream<Path> files = Files.list(directory().resolve("0"))) {
                assertThat(
                        files
                            .filter(file -> file.toString().endsWith(".segment"))
                            .mapToLong(JournalOnDiskTests::size)
                            .sum())
                    .isEqualTo(256 * 1024);
              }
            });
  }

  @Test
  void keepsWhatADeadReceiverDidNotTakeForTheNextStart(CapturedOutput output) {
    long[] stopBegan = new long[1];
    Ledger[] ledger = new Ledger[1];
    runner(FakeDestination.silent())
        .withPropertyValues("otlp.events.shutdown-timeout=300ms")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              IntStream.range(0, 100).forEach(i -> emitter.event("kept." + i).emit());
              ledger[0] = context.getBean(ManagedEventPipeline.class).pipeline().ledger();
              stopBegan[0] = System.nanoTime();
            });
    assertThat(Duration.ofNanos(System.nanoTime() - stopBegan[0]))
        .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
    DestinationAccount.Snapshot account =
        Objects.requireNonNull(ledger[0].snapshot().destinations().get("fake"));
    assertThat(account.evictedTotal()).isZero();
    assertThat(account.pending()).isEqualTo(100);
    assertThat(ledger[0].snapshot().isBalanced()).isTrue();
    assertThat(output)
        .contains(
            "100 events were not delivered within otlp.events.shutdown-timeout=300ms and wait on"
                + " disk for the next start");

    FakeDestination next = FakeDestination.answering();
    runner(next)
        .run(
            context -> {
              await().atMost(SOON).until(() -> next.events().size() == 100);
              DestinationAccount.Snapshot taken =
                  Objects.requireNonNull(
                      context
                          .getBean(ManagedEventPipeline.class)
                          .pipeline()
                          .ledger()
                          .snapshot()
                          .destinations()
                          .get("fake"));
              assertThat(taken.recovered()).isEqualTo(100);
            });
    assertThat(next.eventNames())
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(i -> "kept." + i).toList());
  }

  @Test
  void countsWhatMemoryLosesAtTheStop() {
    Ledger[] ledger = new Ledger[1];
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
        .withBean(Destination.class, FakeDestination::silent)
        .withPropertyValues("otlp.events.shutdown-timeout=0s")
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("lost").emit();
              ledger[0] = context.getBean(ManagedEventPipeline.class).pipeline().ledger();
            });
    DestinationAccount.Snapshot account =
        Objects.requireNonNull(ledger[0].snapshot().destinations().get("fake"));
    assertThat(account.evicted()).containsEntry(EvictionReason.CLOSED, 1L);
    assertThat(account.pending()).isZero();
  }

  @Test
  void dropsTheOldestWhereSoSet() {
    FakeDestination silent = FakeDestination.silent();
    runner(silent)
        .withPropertyValues(SMALL)
        .withPropertyValues(
            "otlp.events.journal.overflow=drop-oldest", "otlp.events.batch.max-in-flight=1")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              Ledger ledger = context.getBean(ManagedEventPipeline.class).pipeline().ledger();
              for (int i = 0; i < 200; i++) {
                assertThat(emitLarge(emitter)).isEqualTo(EmitResult.ACCEPTED);
              }
              assertThat(
                      Objects.requireNonNull(ledger.snapshot().destinations().get("fake"))
                          .evicted()
                          .get(EvictionReason.OVERFLOW))
                  .isPositive();
              assertThat(ledger.snapshot().isBalanced()).isTrue();
            });
  }

  @Test
  void keepsTheReserveForWhatIsProtected() {
    runner(FakeDestination.silent())
        .withPropertyValues(SMALL)
        .withPropertyValues(
            "otlp.events.journal.reserved-size=128KB",
            "otlp.events.journal.protected-severity=error")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              await().atMost(SOON).until(() -> emitLarge(emitter) == EmitResult.JOURNAL_FULL);
              assertThat(emitter.event("x").severity(Severity.WARN).body("y".repeat(8192)).emit())
                  .isEqualTo(EmitResult.JOURNAL_FULL);
              assertThat(emitter.event("x").severity(Severity.ERROR).body("y".repeat(8192)).emit())
                  .isEqualTo(EmitResult.ACCEPTED);
            });
  }

  @Test
  void reservesNothingUnlessTold() {
    runner(FakeDestination.silent())
        .withPropertyValues(SMALL)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              await().atMost(SOON).until(() -> emitLarge(emitter) == EmitResult.JOURNAL_FULL);
              assertThat(emitter.event("x").severity(Severity.FATAL).body("y".repeat(8192)).emit())
                  .isEqualTo(EmitResult.JOURNAL_FULL);
            });
  }

  @Test
  void givesUpWhatIsTooOld() {
    runner(FakeDestination.silent())
        .withPropertyValues(SMALL)
        .withPropertyValues("otlp.events.journal.max-age=1s", "otlp.events.batch.max-in-flight=1")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              Ledger ledger = context.getBean(ManagedEventPipeline.class).pipeline().ledger();
              for (int i = 0; i < 20; i++) {
                emitLarge(emitter);
              }
              await()
                  .atMost(Duration.ofSeconds(20))
                  .until(
                      () ->
                          Objects.requireNonNull(ledger.snapshot().destinations().get("fake"))
                                  .evicted()
                                  .get(EvictionReason.EXPIRED)
                              > 0);
            });
  }

  @Test
  void writesToTheDeviceAsSet() {
    runner(FakeDestination.answering())
        .withPropertyValues("otlp.events.journal.fsync=always")
        .run(
            context -> {
              assertThat(context.getBean(EventEmitter.class).event("x").emit())
                  .isEqualTo(EmitResult.ACCEPTED);
              assertThat(threads()).contains("otlp-events-sync");
            });
    runner(FakeDestination.answering())
        .withPropertyValues("otlp.events.journal.fsync=os")
        .run(context -> assertThat(threads()).doesNotContain("otlp-events-sync"));
    runner(FakeDestination.answering())
        .withPropertyValues(
            "otlp.events.journal.fsync=interval", "otlp.events.journal.fsync-interval=5ms")
        .run(
            context -> {
              assertThat(threads()).contains("otlp-events-sync");
              DiskSettings disk =
                  Objects.requireNonNull(
                      context.getBean(OtlpProperties.class).events().journal().settings().disk());
              assertThat(disk.fsync()).isEqualTo(FsyncPolicy.INTERVAL);
              assertThat(disk.syncInterval()).isEqualTo(Duration.ofMillis(5));
            });
  }

  @Test
  void givesEachProcessASubDirectoryUnlessItIsExclusive() {
    runner(FakeDestination.answering())
        .run(
            first ->
                runner(FakeDestination.answering())
                    .run(
                        second -> {
                          assertThat(second).hasNotFailed();
                          assertThat(directory().resolve("0")).isDirectory();
                          assertThat(directory().resolve("1")).isDirectory();
                        }));
  }

  @Test
  void explainsThatAnotherUsesTheDirectory(CapturedOutput output) {
    runner(FakeDestination.answering())
        .run(
            first ->
                assertThatThrownBy(() -> start("--otlp.events.journal.exclusive=true"))
                    .isInstanceOf(RuntimeException.class));
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "The property otlp.events.journal.directory with the value \"" + directory() + "\"",
            "(from \"otlp.events.journal.directory\" from property source \"commandLineArgs\")",
            "is used by another process",
            "set otlp.events.journal.exclusive=false");
  }

  @Test
  void explainsThatTheDirectoryIsALink(CapturedOutput output) throws IOException {
    Files.createSymbolicLink(directory(), Files.createDirectory(folder.resolve("elsewhere")));
    assertThatThrownBy(this::start).isInstanceOf(RuntimeException.class);
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "otlp.events.journal.directory",
            "is a symbolic link",
            "Name a directory, not a symbolic link");
  }

  @Test
  void explainsThatTheDirectoryCannotBeMade(CapturedOutput output) throws IOException {
    Files.writeString(directory(), "a file where the directory should be");
    assertThatThrownBy(this::start).isInstanceOf(RuntimeException.class);
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "otlp.events.journal.directory",
            "events is a file, not a directory",
            "may create files");
  }

  private void start(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--otlp.events.journal.directory=" + directory());
    SpringApplication.run(Empty.class, all.toArray(String[]::new)).close();
  }

  private static EmitResult emitLarge(EventEmitter emitter) {
    return emitter.event("x").body("y".repeat(8192)).emit();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Empty {}
}
