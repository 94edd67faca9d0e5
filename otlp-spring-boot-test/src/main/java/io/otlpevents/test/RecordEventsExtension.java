package io.otlpevents.test;

import io.opentelemetry.context.Scope;
import io.otlpevents.EventEmitter;
import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Opens and closes a test's view on the events, see {@link RecordEvents}. Without state. */
final class RecordEventsExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(RecordEventsExtension.class);
  private static final String SPRING_EXTENSION =
      "org.springframework.test.context.junit.jupiter.SpringExtension";

  @Override
  @SuppressWarnings("MustBeClosedChecker") // closed after the test
  public void beforeEach(ExtensionContext context) {
    EmittedEvents events =
        isSpringTest(context) ? SpringRecording.open(context) : EmittedEvents.recording();
    Scope scope = TestMarker.mark(events.marker()).makeCurrent();
    store(context).put(Recording.class, new Recording(events, scope));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Recording recording = store(context).remove(Recording.class, Recording.class);
    if (recording != null) {
      recording.scope.close();
      recording.events.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    // In a Spring test, the emitter is a bean, and for the extension of Spring to find.
    return type == EmittedEvents.class || type == EventEmitter.class && !isSpringTest(context);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Recording recording = store(context).get(Recording.class, Recording.class);
    if (recording == null || parameter.getDeclaringExecutable() instanceof Constructor<?>) {
      throw new ParameterResolutionException(
          parameter.getParameter().getType().getSimpleName()
              + " belongs to one test: make it a parameter of the test method, or of one annotated"
              + " with @BeforeEach or @AfterEach, instead of "
              + parameter.getDeclaringExecutable());
    }
    return parameter.getParameter().getType() == EmittedEvents.class
        ? recording.events
        : recording.events.emitter();
  }

  private static ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }

  /** Whether the extension of Spring is at work; it need not be on the class path. */
  private static boolean isSpringTest(ExtensionContext context) {
    for (Class<?> type = context.getRequiredTestClass(); type != null; type = enclosing(type)) {
      for (ExtendWith extensions :
          AnnotationSupport.findRepeatableAnnotations(type, ExtendWith.class)) {
        for (Class<?> extension : extensions.value()) {
          if (extension.getName().equals(SPRING_EXTENSION)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static @Nullable Class<?> enclosing(Class<?> type) {
    return type.getEnclosingClass();
  }

  private record Recording(EmittedEvents events, Scope scope) {}
}
