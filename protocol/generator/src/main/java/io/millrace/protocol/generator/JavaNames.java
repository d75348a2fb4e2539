package io.millrace.protocol.generator;

import java.util.Locale;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Turns schema names into Java names. */
final class JavaNames {
    /** Methods that every generated class already has. */
    private static final Set<String> TAKEN = Set.of(
            "size",
            "write",
            "read",
            "release",
            "hashCode",
            "equals",
            "toString",
            "getClass",
            "notify",
            "notifyAll",
            "wait",
            "clone",
            "finalize",
            "uncopiedBytes",
            "lowestVersion",
            "highestVersion");

    private JavaNames() {}

    /** {@code TopicId} becomes {@code topicId}; a name that Java or the generated class needs itself gets {@code Field} appended. */
    static String accessor(String schemaName) {
        String name = Character.toLowerCase(schemaName.charAt(0)) + schemaName.substring(1);
        return TAKEN.contains(name) || SourceVersion.isKeyword(name) ? name + "Field" : name;
    }

    /** {@code topicId} becomes {@code TopicId}, for use inside method names. */
    static String capitalized(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** {@code ListOffsets} becomes {@code LIST_OFFSETS}. */
    static String constant(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
                .toUpperCase(Locale.ROOT);
    }

    /** Text that is safe inside a Javadoc comment. */
    static String javadoc(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;")
                .replace("\\", "&#92;");
    }
}
