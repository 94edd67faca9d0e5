package io.otlpevents.typed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributeKeysTests {

  @ParameterizedTest
  @CsvSource({
    "id, id",
    "itemCount, item_count",
    "orderID, order_id",
    "httpURLPath, http_url_path",
    "URL, url",
    "sha256Hash, sha256_hash",
    "line1, line1",
    "already_snake, already_snake",
    "x, x",
    "aB, a_b",
    "größeÄndern, größe_ändern"
  })
  void namesAreSnakeCase(String name, String key) {
    assertThat(AttributeKeys.snakeCase(name)).isEqualTo(key);
  }
}
