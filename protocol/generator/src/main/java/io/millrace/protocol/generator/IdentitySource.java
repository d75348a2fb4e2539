package io.millrace.protocol.generator;

import java.util.List;

/** Writes {@code equals}, {@code hashCode} and {@code toString} of one struct. */
final class IdentitySource {
    private final StructSchema struct;
    private final SourceText out;

    IdentitySource(StructSchema struct, SourceText out) {
        this.struct = struct;
        this.out = out;
    }

    void write() {
        List<FieldSchema> fields = struct.fields();
        out.line("");
        out.lines("@Override", "public boolean equals(@Nullable Object object) {");
        if (fields.isEmpty()) {
            out.line("return object instanceof " + struct.name() + ";");
        } else {
            out.lines("if (this == object) {", "return true;", "}");
            out.lines("if (!(object instanceof " + struct.name() + ")) {", "return false;", "}");
            out.line(struct.name() + " that = (" + struct.name() + ") object;");
            for (int i = 0; i < fields.size(); i++) {
                FieldSchema field = fields.get(i);
                String equal = JavaTypes.equal(field, "this." + field.javaName(), "that." + field.javaName());
                out.line((i == 0 ? "return " : "        && ") + equal + (i == fields.size() - 1 ? ";" : ""));
            }
        }
        out.line("}");
        out.line("");
        out.lines("@Override", "public int hashCode() {", "int hash = 0;");
        for (FieldSchema field : fields) {
            out.line("hash = 31 * hash + " + JavaTypes.hash(field, "this." + field.javaName()) + ";");
        }
        out.lines("return hash;", "}");
        out.line("");
        out.lines("@Override", "public String toString() {");
        out.line("StringBuilder text = new StringBuilder(\"" + struct.name() + "{\");");
        for (int i = 0; i < fields.size(); i++) {
            FieldSchema field = fields.get(i);
            String printed = JavaTypes.printed(field, "this." + field.javaName());
            out.line("text.append(\"" + (i == 0 ? "" : ", ") + field.javaName() + "=\").append(" + printed + ");");
        }
        out.lines("return text.append('}').toString();", "}");
    }
}
