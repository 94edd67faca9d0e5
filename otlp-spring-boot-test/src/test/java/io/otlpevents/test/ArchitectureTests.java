package io.otlpevents.test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.otlpevents.test",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

  @ArchTest
  static final ArchRule onlyTheseNeedSpring =
      noClasses()
          .that()
          .doNotHaveSimpleName("SpringRecording")
          .and()
          .haveSimpleNameNotStartingWith("RecordEventsContextCustomizer")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "io.otlpevents.autoconfigure..");

  @ArchTest
  static final ArchRule onlyOneNeedsJackson =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.otlpevents\\.test\\.Json(\\$Reader)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("tools.jackson..");

  @ArchTest
  static final ArchRule usersSeeOnlyThese =
      classes()
          .that()
          .arePublic()
          .and()
          .areTopLevelClasses()
          .should()
          .haveNameMatching(
              "io\\.otlpevents\\.test\\.(RecordEvents|EmittedEvents?|EmittedEventsAssert)");
}
