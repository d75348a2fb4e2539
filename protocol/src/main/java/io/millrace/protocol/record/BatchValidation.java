package io.millrace.protocol.record;

/** What {@link BatchValidator} found. */
public sealed interface BatchValidation {
    /**
     * The batch is in order. Mutable and reused: valid until its validator's next call, so that the usual case allocates
     * nothing.
     */
    final class Valid implements BatchValidation {
        private int recordCount;
        private long recordBytes;
        private long maxTimestampMs;
        private int maxTimestampOffsetDelta;
        private boolean maxTimestampDiffersFromHeader;

        Valid() {}

        Valid set(int newRecordCount, long newRecordBytes, long newMaxTimestampMs, int newDelta, boolean differs) {
            recordCount = newRecordCount;
            recordBytes = newRecordBytes;
            maxTimestampMs = newMaxTimestampMs;
            maxTimestampOffsetDelta = newDelta;
            maxTimestampDiffersFromHeader = differs;
            return this;
        }

        /** Records in the batch. */
        public int recordCount() {
            return recordCount;
        }

        /** Bytes of the records, unpacked; of the stored form when only the header was looked at. */
        public long recordBytes() {
            return recordBytes;
        }

        /** Largest timestamp of the records, or the batch's own with log append time, ms; -1 when none has one. */
        public long maxTimestampMs() {
            return maxTimestampMs;
        }

        /** Place of the first record with the largest timestamp, as a delta to the base offset. */
        public int maxTimestampOffsetDelta() {
            return maxTimestampOffsetDelta;
        }

        /** True when the header's max timestamp is wrong; the appender corrects it as Kafka does. */
        public boolean maxTimestampDiffersFromHeader() {
            return maxTimestampDiffersFromHeader;
        }
    }

    /**
     * The batch must not be appended.
     *
     * @param fault what is wrong
     * @param recordIndex the record it is wrong with, counted from 0, or {@link #WHOLE_BATCH}
     * @param message what was found, for the sender; has no payload in it
     */
    record Invalid(BatchFault fault, int recordIndex, String message) implements BatchValidation {
        /** {@link #recordIndex()} when the fault is the batch's. */
        public static final int WHOLE_BATCH = -1;
    }
}
