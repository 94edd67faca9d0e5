package io.otlpevents.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@ShopTest
class ShopApiIntegrationTests {

  private final RestTestClient shop;

  ShopApiIntegrationTests(@LocalServerPort int port) {
    this.shop = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
  }

  @Test
  void listsItsProducts() {
    shop.get()
        .uri("/products")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.length()")
        .isEqualTo(6)
        .jsonPath("$[0].id")
        .isEqualTo("bk-101");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /products/none       |                                     | 404 | There is no product none.
          /orders/none         |                                     | 404 | There is no order none.
          /nowhere             |                                     | 404 | No static resource nowhere.
          /carts/none/items    | {"productId":"bk-101","quantity":1} | 404 | There is no cart none.
          /carts/none/items    | {"productId":"none","quantity":1}   | 404 | There is no product none.
          /carts/none/items    | {"productId":" ","quantity":0}      | 400 | Invalid request: productId must not be blank, quantity must be greater than or equal to 1.
          /carts/none/items    | {"productId":"bk-101","quantity":101} | 400 | Invalid request: quantity must be less than or equal to 100.
          /carts/none/items    | {                                   | 400 | Failed to read request
          /carts/none/checkout | {"paymentMethod":"card"}            | 404 | There is no cart none.
          /carts/none/checkout | {"paymentMethod":"shells"}          | 400 | Failed to read request
          /carts/none/checkout | {}                                  | 400 | Invalid request: paymentMethod must not be null.
          """)
  void answersMistakesWithProblemDetails(String path, String body, int status, String detail) {
    RestTestClient.RequestHeadersSpec<?> request =
        body == null
            ? shop.get().uri(path)
            : shop.post().uri(path).contentType(MediaType.APPLICATION_JSON).body(body);
    request
        .exchange()
        .expectStatus()
        .isEqualTo(status)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo(status)
        .jsonPath("$.detail")
        .isEqualTo(detail);
  }
}
