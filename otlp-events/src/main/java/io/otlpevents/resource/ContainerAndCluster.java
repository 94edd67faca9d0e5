package io.otlpevents.resource;

import static io.otlpevents.resource.HostAndProcess.first;
import static io.otlpevents.resource.HostAndProcess.put;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Detects {@code container.id} and {@code k8s.*}.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/resource/container/">Container</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/resource/k8s/">Kubernetes</a>
 */
final class ContainerAndCluster {

  private static final String NAMESPACE_FILE =
      "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

  /** The last part of a control group's path, which some runtimes put between words. */
  private static final Pattern CGROUP_V1 =
      Pattern.compile("(?:^|[/:-])([0-9a-f]{64})(?:\\.scope)?$");

  /** A directory of a container, as it appears where its files are mounted from. */
  private static final Pattern CGROUP_V2 = Pattern.compile("/([0-9a-f]{64})(?:/|$)");

  private ContainerAndCluster() {}

  static Attributes container(Surroundings surroundings) {
    AttributesBuilder attributes = Attributes.builder();
    put(attributes, "container.id", containerId(surroundings));
    return attributes.build();
  }

  private static @Nullable String containerId(Surroundings surroundings) {
    String groups = surroundings.file("/proc/self/cgroup");
    String id = groups == null ? null : inControlGroups(groups);
    if (id != null) {
      return id;
    }
    String mounts = surroundings.file("/proc/self/mountinfo");
    return mounts == null ? null : inMounts(mounts);
  }

  private static @Nullable String inControlGroups(String text) {
    for (String line : text.split("\n")) {
      Matcher matcher = CGROUP_V1.matcher(line.strip());
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    return null;
  }

  /** Where the files come from that a container runtime mounts into each of its containers. */
  private static @Nullable String inMounts(String text) {
    for (String line : text.split("\n")) {
      // Id, parent, device, root, mount point, …
      String[] fields = line.split(" ", 6);
      if (fields.length < 6 || !isPerContainer(fields[4])) {
        continue;
      }
      String root = fields[3];
      // Of a pod, whose containers share it.
      if (root.contains("/sandboxes/")) {
        continue;
      }
      Matcher matcher = CGROUP_V2.matcher(root);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    return null;
  }

  private static boolean isPerContainer(String mountPoint) {
    return switch (mountPoint) {
      case "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/run/.containerenv" -> true;
      default -> false;
    };
  }

  static Attributes kubernetes(Surroundings surroundings) {
    // Set in every container by Kubernetes itself; outside, the other names mean nothing.
    if (first(surroundings.variable("KUBERNETES_SERVICE_HOST")) == null) {
      return Attributes.empty();
    }
    AttributesBuilder attributes = Attributes.builder();
    put(
        attributes,
        "k8s.pod.name",
        first(
            surroundings.variable("POD_NAME"),
            surroundings.variable("K8S_POD_NAME"),
            surroundings.variable("HOSTNAME")));
    put(
        attributes,
        "k8s.pod.uid",
        first(surroundings.variable("POD_UID"), surroundings.variable("K8S_POD_UID")));
    put(
        attributes,
        "k8s.namespace.name",
        first(
            surroundings.variable("POD_NAMESPACE"),
            surroundings.variable("K8S_NAMESPACE"),
            surroundings.file(NAMESPACE_FILE)));
    put(
        attributes,
        "k8s.node.name",
        first(surroundings.variable("NODE_NAME"), surroundings.variable("K8S_NODE_NAME")));
    put(
        attributes,
        "k8s.container.name",
        first(
            surroundings.variable("CONTAINER_NAME"), surroundings.variable("K8S_CONTAINER_NAME")));
    return attributes.build();
  }
}
