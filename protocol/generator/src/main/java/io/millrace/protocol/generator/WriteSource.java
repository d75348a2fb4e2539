package io.millrace.protocol.generator;

/** Writes the methods that encode one struct and that measure it. */
final class WriteSource {
    private final MessageSchema message;
    private final StructSchema struct;
    private final SourceText out;
    private final VersionRange possible;
    private final String flexible;

    WriteSource(MessageSchema message, StructSchema struct, SourceText out) {
        this.message = message;
        this.struct = struct;
        this.out = out;
        this.possible = struct.versions();
        this.flexible = message.flexibleVersions().condition(possible);
    }

    void write() {
        writeMethod();
        sizeMethod();
        if (!flexible.equals("false") && !struct.taggedFields().isEmpty()) {
            writeTagsMethod();
            tagsSizeMethod();
        }
        for (FieldSchema field : struct.fields()) {
            if (isObjectArray(field) && !live(field).isEmpty()) {
                writeArrayMethod(field);
                sizeArrayMethod(field);
            }
        }
    }

    private void writeMethod() {
        boolean root = message.isRoot(struct);
        out.line("");
        if (root) {
            out.line("@Override");
        }
        out.line((root ? "public " : "") + "void write(MessageWriter out, short version) {");
        versionCheck();
        flexibleLocal();
        for (FieldSchema field : struct.fields()) {
            writeField(field);
        }
        if (struct.taggedFields().isEmpty()) {
            out.when(flexibleName(), () -> out.line("out.writeUnsignedVarint(0);"));
        } else {
            out.when(flexibleName(), () -> out.line("writeTags(out, version);"));
        }
        out.line("}");
    }

    private void writeField(FieldSchema field) {
        String present = field.versions().condition(possible);
        String refuse = "throw MessageWriter.absent(" + label(field) + ", version);";
        String isSet = JavaTypes.isSet(field, ref(field));
        boolean mustCheck = !field.ignorable() && !present.equals("true");
        if (field.isTagged()) {
            if (mustCheck) {
                String absent = present.equals("false") ? "" : "!(" + present + ") && ";
                out.lines("if (" + absent + "(" + isSet + ")) {", refuse, "}");
            }
            return;
        }
        if (present.equals("false")) {
            if (mustCheck) {
                out.lines("if (" + isSet + ") {", refuse, "}");
            }
            return;
        }
        if (present.equals("true")) {
            writeValue(field, compact(field), live(field));
            return;
        }
        out.line("if (" + present + ") {");
        writeValue(field, compact(field), live(field));
        if (mustCheck) {
            out.line("} else if (" + isSet + ") {");
            out.line(refuse);
        }
        out.line("}");
    }

    /** The statements that write a whole value, its length included. */
    private void writeValue(FieldSchema field, String compact, VersionRange live) {
        String ref = ref(field);
        String nullable = field.nullable().condition(live);
        String tail = "(" + ref + ", " + compact + ", " + nullable + ", " + label(field) + ");";
        switch (field.type()) {
            case FieldType.Scalar scalar -> out.line("out.write" + scalar.wireName + "(" + ref + ");");
            case FieldType.Simple simple -> {
                switch (simple) {
                    case UUID -> out.line("out.writeUuid(" + ref + ", " + label(field) + ");");
                    case STRING -> out.line("out.writeString" + tail);
                    case BYTES -> out.line("out.writeBytes" + tail);
                    case RECORDS -> out.line("out.writeRecords" + tail);
                }
            }
            case FieldType.Struct nested -> writeStruct(field, nullable);
            case FieldType.Array(FieldType.Scalar scalar) -> out.line("out.write" + scalar.wireName + "Array" + tail);
            case FieldType.Array array ->
                out.line("write" + JavaNames.capitalized(field.javaName()) + "(out, version, " + compact + ");");
        }
    }

    private void writeStruct(FieldSchema field, String nullable) {
        String ref = ref(field);
        if (nullable.equals("false")) {
            out.lines("if (" + ref + " == null) {", "throw MessageWriter.nullValue(" + label(field) + ");", "}");
            out.line(ref + ".write(out, version);");
            return;
        }
        String presence = field.isTagged() ? "writeTaggedPresence" : "writePresence";
        out.line("if (out." + presence + "(" + ref + ", " + nullable + ", " + label(field) + ")) {");
        out.line(ref + ".write(out, version);");
        out.line("}");
    }

