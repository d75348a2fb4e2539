package io.millrace.protocol.generator;

import java.util.List;

/**
 * A struct: the message itself or one nested in it.
 *
 * @param versions versions of the message in which this struct can appear
 */
record StructSchema(String name, VersionRange versions, List<FieldSchema> fields) {
    List<FieldSchema> taggedFields() {
        return fields.stream()
                .filter(FieldSchema::isTagged)
                .sorted((a, b) -> Integer.compare(a.tag(), b.tag()))
                .toList();
    }

    List<FieldSchema> plainFields() {
        return fields.stream().filter(field -> !field.isTagged()).toList();
    }
}
