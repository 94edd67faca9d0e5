package io.otlpevents.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A {@link ShopService} in a JVM of its own. */
final class ServiceProcess implements AutoCloseable {

  private final Process process;
  private final Thread endWithUs;
  private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  ServiceProcess(String name, List<String> properties) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(ShopService.class.getName());
    command.add("--spring.application.name=" + name);
    command.add("--server.port=0");
    command.add("--server.address=127.0.0.1");
    command.add("--spring.main.banner-mode=off");
    properties.forEach(property -> command.add("--" + property));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    endWithUs = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(endWithUs);
    Thread reader = new Thread(this::follow, name + "-log");
    reader.setDaemon(true);
    reader.start();
  }

  private void follow() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
        if (line.startsWith(ShopService.READY)) {
          port.complete(Integer.parseInt(line.substring(ShopService.READY.length())));
        }
      }
    } catch (IOException e) {
      log.add(e.toString());
    }
    port.completeExceptionally(new IllegalStateException("the service has ended: " + log()));
  }

  /** Waits until it is ready. */
  int port() {
    try {
      return port.get(90, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the service did not start: " + log(), e);
    }
  }

  String log() {
    return String.join("\n", log);
  }

  /** Asks it to end, as {@code kill} does, and waits. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(endWithUs);
    }
  }
}
