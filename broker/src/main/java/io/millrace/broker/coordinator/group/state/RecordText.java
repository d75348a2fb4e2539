package io.millrace.broker.coordinator.group.state;

import java.nio.charset.StandardCharsets;

/**
 * What text fits into a coordinator's record: its lengths are int16, while requests of newer versions may carry more. Stateless.
 */
public final class RecordText {

    /** Room for what the coordinator itself adds to a member's name. */
    private static final int MAX_BYTES = Short.MAX_VALUE - 64;

    private static final int MAX_BYTES_PER_CHAR = 3;

    private RecordText() {}

    public static boolean isTooLong(String text) {
        return text.length() > MAX_BYTES / MAX_BYTES_PER_CHAR
                && text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
    }
}
