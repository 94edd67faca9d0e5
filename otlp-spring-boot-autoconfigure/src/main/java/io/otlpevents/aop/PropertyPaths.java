package io.otlpevents.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.VariableReference;

/** Recognises expressions that are a {@link PropertyPath}. */
final class PropertyPaths {

  private PropertyPaths() {}

  /** The path; null if the expression is more than that. */
  static @Nullable PropertyPath of(
      SpelNode root, Map<String, Variable> variables, boolean recorded) {
    if (root instanceof VariableReference) {
      return path(root, List.of(), variables, recorded);
    }
    if (!(root instanceof CompoundExpression)) {
      return null;
    }
    List<String> properties = new ArrayList<>();
    for (int i = 1; i < root.getChildCount(); i++) {
      if (!(root.getChild(i) instanceof PropertyOrFieldReference property)) {
        return null;
      }
      properties.add(property.getName());
    }
    return path(root.getChild(0), properties, variables, recorded);
  }

  private static @Nullable PropertyPath path(
      SpelNode start, List<String> properties, Map<String, Variable> variables, boolean recorded) {
    Variable variable =
        start instanceof VariableReference ? variables.get(start.toStringAST().substring(1)) : null;
    return variable == null ? null : new PropertyPath(variable, properties, recorded);
  }
}
