package io.millrace.protocol.generator;

/** The type of a schema field. */
sealed interface FieldType {

    /** A number or boolean of fixed width. */
    enum Scalar implements FieldType {
        BOOL("boolean", "Boolean", 1),
        INT8("byte", "Byte", 1),
        INT16("short", "Short", 2),
        UINT16("int", "UnsignedShort", 2),
        INT32("int", "Int", 4),
        UINT32("long", "UnsignedInt", 4),
        INT64("long", "Long", 8),
        FLOAT64("double", "Double", 8);

        final String javaType;

        /** Tail of the method names in MessageReader and MessageWriter: {@code readShort}, {@code writeShort}. */
        final String wireName;

        final int sizeBytes;

        Scalar(String javaType, String wireName, int sizeBytes) {
            this.javaType = javaType;
            this.wireName = wireName;
            this.sizeBytes = sizeBytes;
        }
    }

    /** A type of varying length or a 16-byte id. */
    enum Simple implements FieldType {
        STRING,
        UUID,
        BYTES,
        RECORDS
    }

    /** A struct, by its name in the schema. */
    record Struct(String name) implements FieldType {}

    /** An array; arrays of arrays do not exist in the schemas. */
    record Array(FieldType element) implements FieldType {}

    static FieldType parse(String text) {
        if (text.startsWith("[]")) {
            FieldType element = parse(text.substring(2));
            if (element instanceof Array || element == Simple.RECORDS || element == Simple.BYTES) {
                throw new SchemaException("array of '" + text.substring(2) + "' is not supported");
            }
            return new Array(element);
        }
        return switch (text) {
            case "bool" -> Scalar.BOOL;
            case "int8" -> Scalar.INT8;
            case "int16" -> Scalar.INT16;
            case "uint16" -> Scalar.UINT16;
            case "int32" -> Scalar.INT32;
            case "uint32" -> Scalar.UINT32;
            case "int64" -> Scalar.INT64;
            case "float64" -> Scalar.FLOAT64;
            case "string" -> Simple.STRING;
            case "uuid" -> Simple.UUID;
            case "bytes" -> Simple.BYTES;
            case "records" -> Simple.RECORDS;
            default -> {
                if (text.isEmpty() || !Character.isUpperCase(text.charAt(0))) {
                    throw new SchemaException("unknown type '" + text + "'");
                }
                yield new Struct(text);
            }
        };
    }
}
