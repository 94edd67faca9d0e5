package io.otlpevents.autoconfigure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

@AnalyzeClasses(packages = "io.otlpevents", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

  @ArchTest
  static final ArchRule aspectSeesOnlyTheApi =
      classes()
          .that()
          .resideInAPackage("io.otlpevents.aop")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "io.otlpevents",
              "io.otlpevents.annotation",
              "io.otlpevents.aop",
              "io.opentelemetry.api..",
              "io.opentelemetry.context..",
              "io.micrometer.context..",
              "org.aopalliance..",
              "org.apache.commons.logging..",
              "org.jspecify..",
              "org.springframework.aop..",
              "org.springframework.aot..",
              "org.springframework.asm..",
              "org.springframework.beans..",
              "org.springframework.core..",
              "org.springframework.expression..",
              "org.springframework.transaction..",
              "org.springframework.util..",
              "org.reactivestreams..",
              "reactor..");

  @ArchTest
  static final ArchRule bridgesSeeOnlyTheApi =
      classes()
          .that()
          .resideInAPackage("io.otlpevents.bridge")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "io.otlpevents",
              "io.otlpevents.annotation",
              "io.otlpevents.bridge",
              "io.otlpevents.typed",
              "org.apache.commons.logging..",
              "org.jspecify..",
              "org.springframework.context..",
              "org.springframework.core..");

  @ArchTest
  static final ArchRule propagationsCoreKnowsNoSpring =
      noClasses()
          .that()
          .resideInAPackage("io.otlpevents.propagation")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "jakarta..", "reactor..", "io.micrometer..");

  @ArchTest
  static final ArchRule serversKnowOnlyTheCore =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.otlpevents.propagation.servlet", "io.otlpevents.propagation.reactive")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.otlpevents.propagation.client",
              "io.otlpevents.propagation.kafka",
              "io.otlpevents.aop");

  @ArchTest
  static final ArchRule kafkaPropagationKnowsOnlyTheCore =
      classes()
          .that()
          .resideInAPackage("io.otlpevents.propagation.kafka")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "io.otlpevents.propagation",
              "io.otlpevents.propagation.kafka",
              "io.opentelemetry.api..",
              "io.opentelemetry.context..",
              "org.apache.commons.logging..",
              "org.apache.kafka..",
              "org.jspecify..",
              "org.springframework.beans.factory..",
              "org.springframework.context..",
              "org.springframework.kafka..");

  @ArchTest
  static final ArchRule gatewayPropagationKnowsServersAndClients =
      classes()
          .that()
          .resideInAPackage("io.otlpevents.propagation.gateway")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "jakarta.servlet.http",
              "io.otlpevents.propagation",
              "io.otlpevents.propagation.client",
              "io.otlpevents.propagation.gateway",
              "io.otlpevents.propagation.reactive",
              "io.opentelemetry.context..",
              "org.jspecify..",
              "org.springframework.cloud.gateway..",
              "org.springframework.core",
              "org.springframework.http..",
              "org.springframework.web..",
              "reactor..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.otlpevents.(**)").should().beFreeOfCycles();

  /** Read-only by what it may see: no journal, no destination that could be told anything. */
  @ArchTest
  static final ArchRule actuatorSeesFiguresOnly =
      classes()
          .that()
          .resideInAPackage("io.otlpevents.actuate")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "io.otlpevents.actuate",
              "io.otlpevents.delivery",
              "io.otlpevents.ledger",
              "io.otlpevents.pipeline",
              "io.micrometer.core..",
              "org.jspecify..",
              "org.springframework.boot.actuate.endpoint..",
              "org.springframework.boot.health.contributor..");

  @ArchTest
  static final ArchRule nothingSeesTheAutoConfiguration =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.otlpevents.autoconfigure")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.otlpevents.autoconfigure");

  @ArchTest
  static final ArchRule noAspectJ =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.aspectj..");

  @ArchTest
  static final ArchRule autoConfigurationsArePublicAndFinal =
      classes()
          .that()
          .areAnnotatedWith(AutoConfiguration.class)
          .should()
          .bePublic()
          .andShould()
          .haveModifier(JavaModifier.FINAL);

  @ArchTest
  static final ArchRule beanMethodsArePackagePrivate =
      methods().that().areAnnotatedWith(Bean.class).should().bePackagePrivate();

  @ArchTest
  static final ArchRule packagesAreNullMarked =
      classes().that().haveSimpleName("package-info").should().beAnnotatedWith(NullMarked.class);

  @ArchTest
  static final ArchRule noCatchAllPackages =
      noClasses().should().resideInAnyPackage("..internal..", "..util..", "..impl..");
}
