package io.millrace.protocol.generator;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One field of a struct.
 *
 * @param name as in the schema, first letter in any case
 * @param versions versions that have the field
 * @param nullable versions in which the value may be null
 * @param tagged versions in which it travels as a tagged field: empty, or all of {@code versions}
 * @param tag the tag number, -1 when not tagged
 * @param flexible versions in which lengths are compact; normally the message's
 * @param defaultText the schema's default as text, null when it gives none; {@code "null"} means null
 * @param ignorable whether a value may be dropped silently by versions that lack the field
 * @param about one sentence for the Javadoc
 */
record FieldSchema(
        String name,
        FieldType type,
        VersionRange versions,
        VersionRange nullable,
        VersionRange tagged,
        int tag,
        VersionRange flexible,
        @Nullable String defaultText,
        boolean ignorable,
        String about) {

    /** Whether it holds a code of {@code ErrorCode}. */
    boolean isErrorCode() {
        return type == FieldType.Scalar.INT16
                && javaName().toLowerCase(Locale.ROOT).endsWith("errorcode");
    }

    boolean isTagged() {
        return tag >= 0;
    }

    boolean defaultsToNull() {
        return type == FieldType.Simple.RECORDS || "null".equals(defaultText);
    }

    /** Whether the Java value may be null in any version or by default. */
    boolean isNullable() {
        return !nullable.isEmpty() || defaultsToNull();
    }

    /** The name of the Java field and of its accessors. */
    String javaName() {
        return JavaNames.accessor(name);
    }
}
