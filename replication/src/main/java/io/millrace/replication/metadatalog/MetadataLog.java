package io.millrace.replication.metadatalog;

import io.millrace.protocol.Message;
import io.millrace.replication.metadata.MetadataImage;
import java.util.List;

/**
 * Where metadata records become durable and get their order. Owned by the control loop: it makes every call and hears
 * every event.
 *
 * <p>Life: {@link #start} &rarr; at most one {@code restored}, then {@code committed}... &rarr; {@code leading(term)} &rarr;
 * {@link #append} and {@code committed} in the order of the appends &rarr; perhaps {@code resigned} and {@code leading} again
 * &rarr; {@code failed} or {@link #close}. With one process the log leads from its start to its end.
 */
public interface MetadataLog {

    /** What the log tells its controller. */
    interface Listener {

        /** All earlier state is void; the state at {@code endOffset} is what these records lead to. */
        void restored(List<Message> snapshotRecords, long endOffset);

        /** These records are durable and follow all earlier ones. Own appends come back this way too, in order. */
        void committed(MetadataBatch batch);

        /** This process may append, in {@code term}, from the state that the events so far lead to. */
        void leading(int term);

        /** This process may not append any more; appends without a {@code committed} have an unknown outcome. */
        void resigned();

        /** The oldest append without an outcome, and all after it, left no trace: the disk is full. The log goes on. */
        void appendRefused(MetadataLogException reason);

        /** The log cannot go on; appends without a {@code committed} have an unknown outcome. Nothing follows. */
        void failed(MetadataLogException reason);
    }

    /** Reads what is there and tells {@code listener} from then on. Once. */
    void start(Listener listener);

    /**
     * Appends one batch.
     *
     * @param term the one in which the records were decided; a batch of an older term is dropped
     * @param baseOffset where the records were decided to be: the end of the log in that term
     */
    void append(int term, long baseOffset, List<Message> records);

    /** Whether the log has grown so far since its last snapshot that a new one would pay. */
    boolean snapshotDue();

    /**
     * Replaces all records below {@code committed.endOffset()} by the state they led to.
     *
     * @param committed the state at a committed offset
     */
    void snapshot(MetadataImage committed);

    /** Finishes what was appended, lets the files go, and runs {@code closed}. No event comes after it. */
    void close(Runnable closed);
}
