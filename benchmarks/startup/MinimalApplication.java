package shop;

import java.lang.management.ManagementFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A web application that does nothing; says what its start took, and ends. */
@SpringBootApplication
public class MinimalApplication {

  /** Starts and ends. */
  public static void main(String[] args) {
    SpringApplication.run(MinimalApplication.class, args);
    long classes = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
    long cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
    System.out.println("READY " + classes + " " + cpu);
    Runtime.getRuntime().halt(0);
  }
}
