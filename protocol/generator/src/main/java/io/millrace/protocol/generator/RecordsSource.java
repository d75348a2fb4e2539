package io.millrace.protocol.generator;

/** Writes the two methods of structs that hold records: giving slices back, and counting the bytes that are not copied. */
final class RecordsSource {
    private final MessageSchema message;
    private final StructSchema struct;
    private final SourceText out;

    RecordsSource(MessageSchema message, StructSchema struct, SourceText out) {
        this.message = message;
        this.struct = struct;
        this.out = out;
    }

    void write() {
        if (!message.holdsRecords(struct)) {
            return;
        }
        boolean root = message.isRoot(struct);
        out.line("");
        out.line(root ? "@Override" : "/** Gives back the slices that reading took. */");
        out.line("public void release() {");
        for (FieldSchema field : struct.fields()) {
            if (message.holdsRecords(field.type())) {
                visit(field, "Defaults.release(", ");", ".release();");
            }
        }
        out.line("}");
        out.line("");
        out.line(root ? "@Override" : "/** Bytes of payloads that writing leaves to the receiver of the parts. */");
        out.line("public int uncopiedBytes() {");
        out.line("int bytes = 0;");
        for (FieldSchema field : struct.fields()) {
            if (message.holdsRecords(field.type())) {
                visit(field, "bytes += FieldSizes.uncopied(", ");", ".uncopiedBytes();");
            }
        }
        out.line("return bytes;");
        out.line("}");
    }

    private void visit(FieldSchema field, String before, String after, String call) {
        String ref = "this." + field.javaName();
        String prefix = call.equals(".uncopiedBytes();") ? "bytes += " : "";
        switch (field.type()) {
            case FieldType.Struct nested -> out.lines("if (" + ref + " != null) {", prefix + ref + call, "}");
            case FieldType.Array array -> {
                out.line("if (" + ref + " != null) {");
                out.line("for (int i = 0, count = " + ref + ".size(); i < count; i++) {");
                out.line(prefix + ref + ".get(i)" + call);
                out.line("}");
                out.line("}");
            }
            default -> out.line(before + ref + after);
        }
    }
}
