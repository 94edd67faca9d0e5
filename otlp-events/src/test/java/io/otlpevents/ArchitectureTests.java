package io.otlpevents;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.otlpevents", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

  @ArchTest
  static final ArchRule packagesSeeOnlyWhatTheyMay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("api")
          .definedBy("io.otlpevents")
          .layer("annotation")
          .definedBy("io.otlpevents.annotation")
          .layer("ledger")
          .definedBy("io.otlpevents.ledger")
          .layer("encode")
          .definedBy("io.otlpevents.encode")
          .layer("journal")
          .definedBy("io.otlpevents.journal")
          .layer("delivery")
          .definedBy("io.otlpevents.delivery")
          .layer("otlp")
          .definedBy("io.otlpevents.otlp")
          .layer("typed")
          .definedBy("io.otlpevents.typed")
          .layer("pipeline")
          .definedBy("io.otlpevents.pipeline")
          .layer("inspect")
          .definedBy("io.otlpevents.inspect")
          .layer("resource")
          .definedBy("io.otlpevents.resource")
          .whereLayer("api")
          .mayNotAccessAnyLayer()
          .whereLayer("annotation")
          .mayOnlyAccessLayers("api")
          .whereLayer("typed")
          .mayOnlyAccessLayers("api", "annotation")
          .whereLayer("ledger")
          .mayNotAccessAnyLayer()
          .whereLayer("encode")
          .mayOnlyAccessLayers("api", "annotation", "ledger")
          .whereLayer("journal")
          .mayOnlyAccessLayers("ledger")
          .whereLayer("delivery")
          .mayOnlyAccessLayers("journal", "ledger")
          .whereLayer("otlp")
          .mayOnlyAccessLayers("delivery", "encode", "ledger")
          .whereLayer("inspect")
          .mayOnlyAccessLayers("encode", "journal")
          .whereLayer("inspect")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("resource")
          .mayNotAccessAnyLayer()
          .whereLayer("pipeline")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule theEngineKnowsNoSpring =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.springframework..");

  @ArchTest
  static final ArchRule nothingReachesIntoInternals =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.opentelemetry..internal..", "sun..", "jdk.internal..");

  /** People on call start it with the engine's archive alone. */
  @ArchTest
  static final ArchRule theReaderOfJournalsNeedsNoLibrary =
      classes()
          .that()
          .resideInAPackage("io.otlpevents.inspect")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "io.otlpevents..", "org.jspecify..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.otlpevents.(*)..").should().beFreeOfCycles();
}