    private void sizeMethod() {
        boolean root = message.isRoot(struct);
        out.line("");
        if (root) {
            out.line("@Override");
        }
        out.line((root ? "public " : "") + "int size(short version) {");
        versionCheck();
        flexibleLocal();
        int fixed = 0;
        for (FieldSchema field : struct.plainFields()) {
            if (field.versions().condition(possible).equals("true") && fixedSize(field) > 0) {
                fixed += fixedSize(field);
            }
        }
        out.line("int bytes = " + fixed + ";");
        for (FieldSchema field : struct.plainFields()) {
            String present = field.versions().condition(possible);
            if (present.equals("true") && fixedSize(field) > 0) {
                continue;
            }
            out.when(present, () -> out.line("bytes += " + valueSize(field, compact(field), live(field)) + ";"));
        }
        if (struct.taggedFields().isEmpty()) {
            out.when(flexibleName(), () -> out.line("bytes += 1;"));
        } else {
            out.when(flexibleName(), () -> out.line("bytes += tagsSize(version);"));
        }
        out.line("return bytes;");
        out.line("}");
    }

    private static int fixedSize(FieldSchema field) {
        if (field.type() instanceof FieldType.Scalar scalar) {
            return scalar.sizeBytes;
        }
        return field.type() == FieldType.Simple.UUID ? 16 : 0;
    }

    /** The expression for the bytes that a whole value takes, its length included. */
    private String valueSize(FieldSchema field, String compact, VersionRange live) {
        String ref = ref(field);
        String nullable = field.nullable().condition(live);
        String tail = "(" + ref + ", " + compact + ", " + label(field) + ")";
        return switch (field.type()) {
            case FieldType.Scalar scalar -> Integer.toString(scalar.sizeBytes);
            case FieldType.Simple simple ->
                switch (simple) {
                    case UUID -> "16";
                    case STRING -> "FieldSizes.string" + tail;
                    case BYTES -> "FieldSizes.bytes" + tail;
                    case RECORDS -> "FieldSizes.records" + tail;
                };
            case FieldType.Struct nested ->
                switch (nullable) {
                    case "false" -> "FieldSizes.required(" + ref + ", " + label(field) + ").size(version)";
                    case "true" -> "(" + ref + " == null ? 1 : 1 + " + ref + ".size(version))";
                    default -> "(" + ref + " == null ? 1 : (" + nullable + " ? 1 : 0) + " + ref + ".size(version))";
                };
            case FieldType.Array(FieldType.Scalar scalar) ->
                "FieldSizes.array(" + ref + " == null ? -1 : " + ref + ".length, " + scalar.sizeBytes + ", " + compact
                        + ")";
            case FieldType.Array array ->
                "sizeOf" + JavaNames.capitalized(field.javaName()) + "(version, " + compact + ")";
        };
    }

    private void writeTagsMethod() {
        out.line("");
        out.line("private void writeTags(MessageWriter out, short version) {");
        out.line("int count = 0;");
        for (FieldSchema field : struct.taggedFields()) {
            whenTagged(field, () -> out.line("count++;"));
        }
        out.line("out.writeUnsignedVarint(count);");
        for (FieldSchema field : struct.taggedFields()) {
            whenTagged(field, () -> {
                out.line("out.writeUnsignedVarint(" + field.tag() + ");");
                out.line("out.writeUnsignedVarint(" + valueSize(field, "true", live(field)) + ");");
                writeValue(field, "true", live(field));
            });
        }
        out.line("}");
    }

    private void tagsSizeMethod() {
        out.line("");
        out.line("private int tagsSize(short version) {");
        out.line("int count = 0;");
        out.line("int bytes = 0;");
        for (FieldSchema field : struct.taggedFields()) {
            whenTagged(field, () -> {
                out.line(
                        "bytes += FieldSizes.tag(" + field.tag() + ", " + valueSize(field, "true", live(field)) + ");");
                out.line("count++;");
            });
        }
        out.line("return bytes + FieldSizes.unsignedVarint(count);");
        out.line("}");
    }

