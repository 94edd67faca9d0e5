package io.otlpevents.aop;

import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Assign;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.OpDec;
import org.springframework.expression.spel.ast.OpInc;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;

/**
 * What an expression may contain. The evaluation context refuses the same, but only when the method
 * is called; these rules refuse it when the application starts, and say what to write.
 */
final class ExpressionRules {

  private final Map<String, Variable> variables;
  private final Map<String, String> withoutValue;

  /**
   * Creates the rules for one method.
   *
   * @param variables what may be named
   * @param withoutValue names that exist in general but never have a value here, with the reason
   */
  ExpressionRules(Map<String, Variable> variables, Map<String, String> withoutValue) {
    this.variables = variables;
    this.withoutValue = withoutValue;
  }

  /** The first violation, or null when there is none. */
  @Nullable Violation check(SpelNode root) {
    return check(root, false);
  }

  /** Whether {@code node} is read from an object at hand, or else has to begin with a variable. */
  private @Nullable Violation check(SpelNode node, boolean onObject) {
    if (node instanceof VariableReference) {
      return checkVariable(node.toStringAST().substring(1));
    }
    if (node instanceof PropertyOrFieldReference property) {
      return onObject
          ? null
          : new Violation(
              "reads '" + property.getName() + "' of nothing",
              variables.containsKey(property.getName())
                  ? "Write #" + property.getName() + "."
                  : "Begin with one of " + known() + ".");
    }
    String refused = refusedKind(node);
    if (refused != null) {
      return new Violation(
          refused,
          "Read a property instead, for example #order.id, or compute the value in the method and"
              + " return it.");
    }
    for (int i = 0; i < node.getChildCount(); i++) {
      SpelNode child = node.getChild(i);
      Violation violation = check(child, isOnObject(node, i, child, onObject));
      if (violation != null) {
        return violation;
      }
    }
    return null;
  }

  private static boolean isOnObject(SpelNode node, int i, SpelNode child, boolean onObject) {
    if (node instanceof CompoundExpression) {
      return i > 0 || onObject;
    }
    if (node instanceof Projection || node instanceof Selection) {
      return true;
    }
    if (node instanceof Indexer || node instanceof InlineMap) {
      return child instanceof PropertyOrFieldReference; // a bare word is a key here
    }
    return onObject;
  }

  private @Nullable Violation checkVariable(String name) {
    if (name.equals("this") || variables.containsKey(name)) {
      return null;
    }
    String reason = withoutValue.get(name);
    if (reason != null) {
      return new Violation("uses #" + name + ", but " + reason, "Use one of " + known() + ".");
    }
    return new Violation(
        "uses the unknown variable #" + name,
        "Use one of "
            + known()
            + ". Parameter names are known where the class is compiled with -parameters.");
  }

  private static @Nullable String refusedKind(SpelNode node) {
    if (node instanceof TypeReference) {
      return "names a type";
    } else if (node instanceof ConstructorReference) {
      return "constructs an object";
    } else if (node instanceof BeanReference) {
      return "reaches for a bean";
    } else if (node instanceof Assign || node instanceof OpInc || node instanceof OpDec) {
      return "assigns a value";
    } else if (node instanceof MethodReference || node instanceof FunctionReference) {
      return "calls a method";
    }
    return null;
  }

  private String known() {
    return String.join(", ", new TreeSet<>(variables.keySet()).stream().map(v -> "#" + v).toList());
  }

  /**
   * Why an expression is refused.
   *
   * @param problem continues a sentence that begins with the expression
   * @param fix what to write instead
   */
  record Violation(String problem, String fix) {}
}
