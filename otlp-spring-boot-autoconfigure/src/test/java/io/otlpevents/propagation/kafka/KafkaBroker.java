package io.otlpevents.propagation.kafka;

import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** One real broker for all tests of this process, in KRaft mode, on the loopback interface. */
final class KafkaBroker {

  private static final EmbeddedKafkaKraftBroker BROKER = start();

  private KafkaBroker() {}

  private static EmbeddedKafkaKraftBroker start() {
    EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
    broker.brokerProperty("group.initial.rebalance.delay.ms", "0");
    broker.brokerProperty("transaction.state.log.replication.factor", "1");
    broker.brokerProperty("transaction.state.log.min.isr", "1");
    broker.brokerProperty("offsets.topic.num.partitions", "1");
    broker.brokerProperty("transaction.state.log.num.partitions", "1");
    broker.afterPropertiesSet();
    Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy));
    return broker;
  }

  static String addresses() {
    return BROKER.getBrokersAsString();
  }
}
