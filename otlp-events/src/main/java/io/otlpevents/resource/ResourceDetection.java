package io.otlpevents.resource;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes this process in the terms of OpenTelemetry's semantic conventions. Of the same
 * attribute from several places, the first of these wins:
 *
 * <ol>
 *   <li>what the caller states
 *   <li>the environment variable {@code OTEL_SERVICE_NAME}
 *   <li>the environment variable {@code OTEL_RESOURCE_ATTRIBUTES}
 *   <li>what is detected: {@code service.instance.id} (random, the same as long as the process
 *       lives), {@code host.name}, {@code host.arch}, {@code process.pid}, {@code
 *       process.executable.name}, {@code process.runtime.*}, {@code container.id}, and inside
 *       Kubernetes {@code k8s.pod.name}, {@code k8s.pod.uid}, {@code k8s.namespace.name}, {@code
 *       k8s.node.name} and {@code k8s.container.name}
 *   <li>OpenTelemetry's default resource
 * </ol>
 *
 * <p>The command line is never recorded, because it may hold secrets. Nothing is asked over the
 * network, not even a host name. Of the environment and of files only what is named here is read,
 * and no more than 256 KiB of a file. A detector that fails is left out.
 *
 * <p>Safe for any number of threads; does file input, so it belongs to the start of an application.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/resource/">Resource semantic
 *     conventions</a>
 * @see <a href="https://opentelemetry.io/docs/specs/otel/resource/sdk/">Resource SDK
 *     specification</a>
 */
public final class ResourceDetection {

  private static final Logger logger = LoggerFactory.getLogger(ResourceDetection.class);

  private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> SERVICE_INSTANCE_ID =
      AttributeKey.stringKey("service.instance.id");

  private static final String PROCESS_INSTANCE_ID = UUID.randomUUID().toString();

  private static final List<Function<Surroundings, Attributes>> DETECTORS =
      List.of(
          HostAndProcess::host,
          HostAndProcess::process,
          ContainerAndCluster::container,
          ContainerAndCluster::kubernetes);

  private final Surroundings surroundings;
  private final List<Function<Surroundings, Attributes>> detectors;
  private final BiConsumer<String, @Nullable Throwable> problems;

  ResourceDetection(
      Surroundings surroundings,
      List<Function<Surroundings, Attributes>> detectors,
      BiConsumer<String, @Nullable Throwable> problems) {
    this.surroundings = surroundings;
    this.detectors = detectors;
    this.problems = problems;
  }

  ResourceDetection(Surroundings surroundings) {
    this(surroundings, DETECTORS, (message, cause) -> logger.warn(message, cause));
  }

  ResourceDetection reportingTo(BiConsumer<String, @Nullable Throwable> problems) {
    return new ResourceDetection(surroundings, detectors, problems);
  }

  /** Detection for the running process. */
  public static ResourceDetection ofThisProcess() {
    return new ResourceDetection(new Surroundings.Real());
  }

  /**
   * Describes the process.
   *
   * @param stated attributes that win over everything else, such as {@code service.name} from the
   *     application's settings; empty for none
   * @throws IllegalArgumentException if a stated key is not 1 to 255 printable ASCII characters
   */
  public Resource detect(Attributes stated) {
    AttributesBuilder attributes = Attributes.builder();
    attributes.put(SERVICE_INSTANCE_ID, PROCESS_INSTANCE_ID);
    for (Function<Surroundings, Attributes> detector : detectors) {
      attributes.putAll(guarded("A resource detector failed and was left out", detector));
    }
    attributes.putAll(guarded("OTEL_RESOURCE_ATTRIBUTES was ignored", this::otelAttributes));
    attributes.putAll(guarded("OTEL_SERVICE_NAME was ignored", ResourceDetection::otelName));
    attributes.putAll(stated);
    return Resource.getDefault().merge(Resource.create(attributes.build()));
  }

  private Attributes guarded(String problem, Function<Surroundings, Attributes> detector) {
    try {
      return detector.apply(surroundings);
    } catch (Throwable e) {
      // Events without one attribute are better than an application that does not start.
      problems.accept(problem, e);
      return Attributes.empty();
    }
  }

  private static Attributes otelName(Surroundings surroundings) {
    String name = surroundings.variable("OTEL_SERVICE_NAME");
    return name == null || name.isBlank()
        ? Attributes.empty()
        : Attributes.of(SERVICE_NAME, name.strip());
  }

  private Attributes otelAttributes(Surroundings surroundings) {
    String text = surroundings.variable("OTEL_RESOURCE_ATTRIBUTES");
    try {
      return text == null ? Attributes.empty() : ResourceAttributesVariable.parse(text);
    } catch (IllegalArgumentException e) {
      // Without the cause's text: the value may hold a secret.
      problems.accept("OTEL_RESOURCE_ATTRIBUTES is malformed and was ignored as a whole", null);
      return Attributes.empty();
    }
  }
}
