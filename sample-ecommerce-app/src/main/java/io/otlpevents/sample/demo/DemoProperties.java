package io.otlpevents.sample.demo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The demo traffic.
 *
 * @param enabled whether customers come as soon as the shop is open
 * @param orders how many orders are placed before the traffic ends, from 1 to 100000
 * @param rate how many orders are placed per second, from 1 to 1000
 * @param seed decides what the customers do; the same seed gives the same orders
 */
@ConfigurationProperties("shop.demo")
record DemoProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("200") int orders,
    @DefaultValue("20") int rate,
    @DefaultValue("42") long seed) {

  DemoProperties {
    if (orders < 1 || orders > 100_000) {
      throw new IllegalArgumentException("shop.demo.orders is from 1 to 100000, not " + orders);
    }
    if (rate < 1 || rate > 1_000) {
      throw new IllegalArgumentException("shop.demo.rate is from 1 to 1000, not " + rate);
    }
  }
}
