package io.otlpevents.autoconfigure;

import io.otlpevents.journal.JournalDirectoryException;
import io.otlpevents.journal.JournalDirectoryException.Reason;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Explains why the journal's directory cannot be used, and what to do. */
final class JournalDirectoryFailureAnalyzer
    extends AbstractFailureAnalyzer<JournalDirectoryException> {

  private final Environment environment;

  JournalDirectoryFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, JournalDirectoryException cause) {
    String property = OtlpProperties.Journal.DIRECTORY;
    StringBuilder description = new StringBuilder("The property ").append(property);
    description.append(" with the value \"").append(cause.directory()).append('"');
    String origin = PropertyOrigin.of(environment, property);
    if (origin != null) {
      description.append(" (from ").append(origin).append(')');
    }
    description.append(" names a directory that ").append(problem(cause)).append('.');
    return new FailureAnalysis(description.toString(), fix(cause.reason()), cause);
  }

  private static String problem(JournalDirectoryException cause) {
    return switch (cause.reason()) {
      case UNUSABLE -> "cannot be used: " + cause.problem();
      case IN_USE -> "is used by another process";
    };
  }

  private static String fix(Reason reason) {
    return switch (reason) {
      case UNUSABLE ->
          "Name a directory, not a symbolic link, in which the user that runs the application may"
              + " create files, or one that can be made.";
      case IN_USE ->
          "End the other process, or name another directory, or set"
              + " otlp.events.journal.exclusive=false to give each process a sub-directory.";
    };
  }
}
