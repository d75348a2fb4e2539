package io.millrace.protocol.generator;

import org.jspecify.annotations.Nullable;

/** Java's side of a field: its type, default, comparison and printed form. */
final class JavaTypes {
    private JavaTypes() {}

    /** The type as an accessor declares it, with its {@code @Nullable} where the value may be null. */
    static String declared(FieldSchema field) {
        String plain = plain(field.type());
        if (!field.isNullable()) {
            return plain;
        }
        // A type annotation on an array goes before its brackets; before the element type it would speak of elements.
        return plain.endsWith("[]") ? plain.substring(0, plain.length() - 2) + " @Nullable []" : "@Nullable " + plain;
    }

    static String plain(FieldType type) {
        return switch (type) {
            case FieldType.Scalar scalar -> scalar.javaType;
            case FieldType.Simple simple ->
                switch (simple) {
                    case STRING -> "String";
                    case UUID -> "Uuid";
                    case BYTES -> "byte[]";
                    case RECORDS -> "RecordsPayload";
                };
            case FieldType.Struct struct -> struct.name();
            case FieldType.Array(FieldType.Scalar scalar) -> scalar.javaType + "[]";
            case FieldType.Array(FieldType element) -> "List<" + plain(element) + ">";
        };
    }

    static boolean isPrimitiveArray(FieldType type) {
        return type == FieldType.Simple.BYTES || type instanceof FieldType.Array(FieldType.Scalar scalar);
    }

    /** The initial value of the Java field. */
    static String initial(FieldSchema field) {
        if (field.defaultsToNull()) {
            return "null";
        }
        String given = field.defaultText();
        return switch (field.type()) {
            case FieldType.Scalar scalar -> number(scalar, given, field.name());
            case FieldType.Simple simple ->
                switch (simple) {
                    case STRING ->
                        "\"" + (given == null ? "" : given.replace("\\", "\\\\").replace("\"", "\\\"")) + "\"";
                    case UUID -> "Uuid.ZERO";
                    case BYTES -> "Defaults.NO_BYTES";
                    case RECORDS -> "null";
                };
            case FieldType.Struct struct -> "new " + struct.name() + "()";
            case FieldType.Array(FieldType.Scalar scalar) ->
                "Defaults.NO_" + scalar.javaType.toUpperCase(java.util.Locale.ROOT) + "S";
            case FieldType.Array array -> "new ArrayList<>(0)";
        };
    }

    private static String number(FieldType.Scalar scalar, @Nullable String given, String name) {
        String text = given == null || given.isEmpty() ? "0" : given;
        try {
            return switch (scalar) {
                case BOOL -> Boolean.toString(Boolean.parseBoolean(text));
                case FLOAT64 -> Double.toString(Double.parseDouble(text));
                case INT64, UINT32 -> Long.decode(text) + "L";
                case INT8 -> "(byte) " + Byte.decode(text);
                case INT16 -> "(short) " + Short.decode(text);
                case INT32, UINT16 -> Integer.decode(text).toString();
            };
        } catch (NumberFormatException e) {
            throw new SchemaException("field " + name + ": default '" + given + "' is no " + scalar, e);
        }
    }

    /** True when the value at {@code ref} differs from the field's default, and so must not be dropped. */
    static String isSet(FieldSchema field, String ref) {
        if (field.defaultsToNull()) {
            return ref + " != null";
        }
        // Null where null is not allowed counts as set, so that write() sees and refuses it.
        String orNull = ref + " == null || ";
        return switch (field.type()) {
            case FieldType.Scalar scalar -> {
                String initial = initial(field);
                yield switch (initial) {
                    case "true" -> "!" + ref;
                    case "false" -> ref;
                    default ->
                        scalar == FieldType.Scalar.FLOAT64
                                ? "Double.compare(" + ref + ", " + initial + ") != 0"
                                : ref + " != " + initial;
                };
            }
            case FieldType.Simple simple ->
                simple == FieldType.Simple.BYTES
                        ? orNull + ref + ".length != 0"
                        : orNull + "!" + ref + ".equals(" + initial(field) + ")";
            case FieldType.Struct struct -> orNull + "!" + ref + ".equals(" + initial(field) + ")";
            case FieldType.Array array ->
                isPrimitiveArray(array) ? orNull + ref + ".length != 0" : orNull + "!" + ref + ".isEmpty()";
        };
    }

    static String equal(FieldSchema field, String a, String b) {
        if (field.type() instanceof FieldType.Scalar scalar) {
            return scalar == FieldType.Scalar.FLOAT64 ? "Double.compare(" + a + ", " + b + ") == 0" : a + " == " + b;
        }
        return (isPrimitiveArray(field.type()) ? "Arrays" : "Objects") + ".equals(" + a + ", " + b + ")";
    }

    static String hash(FieldSchema field, String ref) {
        return switch (field.type()) {
            case FieldType.Scalar scalar ->
                switch (scalar) {
                    case BOOL -> "Boolean.hashCode(" + ref + ")";
                    case INT64, UINT32 -> "Long.hashCode(" + ref + ")";
                    case FLOAT64 -> "Double.hashCode(" + ref + ")";
                    default -> ref;
                };
            default -> (isPrimitiveArray(field.type()) ? "Arrays" : "Objects") + ".hashCode(" + ref + ")";
        };
    }

    /** The value as {@code toString} shows it: never the content of bytes or records. */
    static String printed(FieldSchema field, String ref) {
        return switch (field.type()) {
            case FieldType.Simple simple ->
                switch (simple) {
                    case BYTES -> "Defaults.sizeOnly(" + ref + ")";
                    case RECORDS -> "Defaults.sizeOnly(" + ref + ")";
                    default -> ref;
                };
            case FieldType.Array array -> isPrimitiveArray(array) ? "Arrays.toString(" + ref + ")" : ref;
            default -> ref;
        };
    }
}
