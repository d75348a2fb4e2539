package io.millrace.protocol.generator;

import java.util.List;
import java.util.Map;

/**
 * One message as its schema file describes it.
 *
 * @param kind the schema's {@code type}: request, response, header, data, metadata, coordinator-key, coordinator-value
 * @param apiKey the API key or record type, -1 when the schema gives none
 * @param validVersions versions that exist; empty for messages that Kafka removed
 * @param flexibleVersions versions with compact lengths and tagged fields
 * @param latestUnstable whether the highest version is still under development
 * @param listeners who serves the API: broker, controller
 * @param root the message's own fields
 * @param structs every nested struct by name, in order of appearance
 */
record MessageSchema(
        String name,
        String kind,
        int apiKey,
        VersionRange validVersions,
        VersionRange flexibleVersions,
        boolean latestUnstable,
        List<String> listeners,
        StructSchema root,
        Map<String, StructSchema> structs) {

    StructSchema struct(String structName) {
        StructSchema found = structs.get(structName);
        if (found == null) {
            throw new SchemaException(name + ": struct " + structName + " is not defined");
        }
        return found;
    }

    /** Whether the struct is the message itself. */
    boolean isRoot(StructSchema struct) {
        return struct.name().equals(name);
    }

    /** Whether the struct or one below it has a {@code records} field. */
    boolean holdsRecords(StructSchema struct) {
        for (FieldSchema field : struct.fields()) {
            if (holdsRecords(field.type())) {
                return true;
            }
        }
        return false;
    }

    boolean holdsRecords(FieldType type) {
        return switch (type) {
            case FieldType.Scalar scalar -> false;
            case FieldType.Simple simple -> simple == FieldType.Simple.RECORDS;
            case FieldType.Struct nested -> holdsRecords(struct(nested.name()));
            case FieldType.Array array -> holdsRecords(array.element());
        };
    }

    /** Whether the struct or one below it has an error code. */
    boolean holdsErrorCodes(StructSchema struct) {
        for (FieldSchema field : struct.fields()) {
            if (field.isErrorCode() || holdsErrorCodes(field.type())) {
                return true;
            }
        }
        return false;
    }

    boolean holdsErrorCodes(FieldType type) {
        return switch (type) {
            case FieldType.Scalar scalar -> false;
            case FieldType.Simple simple -> false;
            case FieldType.Struct nested -> holdsErrorCodes(struct(nested.name()));
            case FieldType.Array array -> holdsErrorCodes(array.element());
        };
    }

    /** The fewest bytes that a value of {@code type} takes as an array element in any version of {@code versions}. */
    int smallestElementBytes(FieldType type, VersionRange versions) {
        int smallest = Integer.MAX_VALUE;
        for (int version = versions.lowest(); version <= versions.highest(); version++) {
            smallest = Math.min(smallest, smallestBytes(type, flexibleVersions.contains(version), false, version));
        }
        return smallest;
    }

    private int smallestBytes(FieldType type, boolean compact, boolean nullable, int version) {
        return switch (type) {
            case FieldType.Scalar scalar -> scalar.sizeBytes;
            case FieldType.Simple simple ->
                switch (simple) {
                    case UUID -> 16;
                    case STRING -> compact ? 1 : 2;
                    case BYTES, RECORDS -> compact ? 1 : 4;
                };
            case FieldType.Array array -> compact ? 1 : 4;
            case FieldType.Struct nested -> nullable ? 1 : smallestBytes(struct(nested.name()), version);
        };
    }

    private int smallestBytes(StructSchema struct, int version) {
        int sum = flexibleVersions.contains(version) ? 1 : 0;
        for (FieldSchema field : struct.fields()) {
            if (field.versions().contains(version) && !field.isTagged()) {
                sum += smallestBytes(
                        field.type(),
                        field.flexible().contains(version),
                        field.nullable().contains(version),
                        version);
            }
        }
        return sum;
    }
}
