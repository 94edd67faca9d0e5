package io.otlpevents.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceDetectionTests {

  private static final String ID = "a1b2c3d4".repeat(8);
  private static final String OTHER_ID = "0123456789abcdef".repeat(4);

  private final Place place = new Place();

  @Test
  void theStatedWinsThenOtelThenTheDetected() {
    place.files.put("/proc/sys/kernel/hostname", "detected\n");
    place.variables.put(
        "OTEL_RESOURCE_ATTRIBUTES",
        "service.name=attributes,host.name=attributes,service.version=attributes,x=attributes");
    place.variables.put("OTEL_SERVICE_NAME", "variable");
    Resource resource = detect(Attributes.builder().put("service.version", "stated").build());
    assertThat(text(resource, "service.name")).isEqualTo("variable");
    assertThat(text(resource, "host.name")).isEqualTo("attributes");
    assertThat(text(resource, "service.version")).isEqualTo("stated");
    assertThat(text(resource, "x")).isEqualTo("attributes");
    assertThat(text(resource, "telemetry.sdk.language")).isEqualTo("java");
    resource = detect(Attributes.builder().put("service.name", "stated").build());
    assertThat(text(resource, "service.name")).isEqualTo("stated");
    place.variables.clear();
    assertThat(text(detect(), "host.name")).isEqualTo("detected");
  }

  @Test
  void theInstanceIdIsRandomAndStaysUnlessItIsSet() {
    String id = text(detect(), "service.instance.id");
    assertThat(id).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(text(detect(), "service.instance.id")).isEqualTo(id);
    place.variables.put("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=mine");
    assertThat(text(detect(), "service.instance.id")).isEqualTo("mine");
  }

  @Test
  void decodesResourceAttributes() {
    place.variables.put(
        "OTEL_RESOURCE_ATTRIBUTES",
        " deployment.environment.name = prod , a=x%2Cy%3dz%25, b=1+1,, size%2Ex=gr%C3%B6%c3%9fe%F0%9F%8C%8D,"
            + "empty=,eq=a=b,");
    Resource resource = detect();
    assertThat(text(resource, "deployment.environment.name")).isEqualTo("prod");
    assertThat(text(resource, "a")).isEqualTo("x,y=z%");
    assertThat(text(resource, "b")).isEqualTo("1+1");
    assertThat(text(resource, "size.x")).isEqualTo("gr\u00f6\u00dfe\uD83C\uDF0D");
    assertThat(text(resource, "empty")).isEmpty();
    assertThat(text(resource, "eq")).isEqualTo("a=b");
    assertThat(place.problems).isEmpty();
  }

  @Test
  void discardsMalformedResourceAttributesAsAWholeWithoutTellingTheirValue() {
    for (String malformed :
        List.of(
            "secret",
            "=secret",
            "a=%",
            "a=%2",
            "a=%2g",
            "a=%C3",
            "a=%-1",
            "\u00f6=1",
            "%0A=1",
            "k".repeat(256) + "=1")) {
      place.problems.clear();
      place.variables.put("OTEL_RESOURCE_ATTRIBUTES", "good=secret," + malformed);
      assertThat(text(detect(), "good")).as(malformed).isNull();
      assertThat(place.problems).as(malformed).hasSize(1);
      assertThat(place.problems.get(0))
          .contains("OTEL_RESOURCE_ATTRIBUTES")
          .doesNotContain("secret");
    }
  }

  @Test
  void treatsEmptyVariablesAsUnset() {
    place.variables.put("OTEL_SERVICE_NAME", " ");
    place.variables.put("OTEL_RESOURCE_ATTRIBUTES", "");
    assertThat(text(detect(), "service.name")).startsWith("unknown_service");
    assertThat(place.problems).isEmpty();
  }

  @Test
  void describesHostAndProcessWithoutTheCommandLine() {
    place.variables.put("HOSTNAME", "h1");
    place.properties.putAll(
        Map.of(
            "os.arch", "x86_64",
            "java.runtime.name", "OpenJDK Runtime Environment",
            "java.runtime.version", "17.0.1+1",
            "java.vm.vendor", "V",
            "java.vm.name", "N",
            "java.vm.version", "17"));
    Resource resource = detect();
    assertThat(text(resource, "host.name")).isEqualTo("h1");
    assertThat(text(resource, "host.arch")).isEqualTo("amd64");
    assertThat(resource.getAttribute(AttributeKey.longKey("process.pid"))).isEqualTo(42);
    assertThat(text(resource, "process.executable.name")).isEqualTo("java");
    assertThat(text(resource, "process.runtime.name")).isEqualTo("OpenJDK Runtime Environment");
    assertThat(text(resource, "process.runtime.version")).isEqualTo("17.0.1+1");
    assertThat(text(resource, "process.runtime.description")).isEqualTo("V N 17");
    assertThat(resource.getAttributes().asMap().keySet())
        .noneMatch(key -> key.getKey().startsWith("process.command"));
  }

  @Test
  void namesArchitecturesAsTheConventionsDo() {
    Map.of(
            "amd64", "amd64",
            "aarch64", "arm64",
            "arm", "arm32",
            "i386", "x86",
            "ppc64le", "ppc64",
            "s390x", "s390x",
            "riscv64", "riscv64")
        .forEach(
            (java, convention) -> {
              place.properties.put("os.arch", java);
              assertThat(text(detect(), "host.arch")).isEqualTo(convention);
            });
  }

  @Test
  void findsTheContainerInControlGroupsOfVersionOne() {
    for (String line :
        List.of(
            "13:name=systemd:/docker/" + ID,
            "1:cpu:/kubepods/burstable/pod9a-8b/" + ID,
            "1:name=systemd:/kubepods.slice/kubepods-pod1_2.slice/cri-containerd-" + ID + ".scope",
            "0::/system.slice/crio-" + ID + ".scope",
            "1:cpu:/kubepods.slice/pod1.slice:cri-containerd:" + ID)) {
      place.files.put("/proc/self/cgroup", "2:pids:/\n" + line + "\n");
      assertThat(text(detect(), "container.id")).as(line).isEqualTo(ID);
    }
  }

  @Test
  void findsTheContainerInMountsOfControlGroupsOfVersionTwo() {
    place.files.put("/proc/self/cgroup", "0::/\n");
    for (String root :
        List.of(
            "/var/lib/docker/containers/" + ID + "/hostname",
            "/containers/storage/overlay-containers/" + ID + "/userdata/hostname")) {
      place.files.put(
          "/proc/self/mountinfo",
          "1 2 0:1 /overlay2/"
              + OTHER_ID
              + "/merged / rw - overlay overlay rw\n"
              + ("473 456 254:1 /sandboxes/"
                  + OTHER_ID
                  + "/resolv.conf /etc/resolv.conf rw - ext4 x y\n")
              + ("474 456 254:1 " + root + " /etc/hostname rw,relatime - ext4 /dev/vda1 rw\n"));
      assertThat(text(detect(), "container.id")).as(root).isEqualTo(ID);
    }
  }

  @Test
  void findsNoContainerWhereThereIsNone() {
    place.files.put("/proc/self/cgroup", "0::/user.slice/user-1000.slice/session-3.scope\n");
    place.files.put("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\nshort\n\n");
    assertThat(text(detect(), "container.id")).isNull();
    place.files.put("/proc/self/cgroup", "0::/docker/" + ID + "ff\n");
    assertThat(text(detect(), "container.id")).isNull();
  }

  @Test
  void describesThePodByTheDownwardApi() {
    place.variables.putAll(
        Map.of(
            "KUBERNETES_SERVICE_HOST", "10.0.0.1",
            "HOSTNAME", "node-as-host",
            "POD_NAME", "shop-1",
            "POD_UID", "uid-1",
            "POD_NAMESPACE", "shops",
            "NODE_NAME", "node-1",
            "CONTAINER_NAME", "shop"));
    Resource resource = detect();
    assertThat(text(resource, "k8s.pod.name")).isEqualTo("shop-1");
    assertThat(text(resource, "k8s.pod.uid")).isEqualTo("uid-1");
    assertThat(text(resource, "k8s.namespace.name")).isEqualTo("shops");
    assertThat(text(resource, "k8s.node.name")).isEqualTo("node-1");
    assertThat(text(resource, "k8s.container.name")).isEqualTo("shop");
  }

  @Test
  void describesThePodByWhatKubernetesAlwaysGives() {
    place.variables.put("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    place.variables.put("HOSTNAME", "shop-1");
    place.files.put("/var/run/secrets/kubernetes.io/serviceaccount/namespace", "shops\n");
    Resource resource = detect();
    assertThat(text(resource, "k8s.pod.name")).isEqualTo("shop-1");
    assertThat(text(resource, "k8s.namespace.name")).isEqualTo("shops");
    assertThat(text(resource, "k8s.node.name")).isNull();
  }

  @Test
  void saysNothingOfKubernetesOutsideOfIt() {
    place.variables.putAll(Map.of("HOSTNAME", "laptop", "POD_NAME", "x", "POD_NAMESPACE", "y"));
    assertThat(detect().getAttributes().asMap().keySet())
        .noneMatch(key -> key.getKey().startsWith("k8s."));
  }

  @Test
  void aDetectorThatFailsIsLeftOutAlone() {
    Resource resource =
        new ResourceDetection(
                place,
                List.of(
                    surroundings -> {
                      throw new IllegalStateException("broken");
                    },
                    surroundings -> {
                      throw new StackOverflowError();
                    },
                    surroundings -> Attributes.of(AttributeKey.stringKey("found"), "yes")),
                place::problem)
            .detect(Attributes.empty());
    assertThat(text(resource, "found")).isEqualTo("yes");
    assertThat(place.problems).hasSize(2);
  }

  @Test
  void readsNoMoreOfAFileThanItsBound(@TempDir Path directory) throws Exception {
    Path huge = Files.write(directory.resolve("huge"), new byte[1 << 20]);
    assertThat(new Surroundings.Real().file(huge.toString())).hasSize(256 * 1024);
    assertThat(new Surroundings.Real().file(directory.resolve("absent").toString())).isNull();
    assertThat(new Surroundings.Real().file(directory.toString())).isNull();
  }

  @Test
  void describesThisProcess() {
    Resource resource = ResourceDetection.ofThisProcess().detect(Attributes.empty());
    assertThat(resource.getAttribute(AttributeKey.longKey("process.pid")))
        .isEqualTo(ProcessHandle.current().pid());
    assertThat(text(resource, "process.runtime.version"))
        .isEqualTo(System.getProperty("java.runtime.version"));
    assertThat(text(resource, "process.executable.name")).startsWith("java");
  }

  private Resource detect() {
    return detect(Attributes.empty());
  }

  private Resource detect(Attributes stated) {
    ResourceDetection standard = new ResourceDetection(place);
    return standard.reportingTo(place::problem).detect(stated);
  }

  private static @Nullable String text(Resource resource, String key) {
    return resource.getAttribute(AttributeKey.stringKey(key));
  }

  /** A place that has only what a test puts there. */
  private static final class Place implements Surroundings {

    final Map<String, String> variables = new HashMap<>();
    final Map<String, String> properties = new HashMap<>();
    final Map<String, String> files = new HashMap<>();
    final List<String> problems = new ArrayList<>();

    void problem(String message, @Nullable Throwable cause) {
      problems.add(message + " " + cause);
    }

    @Override
    public @Nullable String variable(String name) {
      return variables.get(name);
    }

    @Override
    public @Nullable String property(String name) {
      return properties.get(name);
    }

    @Override
    public @Nullable String file(String path) {
      return files.get(path);
    }

    @Override
    public long processId() {
      return 42;
    }

    @Override
    public @Nullable String program() {
      return "/opt/java/bin/java";
    }
  }
}
