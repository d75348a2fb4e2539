package io.millrace.broker.config;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One configuration key: Kafka's name where the meaning is Kafka's, its type, default, bounds and documentation. Immutable.
 *
 * @param <T> the Java type of a parsed value
 */
public final class ConfigKey<T> {

    /** Types as the protocol numbers them (DescribeConfigs v3). */
    public enum Type {
        BOOLEAN(1),
        STRING(2),
        INT(3),
        LONG(5),
        DOUBLE(6),
        LIST(7);

        private final byte id;

        Type(int id) {
            this.id = (byte) id;
        }

        /** As DescribeConfigs answers it. */
        public byte id() {
            return id;
        }
    }

    private final String name;
    private final Type type;
    private final String defaultText;
    private final String unit;
    private final String accepts;
    private final String documentation;
    private final Function<String, T> parser;

    private ConfigKey(
            String name,
            Type type,
            String defaultText,
            String unit,
            String accepts,
            String documentation,
            Function<String, T> parser) {
        this.name = name;
        this.type = type;
        this.defaultText = defaultText;
        this.unit = unit;
        this.accepts = accepts;
        this.documentation = documentation;
        this.parser = parser;
    }

    /** Whole numbers in {@code [min, max]}. */
    static ConfigKey<Integer> ofInt(
            String name, int defaultValue, int min, int max, String unit, String documentation) {
        return new ConfigKey<>(
                name,
                Type.INT,
                Integer.toString(defaultValue),
                unit,
                "a whole number from " + min + " to " + max,
                documentation,
                text -> {
                    int value = Integer.parseInt(text.trim());
                    if (value < min || value > max) {
                        throw new IllegalArgumentException();
                    }
                    return value;
                });
    }

    /** Whole numbers in {@code [min, max]}. */
    static ConfigKey<Long> ofLong(
            String name, long defaultValue, long min, long max, String unit, String documentation) {
        return new ConfigKey<>(
                name,
                Type.LONG,
                Long.toString(defaultValue),
                unit,
                "a whole number from " + min + " to " + max,
                documentation,
                text -> {
                    long value = Long.parseLong(text.trim());
                    if (value < min || value > max) {
                        throw new IllegalArgumentException();
                    }
                    return value;
                });
    }

    static ConfigKey<Boolean> ofBoolean(String name, boolean defaultValue, String documentation) {
        return new ConfigKey<>(
                name, Type.BOOLEAN, Boolean.toString(defaultValue), "", "true or false", documentation, text -> {
                    return switch (text.trim().toLowerCase(Locale.ROOT)) {
                        case "true" -> true;
                        case "false" -> false;
                        default -> throw new IllegalArgumentException();
                    };
                });
    }

    static ConfigKey<String> ofString(String name, String defaultValue, String documentation) {
        return new ConfigKey<>(name, Type.STRING, defaultValue, "", "any text", documentation, text -> text);
    }

    /** One of a few words; written in lower case unless {@code words} says otherwise. */
    static ConfigKey<String> ofWord(String name, String defaultValue, List<String> words, String documentation) {
        return new ConfigKey<>(
                name, Type.STRING, defaultValue, "", "one of " + String.join(", ", words), documentation, text -> {
                    String word = text.trim();
                    if (!words.contains(word)) {
                        throw new IllegalArgumentException();
                    }
                    return word;
                });
    }

    /** Comma-separated text, trimmed, empty entries dropped. */
    static ConfigKey<List<String>> ofList(String name, String defaultValue, String documentation) {
        return new ConfigKey<>(
                name,
                Type.LIST,
                defaultValue,
                "",
                "a comma-separated list",
                documentation,
                text -> List.of(text.split(",")).stream()
                        .map(String::trim)
                        .filter(entry -> !entry.isEmpty())
                        .toList());
    }

    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    /** The default as a user would write it. */
    public String defaultText() {
        return defaultText;
    }

    /** Such as {@code ms} or {@code bytes}; empty when the value has none. */
    public String unit() {
        return unit;
    }

    /** What a valid value looks like, for messages and the reference page. */
    public String accepts() {
        return accepts;
    }

    public String documentation() {
        return documentation;
    }

    T defaultValue() {
        return parser.apply(defaultText);
    }

    /**
     * Parses a value.
     *
     * @throws ConfigException when {@code text} is not a valid value; the message says what would be
     */
    public T parse(String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("Invalid value '" + text + "' for " + name + ": expected " + accepts);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
