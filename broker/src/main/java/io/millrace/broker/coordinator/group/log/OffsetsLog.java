package io.millrace.broker.coordinator.group.log;

import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.protocol.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/**
 * One partition of {@code __consumer_offsets} in one leader epoch: the seam between the coordinator and replication. Called and
 * answered on the shard loop.
 */
public interface OffsetsLog {

    /** Told once for each append that was taken, in their order, perhaps before the append returns. */
    @FunctionalInterface
    interface Committed {

        /**
         * The append has its outcome.
         *
         * @param error NONE when the records are committed; else it is not known whether they will be
         */
        void done(ErrorCode error);
    }

    /**
     * Appends the records as one batch.
     *
     * @return NONE when they are in the log and {@code committed} will be told; else nothing was appended
     */
    ErrorCode append(List<GroupRecord> records, Committed committed);

    /**
     * Reads every record that is in the log now, in order, once all of them are committed. May take many turns of the loop.
     *
     * @param sink gets each record
     * @param loaded told once at the end: NONE, or why the log could not be read
     */
    void load(Consumer<GroupRecord> sink, Consumer<ErrorCode> loaded);
}
