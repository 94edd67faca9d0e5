package io.otlpevents.aop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.util.ClassUtils;

/**
 * Finds the calls that an object makes on itself, which its proxy does not see. It reads the byte
 * code of the class and of its superclasses.
 */
final class SelfInvocations {

  private static final Log log = LogFactory.getLog(SelfInvocations.class);

  private SelfInvocations() {}

  /**
   * By called method, the names of the methods that call it on {@code this}.
   *
   * @param targetClass the class of the object
   * @param methods its methods for which calls are looked for
   */
  static Map<Method, Set<String>> of(Class<?> targetClass, Collection<Method> methods) {
    Map<String, Method> wanted = new HashMap<>();
    for (Method method : methods) {
      wanted.put(method.getName() + Type.getMethodDescriptor(method), method);
    }
    Map<Method, Set<String>> found = new LinkedHashMap<>();
    for (Class<?> type = targetClass;
        type != null && type != Object.class;
        type = type.getSuperclass()) {
      read(type, wanted, found);
    }
    return found;
  }

  private static void read(
      Class<?> type, Map<String, Method> wanted, Map<Method, Set<String>> found) {
    try (InputStream code = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
      if (code != null) {
        new ClassReader(code).accept(new Callers(type, wanted, found), ClassReader.SKIP_DEBUG);
      }
    } catch (IOException | RuntimeException e) {
      // A class file that is newer than what can be read here, for example: only a hint is missing.
      log.debug("The byte code of " + type.getName() + " cannot be read", e);
    }
  }

  private static final class Callers extends ClassVisitor {

    private final Class<?> type;
    private final Map<String, Method> wanted;
    private final Map<Method, Set<String>> found;

    private Callers(Class<?> type, Map<String, Method> wanted, Map<Method, Set<String>> found) {
      super(SpringAsmInfo.ASM_VERSION);
      this.type = type;
      this.wanted = wanted;
      this.found = found;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      // A bridge hands on calls that came through the proxy.
      if ((access & (Opcodes.ACC_STATIC | Opcodes.ACC_BRIDGE)) != 0) {
        return null;
      }
      return new CallsOnThis(called -> record(called, name));
    }

    private void record(String called, String caller) {
      Method method = wanted.get(called);
      if (method != null) {
        found
            .computeIfAbsent(method, key -> new TreeSet<>())
            .add(ClassUtils.getShortName(type) + "." + readable(caller));
      }
    }

    /** The method that a lambda stands in, which the compiler has made a method of its own. */
    private static String readable(String caller) {
      String[] parts = caller.split("\\$", -1);
      return parts.length == 3 && parts[0].equals("lambda") ? parts[1] : caller;
    }
  }
}
