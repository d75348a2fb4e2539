package io.millrace.broker.config;

/**
 * A broker key that gives a topic key its value where the topic says nothing. Immutable.
 *
 * @param unitMs what one of the broker key's units is in the topic key's; 1 when they are the same
 */
record TopicSynonym(ConfigKey<?> topic, ConfigKey<?> broker, long unitMs) {

    TopicSynonym(ConfigKey<?> topic, ConfigKey<?> broker) {
        this(topic, broker, 1);
    }

    /** A broker key with the type, bounds and default of the topic's. */
    static TopicSynonym of(ConfigKey<?> topic, String name) {
        return new TopicSynonym(topic, topic.renamed(name, documentation(topic)).live());
    }

    /** As {@link #of}, without a default: a less exact synonym has it. */
    static TopicSynonym unset(ConfigKey<?> topic, String name) {
        return new TopicSynonym(
                topic,
                topic.renamed(name, documentation(topic)).unsetByDefault().live());
    }

    /**
     * A key in minutes or hours.
     *
     * @param least value: -1 where the topic key takes it
     */
    static TopicSynonym time(ConfigKey<Long> topic, String name, long unitMs, int least, boolean hasDefault) {
        ConfigKey<Long> key = ConfigKey.ofLong(
                name,
                topic.defaultValue() / unitMs,
                least,
                Integer.MAX_VALUE,
                unitMs == 60_000 ? "minutes" : "hours",
                documentation(topic));
        return new TopicSynonym(topic, (hasDefault ? key : key.unsetByDefault()).live(), unitMs);
    }

    private static String documentation(ConfigKey<?> topic) {
        return "What topics that do not set " + topic.name() + " get.";
    }

    /** The broker key's value as the topic key writes it. */
    String converted(String text) {
        if (unitMs == 1) {
            return text;
        }
        long units = Long.parseLong(text.trim());
        return Long.toString(units < 0 ? units : units * unitMs);
    }
}
