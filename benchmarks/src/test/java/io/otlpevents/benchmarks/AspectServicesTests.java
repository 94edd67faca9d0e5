package io.otlpevents.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.benchmarks.AspectServices.Kind;
import io.otlpevents.benchmarks.AspectServices.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aop.framework.Advised;

/** Shows that what is measured really records. */
class AspectServicesTests {

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyCallIsRecorded(Kind kind) {
    try (AspectServices services = AspectServices.start(kind)) {
      Order order = new Order("o-1", "c-1", 2.5);
      for (int i = 0; i < 10; i++) {
        assertThat(services.service().place("o-1", "c-1", 2.5, order)).isSameAs(order);
      }
      assertThat(services.service()).isInstanceOf(Advised.class);
      assertThat(services.recorded()).isEqualTo(kind == Kind.BARE ? 0 : 10);
    }
  }
}
