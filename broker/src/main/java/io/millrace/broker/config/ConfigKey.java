package io.millrace.broker.config;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

    /** Not a value that any parser takes. */
    private static final String UNSET = "\0";

    private final String name;
    private final Type type;
    private final String defaultText;
    private final String unit;
    private final String accepts;
    private final String documentation;
    private final Function<String, T> parser;
    private final boolean live;
    private final @Nullable T defaultValue;

    private ConfigKey(
            String name,
            Type type,
            String defaultText,
            String unit,
            String accepts,
            String documentation,
            Function<String, T> parser) {
        this(name, type, defaultText, unit, accepts, documentation, parser, false);
    }

    private ConfigKey(
            String name,
            Type type,
            String defaultText,
            String unit,
            String accepts,
            String documentation,
            Function<String, T> parser,
            boolean live) {
        this.name = name;
        this.type = type;
        this.defaultText = defaultText;
        this.unit = unit;
        this.accepts = accepts;
        this.documentation = documentation;
        this.parser = parser;
        this.live = live;
        this.defaultValue = defaultText.equals(UNSET) ? null : parser.apply(defaultText);
    }

    /** The same key, of which a running broker takes a new value; topic keys are all like that. */
    ConfigKey<T> live() {
        return new ConfigKey<>(name, type, defaultText, unit, accepts, documentation, parser, true);
    }

    /** A key of another name with the same type, bounds and default. */
    ConfigKey<T> renamed(String otherName, String otherDocumentation) {
        return new ConfigKey<>(otherName, type, defaultText, unit, accepts, otherDocumentation, parser, live);
    }

    /** The same key with no value where nobody sets one: another key decides then. */
    ConfigKey<T> unsetByDefault() {
        return new ConfigKey<>(name, type, UNSET, unit, accepts, documentation, parser, live);
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

    /** Numbers in {@code [min, max]}. */
    static ConfigKey<Double> ofDouble(
            String name, double defaultValue, double min, double max, String unit, String documentation) {
        return new ConfigKey<>(
                name,
                Type.DOUBLE,
                Double.toString(defaultValue),
                unit,
                "a number from " + min + " to " + max,
                documentation,
                text -> {
                    double value = Double.parseDouble(text.trim());
                    if (!(value >= min && value <= max)) {
                        throw new IllegalArgumentException();
                    }
                    return value;
                });
    }

    /**
     * A key of Kafka's that takes the one value which says what this broker does anyway.
     *
     * @param why no other value is possible, for the message
     */
    static ConfigKey<String> only(String name, Type type, String value, String why) {
        return new ConfigKey<>(name, type, value, "", value.isEmpty() ? "nothing" : "only " + value, why, text -> {
            if (!text.trim().equals(value)) {
                throw new ConfigException(
                        "Invalid value '" + text + "' for " + name + ": only '" + value + "' is possible. " + why);
            }
            return value;
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
                name, Type.LIST, defaultValue, "", "a comma-separated list", documentation, ConfigKey::split);
    }

    /** A comma-separated list of distinct words, at least one. */
    static ConfigKey<List<String>> ofWords(String name, String defaultValue, List<String> words, String documentation) {
        return new ConfigKey<>(
                name,
                Type.LIST,
                defaultValue,
                "",
                "one or more of " + String.join(", ", words) + ", comma-separated",
                documentation,
                text -> {
                    List<String> entries = split(text);
                    if (entries.isEmpty()
                            || !words.containsAll(entries)
                            || entries.stream().distinct().count() != entries.size()) {
                        throw new IllegalArgumentException();
                    }
                    return entries;
                });
    }

    private static List<String> split(String text) {
        return List.of(text.split(",")).stream()
                .map(String::trim)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    /** The default as a user would write it; null when the key has no value unless somebody sets one. */
    public @Nullable String defaultText() {
        return defaultText.equals(UNSET) ? null : defaultText;
    }

    /** Whether a running broker takes a new value. */
    public boolean isLive() {
        return live;
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
        T value = defaultValue;
        if (value == null) {
            throw new IllegalStateException(name + " has no default");
        }
        return value;
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
