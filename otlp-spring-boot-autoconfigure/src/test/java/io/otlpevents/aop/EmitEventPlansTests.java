package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.implementation.StubMethod;
import org.junit.jupiter.api.Test;

class EmitEventPlansTests {

  @Test
  void ignoresAClassWhoseMethodsCannotBeSeen() {
    // Made, but not loaded where the other class is.
    TypeDescription missing =
        new ByteBuddy().subclass(Object.class).name("missing.Type").make().getTypeDescription();
    Class<?> withMissingDependency =
        new ByteBuddy()
            .subclass(Object.class)
            .defineMethod("use", void.class, Visibility.PUBLIC)
            .withParameters(missing)
            .intercept(StubMethod.INSTANCE)
            .make()
            .load(getClass().getClassLoader())
            .getLoaded();
    EmitEventPlans plans = new EmitEventPlans(name -> new RecordingEmitter(), kind -> true, true);
    assertThat(plans.existFor(withMissingDependency)).isFalse();
  }
}
