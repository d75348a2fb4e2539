package io.millrace.broker.config;

/** Where a value comes from, as the protocol numbers it (KIP-226); the first goes before the others. */
public enum ConfigSource {
    /** Set on the topic. */
    TOPIC(1),
    /** Set on this broker while it ran. */
    BROKER(2),
    /** Set on all brokers while they ran. */
    ALL_BROKERS(3),
    /** From the file or command line that the broker was started with. */
    STATIC_BROKER(4),
    /** Nobody set it. */
    DEFAULT(5);

    private final byte code;

    ConfigSource(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }
}