    private void whenTagged(FieldSchema field, Runnable body) {
        String present = field.versions().condition(possible.intersect(message.flexibleVersions()));
        if (present.equals("false")) {
            return;
        }
        String isSet = JavaTypes.isSet(field, ref(field));
        out.when(present.equals("true") ? isSet : present + " && (" + isSet + ")", body);
    }

    private void writeArrayMethod(FieldSchema field) {
        FieldType element = ((FieldType.Array) field.type()).element();
        String ref = ref(field);
        out.line("");
        out.line("private void write" + JavaNames.capitalized(field.javaName())
                + "(MessageWriter out, short version, boolean compact) {");
        out.line("if (" + ref + " == null) {");
        out.line("out.writeNullArray(compact, " + field.nullable().condition(live(field)) + ", " + label(field) + ");");
        out.line("return;");
        out.line("}");
        out.line("int count = " + ref + ".size();");
        out.line("out.writeArrayLength(count, compact);");
        out.line("for (int i = 0; i < count; i++) {");
        switch (element) {
            case FieldType.Struct nested -> out.line(ref + ".get(i).write(out, version);");
            case FieldType.Simple simple -> {
                if (simple == FieldType.Simple.UUID) {
                    out.line("out.writeUuid(" + ref + ".get(i), " + label(field) + ");");
                } else {
                    out.line("out.writeString(" + ref + ".get(i), compact, false, " + label(field) + ");");
                }
            }
            default -> throw new SchemaException(field.name() + ": unexpected element " + element);
        }
        out.line("}");
        out.line("}");
    }

    private void sizeArrayMethod(FieldSchema field) {
        FieldType element = ((FieldType.Array) field.type()).element();
        String ref = ref(field);
        out.line("");
        out.line("private int sizeOf" + JavaNames.capitalized(field.javaName()) + "(short version, boolean compact) {");
        if (element == FieldType.Simple.UUID) {
            out.line("return FieldSizes.array(" + ref + " == null ? -1 : " + ref + ".size(), 16, compact);");
            out.line("}");
            return;
        }
        out.lines("if (" + ref + " == null) {", "return FieldSizes.arrayLength(-1, compact);", "}");
        out.line("int count = " + ref + ".size();");
        out.line("int bytes = FieldSizes.arrayLength(count, compact);");
        out.line("for (int i = 0; i < count; i++) {");
        if (element instanceof FieldType.Struct) {
            out.line("bytes += " + ref + ".get(i).size(version);");
        } else {
            out.line("bytes += FieldSizes.string(" + ref + ".get(i), compact, " + label(field) + ");");
        }
        out.line("}");
        out.line("return bytes;");
        out.line("}");
    }

    private void versionCheck() {
        if (message.isRoot(struct)) {
            out.line("Versions.checkEncodable(\"" + struct.name() + "\", version, LOWEST_VERSION, HIGHEST_VERSION);");
        }
    }

    private void flexibleLocal() {
        if (!flexible.equals("true") && !flexible.equals("false")) {
            out.line("boolean flexible = " + flexible + ";");
        }
    }

    private String flexibleName() {
        return flexible.equals("true") || flexible.equals("false") ? flexible : "flexible";
    }

    private String compact(FieldSchema field) {
        String exact = field.flexible().condition(live(field));
        boolean own = !field.flexible().equals(message.flexibleVersions());
        return own || exact.equals("true") || exact.equals("false") ? exact : flexibleName();
    }

    private VersionRange live(FieldSchema field) {
        return field.versions().intersect(possible);
    }

    private static boolean isObjectArray(FieldSchema field) {
        return field.type() instanceof FieldType.Array(FieldType element) && !(element instanceof FieldType.Scalar);
    }

    private static String ref(FieldSchema field) {
        return "this." + field.javaName();
    }

    private String label(FieldSchema field) {
        return "\"" + struct.name() + "." + field.javaName() + "\"";
    }
}
