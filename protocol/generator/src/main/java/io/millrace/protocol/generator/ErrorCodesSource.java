package io.millrace.protocol.generator;

/** Writes the method of structs that hold error codes, at any depth: it shows those that are set. */
final class ErrorCodesSource {
    private final MessageSchema message;
    private final StructSchema struct;
    private final SourceText out;

    ErrorCodesSource(MessageSchema message, StructSchema struct, SourceText out) {
        this.message = message;
        this.struct = struct;
        this.out = out;
    }

    void write() {
        if (!message.holdsErrorCodes(struct)) {
            return;
        }
        out.line("");
        out.line(message.isRoot(struct) ? "@Override" : "/** Shows every error code that is set. */");
        out.line("public void errorCodes(ErrorCodeVisitor visitor) {");
        for (FieldSchema field : struct.fields()) {
            visit(field);
        }
        out.line("}");
    }

    private void visit(FieldSchema field) {
        String ref = "this." + field.javaName();
        if (field.isErrorCode()) {
            out.lines("if (" + ref + " != 0) {", "visitor.errorCode(" + ref + ");", "}");
            return;
        }
        if (!message.holdsErrorCodes(field.type())) {
            return;
        }
        out.line("if (" + ref + " != null) {");
        if (field.type() instanceof FieldType.Array) {
            out.line("for (int i = 0, count = " + ref + ".size(); i < count; i++) {");
            out.line(ref + ".get(i).errorCodes(visitor);");
            out.line("}");
        } else {
            out.line(ref + ".errorCodes(visitor);");
        }
        out.line("}");
    }
}
