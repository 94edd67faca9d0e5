package io.otlpevents.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Keeps the events that each test of the class emits, instead of sending them. Test methods and
 * those annotated with {@code @BeforeEach} or {@code @AfterEach} get them as a parameter of type
 * {@link EmittedEvents}.
 *
 * <pre>{@code
 * @SpringBootTest
 * @RecordEvents
 * class CheckoutTests {
 *   @Test
 *   void tellsOfAnOrder(EmittedEvents events, @Autowired Checkout checkout) {
 *     checkout.buy("o-1");
 *     assertThat(events).hasEvent("order.placed").withAttribute("order.id", "o-1");
 *   }
 * }
 * }</pre>
 *
 * <p>With Spring, the application's own pipeline is used with all its settings, filters and
 * redaction; only its destinations are replaced, so that no receiver is needed, and {@code
 * otlp.events.enabled} is set. Without Spring, each test has a pipeline of its own with default
 * settings, and its {@link io.otlpevents.EventEmitter} is a parameter, too.
 *
 * <p>A test sees what is emitted from the first {@code @BeforeEach} method on. Events that are
 * still under way in other threads when a test ends are seen by the next one. Tests that run at the
 * same time in one application context are told apart by the OpenTelemetry context that was current
 * when an event was emitted, then by the event's trace; an event that neither can tell, such as one
 * of another thread without context, is seen by all of them.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RecordEventsExtension.class)
public @interface RecordEvents {}
