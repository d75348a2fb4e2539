package io.millrace.client.cluster;

/** Which offset of a partition is asked for. Immutable. */
public sealed interface OffsetQuery {

    /** The first offset that can be read. */
    record Earliest() implements OffsetQuery {}

    /** The offset that the next record will get, as far as readers can see. */
    record Latest() implements OffsetQuery {}

    /** The first record whose timestamp is at or after this one. */
    record AtTime(long timestampMs) implements OffsetQuery {
        public AtTime {
            if (timestampMs < 0) {
                throw new IllegalArgumentException("timestamp " + timestampMs + " ms is before 1970");
            }
        }
    }

    static OffsetQuery earliest() {
        return new Earliest();
    }

    static OffsetQuery latest() {
        return new Latest();
    }

    /** What the protocol carries. */
    default long wireTimestamp() {
        return switch (this) {
            case Earliest ignored -> -2;
            case Latest ignored -> -1;
            case AtTime at -> at.timestampMs();
        };
    }
}
