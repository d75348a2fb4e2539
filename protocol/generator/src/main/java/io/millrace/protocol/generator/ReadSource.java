package io.millrace.protocol.generator;

/** Writes the methods that decode one struct. */
final class ReadSource {
    private final MessageSchema message;
    private final StructSchema struct;
    private final SourceText out;
    private final VersionRange possible;

    ReadSource(MessageSchema message, StructSchema struct, SourceText out) {
        this.message = message;
        this.struct = struct;
        this.out = out;
        this.possible = struct.versions();
    }

    void write() {
        String flexible = message.flexibleVersions().condition(possible);
        out.line("");
        out.line("static " + struct.name() + " readFields(MessageReader in, short version) {");
        if (!flexible.equals("true") && !flexible.equals("false")) {
            out.line("boolean flexible = " + flexible + ";");
        }
        out.line(struct.name() + " it = new " + struct.name() + "();");
        for (FieldSchema field : struct.plainFields()) {
            out.when(field.versions().condition(possible), () -> readField(field));
        }
        String compact = compactName(flexible);
        if (struct.taggedFields().isEmpty()) {
            out.when(compact, () -> out.line("in.skipUnknownTags(\"" + struct.name() + "\");"));
        } else {
            out.when(compact, () -> out.line("it.readTags(in, version);"));
        }
        out.line("return it;");
        out.line("}");
        for (FieldSchema field : struct.fields()) {
            if (isObjectArray(field)) {
                arrayMethod(field);
            }
        }
        if (!struct.taggedFields().isEmpty() && !flexible.equals("false")) {
            tagsMethod();
        }
    }

    private void readField(FieldSchema field) {
        VersionRange live = field.versions().intersect(possible);
        out.line("it." + field.javaName() + " = " + value(field, compact(field, live), "version", live) + ";");
    }

    /** The expression that reads a whole value, its length included. */
    private String value(FieldSchema field, String compact, String version, VersionRange live) {
        String label = label(field);
        String nullable = field.nullable().condition(live);
        return switch (field.type()) {
            case FieldType.Scalar scalar -> "in.read" + scalar.wireName + "(" + label + ")";
            case FieldType.Simple simple ->
                switch (simple) {
                    case UUID -> "in.readUuid(" + label + ")";
                    case STRING -> "in.readString(" + compact + ", " + nullable + ", " + label + ")";
                    case BYTES -> "in.readBytes(" + compact + ", " + nullable + ", " + label + ")";
                    case RECORDS -> "in.readRecords(" + compact + ", " + nullable + ", " + label + ")";
                };
            case FieldType.Struct nested -> structValue(field, nested, nullable, version);
            case FieldType.Array(FieldType.Scalar scalar) ->
                "in.read" + scalar.wireName + "Array(" + compact + ", " + nullable + ", " + label + ")";
            case FieldType.Array array ->
                "read" + JavaNames.capitalized(field.javaName()) + "(in, " + version + ", " + compact + ")";
        };
    }

    private String structValue(FieldSchema field, FieldType.Struct nested, String nullable, String version) {
        String plain = nested.name() + ".readFields(in, " + version + ")";
        String present = "in." + (field.isTagged() ? "readTaggedPresence" : "readPresence") + "(" + label(field) + ")";
        return switch (nullable) {
            case "false" -> plain;
            case "true" -> present + " ? " + plain + " : null";
            default -> "!(" + nullable + ") || " + present + " ? " + plain + " : null";
        };
    }

    private void arrayMethod(FieldSchema field) {
        VersionRange live = field.versions().intersect(possible);
        if (live.isEmpty()) {
            return;
        }
        FieldType element = ((FieldType.Array) field.type()).element();
        String type = JavaTypes.plain(element);
        String nullable = field.nullable().condition(live);
        out.line("");
        out.line("private static " + (field.isNullable() ? "@Nullable " : "") + "List<" + type + "> read"
                + JavaNames.capitalized(field.javaName()) + "(MessageReader in, short version, boolean compact) {");
        out.line("int count = in.readArrayLength(compact, " + nullable + ", "
                + message.smallestElementBytes(element, live) + ", " + label(field) + ");");
        if (!nullable.equals("false")) {
            out.lines("if (count < 0) {", "return null;", "}");
        }
        out.line("ArrayList<" + type + "> list = new ArrayList<>(count);");
        out.line("for (int i = 0; i < count; i++) {");
        out.line("list.add(" + elementValue(element, field) + ");");
        out.line("}");
        out.line("return list;");
        out.line("}");
    }

    private String elementValue(FieldType element, FieldSchema field) {
        return switch (element) {
            case FieldType.Struct nested -> nested.name() + ".readFields(in, version)";
            case FieldType.Simple simple ->
                simple == FieldType.Simple.UUID
                        ? "in.readUuid(" + label(field) + ")"
                        : "in.readString(compact, false, " + label(field) + ")";
            default -> throw new SchemaException(field.name() + ": unexpected element " + element);
        };
    }

    private void tagsMethod() {
        out.line("");
        out.line("private void readTags(MessageReader in, short version) {");
        out.line("int count = in.readTagCount(\"" + struct.name() + "\");");
        out.line("int tag = -1;");
        out.line("for (int i = 0; i < count; i++) {");
        out.line("tag = in.readTag(tag, \"" + struct.name() + "\");");
        out.line("int outerLimit = in.enterTag(\"" + struct.name() + "\");");
        out.line("switch (tag) {");
        for (FieldSchema field : struct.taggedFields()) {
            VersionRange live = field.versions().intersect(possible);
            String condition = field.versions().condition(possible.intersect(message.flexibleVersions()));
            if (condition.equals("false")) {
                continue;
            }
            out.line("case " + field.tag() + " -> {");
            if (condition.equals("true")) {
                out.line("this." + field.javaName() + " = " + value(field, "true", "version", live) + ";");
            } else {
                out.line("if (" + condition + ") {");
                out.line("this." + field.javaName() + " = " + value(field, "true", "version", live) + ";");
                out.line("} else {");
                out.line("in.skipUnknownTag(\"" + struct.name() + "\");");
                out.line("}");
            }
            out.line("}");
        }
        out.line("default -> in.skipUnknownTag(\"" + struct.name() + "\");");
        out.line("}");
        out.line("in.leaveTag(outerLimit, \"" + struct.name() + "\");");
        out.line("}");
        out.line("}");
    }

    private boolean isObjectArray(FieldSchema field) {
        return field.type() instanceof FieldType.Array(FieldType element) && !(element instanceof FieldType.Scalar);
    }

    private String label(FieldSchema field) {
        return "\"" + struct.name() + "." + field.javaName() + "\"";
    }

    private String compact(FieldSchema field, VersionRange live) {
        if (field.flexible().equals(message.flexibleVersions())) {
            String exact = field.flexible().condition(live);
            return exact.equals("true") || exact.equals("false")
                    ? exact
                    : compactName(message.flexibleVersions().condition(possible));
        }
        return field.flexible().condition(live);
    }

    private static String compactName(String condition) {
        return condition.equals("true") || condition.equals("false") ? condition : "flexible";
    }
}
