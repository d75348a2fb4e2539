package io.millrace.replication.metadata;

import org.jspecify.annotations.Nullable;

/**
 * What a config belongs to. Immutable; sorts by type, then name.
 *
 * @param name the topic, the broker id in decimal, or empty for the default of all brokers
 */
public record ConfigResource(Type type, String name) implements Comparable<ConfigResource> {

    /** Kafka's numbers. */
    public enum Type {
        TOPIC((byte) 2),
        BROKER((byte) 4);

        private final byte code;

        Type(byte code) {
            this.code = code;
        }

        public byte code() {
            return code;
        }

        /** Null for a number that has no type here. */
        public static @Nullable Type of(byte code) {
            return switch (code) {
                case 2 -> TOPIC;
                case 4 -> BROKER;
                default -> null;
            };
        }
    }

    /** The dynamic default of every broker. */
    public static final ConfigResource CLUSTER = new ConfigResource(Type.BROKER, "");

    public static ConfigResource topic(String topic) {
        return new ConfigResource(Type.TOPIC, topic);
    }

    public static ConfigResource broker(int brokerId) {
        return new ConfigResource(Type.BROKER, Integer.toString(brokerId));
    }

    @Override
    public int compareTo(ConfigResource other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : name.compareTo(other.name);
    }
}
