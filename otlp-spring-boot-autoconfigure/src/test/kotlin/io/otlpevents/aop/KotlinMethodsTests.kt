package io.otlpevents.aop

import io.otlpevents.annotation.EmitEvent
import io.otlpevents.annotation.EventProperties
import io.otlpevents.annotation.Sensitive
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.springframework.boot.autoconfigure.AutoConfigurations
import org.springframework.boot.test.context.runner.ApplicationContextRunner
import java.util.function.Supplier

/** Methods written in Kotlin. */
class KotlinMethodsTests {

  private val emitter = RecordingEmitter()

  private fun run(test: (Shop) -> Unit) {
    ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration::class.java))
      .withBean("recordingEmitter", RecordingEmitter::class.java, Supplier { emitter })
      .withBean(Shop::class.java)
      .run { context -> test(context.getBean(Shop::class.java)) }
  }

  @Test
  fun aSuspendFunctionEndsWhenItsCoroutineDoes() = run { shop ->
    val order = runBlocking { shop.place(Customer("c-1", "ann@example.org"), 3) }
    assertThat(order.id).isEqualTo("o-3")
    val event = emitter.single()
    assertThat(event.attributes).containsEntry("order.id", "o-3").containsEntry("customer", "c-1")
    assertThat(event.attributes["mail"].toString()).isEqualTo("***")
    assertThat(event.payload).isEqualTo(Customer("c-1", "ann@example.org"))
  }

  @Test
  fun aSuspendFunctionsFailureIsRecorded() = run { shop ->
    assertThatThrownBy { runBlocking { shop.place(Customer("c-1", "x"), -1) } }
      .hasMessage("negative")
    assertThat(emitter.single().exception).hasMessage("negative")
  }

  @Test
  fun aFlowEndsWhenItHasBeenCollected() = run { shop ->
    val flow = shop.list()
    assertThat(emitter.events).isEmpty()
    assertThat(runBlocking { flow.toList() }).containsExactly(1, 2, 3)
    assertThat(emitter.single().name).isEqualTo("listed")
  }

  @Test
  fun annotationsOfConstructorPropertiesAreSeen() {
    assertThat(EventProperties.of(Customer::class.java).sensitivity("email")).isNotNull()
    assertThat(EventProperties.of(Plain::class.java).sensitivity("email")).isNotNull()
    assertThat(EventProperties.of(Plain::class.java).sensitivity("id")).isNull()
  }

  data class Customer(val id: String, @get:Sensitive val email: String)

  data class Plain(val id: Int, @Sensitive val email: String)

  data class Order(val id: String)

  open class Shop {

    @EmitEvent(
      value = "order.placed",
      on = EmitEvent.Outcome.COMPLETION,
      payload = "#customer",
      attributes = ["order.id=#result.id", "customer=#customer.id", "mail=#customer.email"],
    )
    open suspend fun place(customer: Customer, number: Int): Order {
      delay(1)
      require(number >= 0) { "negative" }
      return Order("o-$number")
    }

    @EmitEvent("listed")
    open fun list(): Flow<Int> = flowOf(1, 2, 3)
  }
}
