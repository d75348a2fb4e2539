package io.millrace.storage;

import io.millrace.protocol.record.ValidationRules;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The append-only log of one replica. Owned by its shard loop: every method is called on it, every event arrives on it.
 *
 * <p>Invariant: {@code logStartOffset <= syncedEndOffset <= writtenEndOffset <= logEndOffset}. A record is <em>appended</em>
 * when it has an offset, <em>written</em> when its journal write returned (survives a killed process), <em>synced</em>
 * when that write is on the disk (survives power loss).
 */
public interface PartitionLog {

    /** Told on the owner loop, after the log's own state has moved. Ends never go back except by truncation. */
    interface Listener {

        /** Whether {@link #writtenTo} is waited for now; if not, it may come as late as {@link #syncedTo}. */
        default boolean awaitsWritten() {
            return true;
        }

        /** Everything below {@code endOffset} survives kill -9. */
        void writtenTo(long endOffset);

        /** Everything below {@code endOffset} survives power loss. */
        void syncedTo(long endOffset);

        /** Retention took what lies below {@code logStartOffset}. Durable once its record is synced, files go after that. */
        default void retainedFrom(long logStartOffset) {}

        /** The log directory failed; nothing more will be written or synced. Reads of what is in memory may go on. */
        void failed(StorageFailure failure);
    }

    /** Who the log belongs to; never changes. */
    LogIdentity identity();

    /** First offset that a reader may ask for. */
    long logStartOffset();

    /** Exclusive end: the offset that the next appended record gets. */
    long logEndOffset();

    /** Exclusive end of what survives kill -9. */
    long writtenEndOffset();

    /** Exclusive end of what survives power loss. */
    long syncedEndOffset();

    /** Bytes of record batches between log start and log end, in tail and segments. */
    long sizeBytes();

    /** Latest leader epoch in the log or assigned to it, -1 when none. */
    int latestEpoch();

    /** First offset of the oldest transaction still open, -1 when none: bounds the last stable offset. */
    long firstUnstableOffset();

    /** The high watermark that the last checkpoint kept, at least {@link #logStartOffset()}: where a restarted replica begins. */
    long recoveredHighWatermark();

    /** The log is damaged below its durable mark: it is read-only and this names the gap. Null when intact. */
    @Nullable
    StorageFailure damage();

    LogConfig config();

    /** Takes effect with the next append, roll or retention pass. */
    void reconfigure(LogConfig config);

    /** Replaces the listener; at most one. Called once by the replica that leads or follows with this log. */
    void listener(Listener listener);

    /**
     * Appends the batches that a producer sent, as leader of {@code leaderEpoch}: checks structure, then idempotent
     * duplicates, then assigns offsets, all in one pass; nothing is appended unless all of it is.
     *
     * @param batches one or more whole magic-2 batches, {@code position..limit}; read only during the call (the bytes are
     *     copied into the tail, once) and left unchanged
     * @param leaderEpoch at least {@link #latestEpoch()}
     * @param origin BROKER for control batches and coordinator records, CLIENT for everything a user sent
     */
    AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, ValidationRules.Origin origin);

    /**
     * As the other, without looking into the batches again.
     *
     * @param checked what was found in exactly these bytes, and the rules that they were checked by
     */
    AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, CheckedBatches checked);

    /**
     * Appends batches exactly as the leader laid them out (offsets and epochs assigned); contiguous with
     * {@link #logEndOffset()}.
     */
    AppendResult appendAsFollower(ByteBuffer batches);

    /** A new leader's epoch begins at {@link #logEndOffset()}, before its first append (KIP-101). Not durable by itself. */
    void beginEpoch(int leaderEpoch);

    /**
     * Notes the high watermark: kept by the next checkpoint, and the bound of retention and compaction. Costs nothing; call at
     * every move.
     */
    void highWatermark(long highWatermark);

    /**
     * Cuts everything at and above {@code endOffset}, whole batches; synced before any file is cut. Durable when
     * {@link Listener#syncedTo} is told next, unless nothing synced was cut. While a file is cut appends are refused
     * (KAFKA_STORAGE_ERROR, retriable), and when the offset lies inside a batch of a segment the end may then fall further.
     */
    void truncateTo(long endOffset);

    /**
     * Drops all records and starts again, empty, at {@code offset}. In force at once, durable when {@link Listener#syncedTo} is
     * told next: a power loss before that brings the old records back, so a follower waits for it before it reports
     * {@code offset} to its leader.
     */
    void resetTo(long offset);

    /** Moves the log start up to {@code offset} (at most the high watermark the caller knows); older segments go. */
    void logStartTo(long offset);

    /** As the other; {@code durable} runs once, on the owner loop, when the move survives a power loss; never if the log goes first. */
    void logStartTo(long offset, Runnable durable);

    /**
     * Whether the log applies retention by itself, as a leader's does; a follower's takes its leader's log start. Not at first.
     */
    void decidesRetention(boolean itself);

    /**
     * Reads whole batches from the one holding {@code offset} on.
     *
     * @param endOffset exclusive bound: no batch at or above it is answered (high watermark, last stable offset, or log end
     *     for a follower)
     * @param maxBytes bound on the answered bytes; the first batch may exceed it when {@code wholeFirstBatch}
     */
    ReadResult read(long offset, long endOffset, int maxBytes, boolean wholeFirstBatch);

    /** Aborted transactions that overlap {@code [offset, endOffset)}. */
    AbortedTransactions abortedTransactions(long offset, long endOffset);

    /** Look-up by time (KIP-79): the first record with a timestamp at or after {@code timestampMs}, below {@code endOffset}. */
    void findByTime(long timestampMs, long endOffset, OffsetLookup answer);

    /** The record with the highest timestamp below {@code endOffset} (KIP-734). */
    void findMaxTimestamp(long endOffset, OffsetLookup answer);

    /**
     * When the records around {@code offset} were written: the first timestamp of the batch that holds it, or the append time where
     * the topic stamps that. The batch's base offset is answered with it; both are -1 when the log has no such record.
     */
    void findTimeOf(long offset, OffsetLookup answer);

    /** KIP-320: the largest epoch at or below {@code leaderEpoch} and its exclusive end offset; both -1 when unknown. */
    EpochEnd epochEnd(int leaderEpoch);

    /** Answered on the owner loop, possibly before the asking call returns. */
    interface OffsetLookup {

        /** {@code offset} is -1 when no record matches; then the other two are -1 too. */
        void found(long offset, long timestampMs, int leaderEpoch);

        void failed(StorageFailure failure);
    }
}
