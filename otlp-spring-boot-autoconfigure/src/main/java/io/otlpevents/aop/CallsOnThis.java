package io.otlpevents.aop;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ConstantDynamic;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Tells which methods an instance method calls on {@code this}, and for which it makes references
 * such as {@code this::pay}. It follows the operand stack as far as needed to know where {@code
 * this} lies on it; a {@code this} that was kept in a variable or a field is not known any more.
 */
final class CallsOnThis extends MethodVisitor {

  /**
   * How each instruction without operand changes the size of the stack, as letters: E for no
   * change, F for one slot more, D for one less, and so on. It starts at {@code NOP}; those with
   * operands have a dash.
   */
  private static final String CHANGES =
      "EFFFFFFFFGGFFFGG------------------------------DEDEDDDD-------------------------BABABBBBDCF"
          + "FFGGGEDCDCDCDCDCDCDCDCDCDCEEEEDDDDDDDCDCDC-FEFDDEEFFDEDEEEBDDBB";

  private final Consumer<String> calls;

  /** The slots of the stack that hold {@code this}. */
  private final BitSet self = new BitSet();

  private int depth;

  /** Where exceptions are caught: there the stack holds nothing but the exception. */
  private final Set<Label> handlers = new HashSet<>();

  private boolean atHandler;

  /**
   * @param calls told the name and descriptor of each method called
   */
  CallsOnThis(Consumer<String> calls) {
    super(SpringAsmInfo.ASM_VERSION);
    this.calls = calls;
  }

  private void change(int slots) {
    depth = Math.max(0, depth + slots);
    self.clear(depth, Math.max(depth, self.length()));
  }

  private boolean isThis(int slotsBelowTop) {
    int slot = depth - 1 - slotsBelowTop;
    return slot >= 0 && self.get(slot);
  }

  /** Takes values away and puts others there. */
  private void replace(int taken, int put) {
    change(-taken);
    change(put);
  }

  @Override
  public void visitInsn(int opcode) {
    switch (opcode) {
      case Opcodes.DUP -> {
        boolean same = isThis(0);
        change(1);
        self.set(depth - 1, same);
      }
      case Opcodes.DUP_X1, Opcodes.DUP_X2, Opcodes.DUP2, Opcodes.DUP2_X1, Opcodes.DUP2_X2 -> {
        change(CHANGES.charAt(opcode) - 'E');
        self.clear(Math.max(0, depth - 6), depth);
      }
      case Opcodes.SWAP -> replace(2, 2);
      case Opcodes.ARRAYLENGTH -> replace(1, 1);
      case Opcodes.MONITORENTER, Opcodes.MONITOREXIT -> change(-1);
      default -> {
        if (opcode < CHANGES.length()) {
          change(CHANGES.charAt(opcode) - 'E');
        }
        // Else it leaves the method; what follows begins with a frame.
      }
    }
  }

  @Override
  public void visitIntInsn(int opcode, int operand) {
    change(opcode == Opcodes.NEWARRAY ? 0 : 1);
  }

  @Override
  public void visitVarInsn(int opcode, int varIndex) {
    switch (opcode) {
      case Opcodes.LLOAD, Opcodes.DLOAD -> change(2);
      case Opcodes.ILOAD, Opcodes.FLOAD -> change(1);
      case Opcodes.ALOAD -> {
        change(1);
        self.set(depth - 1, varIndex == 0);
      }
      case Opcodes.LSTORE, Opcodes.DSTORE -> change(-2);
      default -> change(-1);
    }
  }

  @Override
  public void visitTypeInsn(int opcode, String type) {
    if (opcode == Opcodes.NEW) {
      change(1);
    } else if (opcode == Opcodes.INSTANCEOF) {
      replace(1, 1);
    }
  }

  @Override
  public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
    int size = Type.getType(descriptor).getSize();
    switch (opcode) {
      case Opcodes.GETSTATIC -> change(size);
      case Opcodes.PUTSTATIC -> change(-size);
      case Opcodes.GETFIELD -> replace(1, size);
      default -> change(-1 - size);
    }
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    int sizes = Type.getArgumentsAndReturnSizes(descriptor);
    // The size of the arguments includes a receiver, which is there or not.
    int arguments = (sizes >> 2) - 1;
    // A call of super's method, and of a constructor, is no call that a proxy could see.
    boolean virtual = opcode == Opcodes.INVOKEVIRTUAL || opcode == Opcodes.INVOKEINTERFACE;
    if (virtual && isThis(arguments)) {
      calls.accept(name + descriptor);
    }
    replace(arguments + (opcode == Opcodes.INVOKESTATIC ? 0 : 1), sizes & 3);
  }

  @Override
  public void visitInvokeDynamicInsn(
      String name, String descriptor, Handle bootstrap, Object... bootstrapArguments) {
    int sizes = Type.getArgumentsAndReturnSizes(descriptor);
    int arguments = (sizes >> 2) - 1;
    if (arguments > 0 && isThis(arguments - 1)) {
      for (Object argument : bootstrapArguments) {
        if (argument instanceof Handle handle
            && (handle.getTag() == Opcodes.H_INVOKEVIRTUAL
                || handle.getTag() == Opcodes.H_INVOKEINTERFACE)) {
          calls.accept(handle.getName() + handle.getDesc());
        }
      }
    }
    replace(arguments, sizes & 3);
  }

  @Override
  public void visitJumpInsn(int opcode, Label label) {
    if (opcode >= Opcodes.IF_ICMPEQ && opcode <= Opcodes.IF_ACMPNE) {
      change(-2);
    } else if (opcode != Opcodes.GOTO) {
      change(-1);
    }
  }

  @Override
  public void visitTableSwitchInsn(int min, int max, Label other, Label... labels) {
    change(-1);
  }

  @Override
  public void visitLookupSwitchInsn(Label other, int[] keys, Label[] labels) {
    change(-1);
  }

  @Override
  public void visitLdcInsn(Object value) {
    boolean wide =
        value instanceof Long
            || value instanceof Double
            || value instanceof ConstantDynamic constant && constant.getSize() == 2;
    change(wide ? 2 : 1);
  }

  @Override
  public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
    change(1 - dimensions);
  }

  @Override
  public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
    handlers.add(handler);
  }

  @Override
  public void visitLabel(Label label) {
    atHandler |= handlers.contains(label);
  }

  /**
   * Where branches meet. What lies below the values of a branch, such as the receiver of a call
   * whose argument is a conditional expression, stays what it was.
   */
  @Override
  public void visitFrame(
      int type, int locals, Object @Nullable [] local, int values, Object @Nullable [] stack) {
    int size = 0;
    for (int i = 0; stack != null && i < values; i++) {
      size += stack[i] == Opcodes.LONG || stack[i] == Opcodes.DOUBLE ? 2 : 1;
    }
    change(size - depth);
    if (atHandler) {
      self.clear();
      atHandler = false;
    }
  }
}
