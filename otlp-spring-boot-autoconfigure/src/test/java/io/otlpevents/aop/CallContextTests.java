package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** The context refuses by itself what {@link ExpressionRules} refuse at start. */
class CallContextTests {

  private final List<String> list = new ArrayList<>(List.of("a"));
  private final CallContext context =
      new CallContext(
          Map.of(
              "list", new Variable(0, List.class, null),
              "result", new Variable(Call.RESULT, String.class, null),
              "error", new Variable(Call.ERROR, Throwable.class, null)),
          Call.begin(new Object[] {list}, false)
              .returned("done")
              .failed(new IllegalStateException("failed")),
          true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "T(java.lang.Runtime)",
        "T(String)",
        "new String('x')",
        "@bean",
        "#list.clear()",
        "#list.iterator",
        "#list.class",
        "#list.getClass()",
        "#list=null",
        "#other='x'",
        "#list[0]='b'"
      })
  void refuses(String expression) {
    assertThatThrownBy(() -> evaluate(expression)).isInstanceOf(EvaluationException.class);
    assertThat(list).containsExactly("a");
  }

  @Test
  void reads() {
    assertThat(evaluate("#list[0]")).isEqualTo("a");
    assertThat(evaluate("#list.size")).isEqualTo(1);
    assertThat(evaluate("#result.length")).isEqualTo(4);
    assertThat(evaluate("#error.message")).isEqualTo("failed");
    assertThat(evaluate("#unknown")).isNull();
  }

  private @Nullable Object evaluate(String expression) {
    return new SpelExpressionParser().parseRaw(expression).getValue(context);
  }
}
