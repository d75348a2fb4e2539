package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader of one partition in one leader epoch. Owned by the partition's shard loop: every call is made and every answer
 * given on it.
 *
 * <pre>
 * LEADING --log failed or damaged--> FENCED (reads below the high watermark go on, nothing is appended or acknowledged)
 *    |-----invariant broken--------> FENCED (nothing goes on)
 *    `-----close-------------------> CLOSED (another leader, another epoch, or the topic is gone)
 * </pre>
 *
 * <p>The high watermark is the exclusive end of what every member of the maximal ISR holds: on disk under
 * {@link Durability#SYNCED}, in the page cache under {@link Durability#WRITTEN}. Consumers see what lies below it;
 * {@code acks=all} is answered when it passes the batch, {@code acks=1} when the leader has written it, {@code acks=0} at
 * once.
 *
 * <p>Always-on assertions (names of RELIABILITY.md): A1 {@code logStart <= synced <= written <= logEnd} and high watermark
 * within the log; A3 an append starts at the log end; A4 the high watermark never goes back in one leader epoch and does not
 * move while |ISR| &lt; min ISR; A9 an acknowledged {@code acks=all} lies below the high watermark; A12 consumers read below
 * it only; A13 a replica that does not lead acknowledges nothing. A violation fences the replica.
 */
public final class LeaderReplica implements PartitionLog.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderReplica.class);

    private final EventLoop loop;
    private final PartitionLog log;
    private final int leaderEpoch;
    private final long epochStartOffset;
    private final DeadlineQueue deadlines;
    private final ReplicaEvents events;
    private final LeaderCommits commits;
    private final LeaderReads reads;
    private final LeaderAppends appends;
    private @Nullable LeaderFence fence;

    /**
     * Starts to lead: the epoch begins at the log end, and the log reports to this replica from now on.
     *
     * @param partition names this broker as leader, in an epoch that the log has not seen
     * @param knownHighWatermark from an earlier epoch of the same process, -1 when there is none
     */
    LeaderReplica(
            EventLoop loop,
            PartitionLog log,
            PartitionImage partition,
            long knownHighWatermark,
            ReplicaSettings settings,
            DeadlineQueue deadlines,
            ReplicaEvents events) {
        this.loop = loop;
        this.log = log;
        this.leaderEpoch = partition.leaderEpoch();
        this.deadlines = deadlines;
        this.events = events;
        this.epochStartOffset = log.logEndOffset();
        WaitingProduces waiting = new WaitingProduces(log.identity(), deadlines, events);
        this.commits = new LeaderCommits(this, log, partition, knownHighWatermark, settings, waiting);
        this.reads = new LeaderReads(this, log);
        this.appends = new LeaderAppends(this, commits, log, events);
        log.listener(this);
        StorageFailure damage = log.damage();
        if (damage != null) {
            fence(new LeaderFence(ErrorCode.KAFKA_STORAGE_ERROR, damage.message(), true));
        } else if (log.latestEpoch() >= leaderEpoch) {
            violated("the log knows leader epoch " + log.latestEpoch() + ", the new leader has " + leaderEpoch);
        } else {
            log.beginEpoch(leaderEpoch);
            commits.moveHighWatermark();
        }
    }

    public LogIdentity identity() {
        return log.identity();
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    /** Exclusive end of what is committed. */
    public long highWatermark() {
        return commits.highWatermark();
    }

    /** Exclusive end of what {@code read_committed} consumers may see: no transaction below it is open. */
    public long lastStableOffset() {
        long unstable = log.firstUnstableOffset();
        return unstable < 0 ? commits.highWatermark() : Math.min(unstable, commits.highWatermark());
    }

    public long logStartOffset() {
        return log.logStartOffset();
    }

    public long logEndOffset() {
        return log.logEndOffset();
    }

    /** For what the replica does not decide: aborted transactions, sizes, configs. Never to append. */
    public PartitionLog log() {
        return log;
    }

    /** Whether reads are answered with what is committed; a replica with a damaged log may be, though it does not lead. */
    public boolean isReadable() {
        return fence == null || fence.readable();
    }

    @Nullable
    LeaderFence fence() {
        return fence;
    }

    /** What {@link #read} gave goes to a consumer: counted as the topic's traffic. */
    public void fetched(int sizeBytes, long records) {
        events.fetched(sizeBytes, records);
    }

    /** Who waits for what is committed next. */
    WatchingFetches fetches() {
        return commits.fetches();
    }

    /** Whether appends can be accepted. */
    public boolean isLeading() {
        return fence == null;
    }

    /** Whether the high watermark covers what earlier leaders committed, so that "latest" has a meaning (KIP-207). */
    boolean knowsLatest() {
        return commits.highWatermark() >= epochStartOffset;
    }

    /**
     * Appends what a client sent.
     *
     * @param batches read only during the call
     * @param currentLeaderEpoch the one the client believes in, -1 when it did not say
     * @param requiredAcks -1, 0 or 1
     * @param timeoutMs how long the client waits for its acks
     * @param completion told once
     */
    public void append(
            ByteBuffer batches,
            int currentLeaderEpoch,
            short requiredAcks,
            int timeoutMs,
            ProduceCompletion completion,
            int slot) {
        append(batches, ValidationRules.Origin.CLIENT, currentLeaderEpoch, requiredAcks, timeoutMs, completion, slot);
    }

    /**
     * Appends what a client sent and somebody else has looked into already.
     *
     * @param checked what was found in exactly these bytes, by the rules of this partition's topic
     */
    public void append(
            ByteBuffer batches,
            CheckedBatches checked,
            short requiredAcks,
            int timeoutMs,
            ProduceCompletion completion,
            int slot) {
        loop.checkOwned();
        appends.append(batches, checked, requiredAcks, timeoutMs, completion, slot);
    }

    /** As the other; {@code origin} BROKER is for control batches and the records of coordinators. */
    public void append(
            ByteBuffer batches,
            ValidationRules.Origin origin,
            int currentLeaderEpoch,
            short requiredAcks,
            int timeoutMs,
            ProduceCompletion completion,
            int slot) {
        loop.checkOwned();
        appends.append(batches, origin, currentLeaderEpoch, requiredAcks, timeoutMs, completion, slot);
    }

    /** Appends that wait for their acks. */
    public int pendingProduces() {
        return commits.waiting().size();
    }

    @Override
    public boolean awaitsWritten() {
        return commits.awaitsWritten();
    }

    @Override
    public void writtenTo(long endOffset) {
        loop.checkOwned();
        commits.written();
    }

    @Override
    public void syncedTo(long endOffset) {
        loop.checkOwned();
        commits.synced();
    }

    /** A follower holds everything below {@code endOffset}, in this leader's epoch. */
    public void followerHolds(int follower, long endOffset) {
        loop.checkOwned();
        commits.followerHolds(follower, endOffset);
    }

    /** The ISR or the replicas changed; leader and leader epoch did not. */
    void change(PartitionImage partition) {
        commits.change(partition);
    }

    void change(ReplicaSettings settings) {
        commits.change(settings);
    }

    /**
     * Reads whole batches.
     *
     * @param currentLeaderEpoch the one the reader believes in, -1 when it did not say
     * @param lastFetchedEpoch of the last record the reader has, -1 when it did not say
     * @param wholeFirstBatch whether the first batch is answered even if it is larger than {@code maxBytes}
     */
    public ReplicaRead read(
            long offset,
            ReadBound bound,
            int currentLeaderEpoch,
            int lastFetchedEpoch,
            int maxBytes,
            boolean wholeFirstBatch) {
        loop.checkOwned();
        return reads.read(offset, bound, currentLeaderEpoch, lastFetchedEpoch, maxBytes, wholeFirstBatch);
    }

    /**
     * About how many bytes a reader at {@code offset} could get now: exact when it is 0, else estimated from the mean record
     * size of the log.
     */
    public long bytesFrom(long offset, ReadBound bound) {
        return reads.bytesFrom(offset, bound);
    }

    /** Where the records of {@code askedEpoch} end in this log (KIP-320). */
    public EpochEndAnswer epochEnd(int currentLeaderEpoch, int askedEpoch) {
        loop.checkOwned();
        return reads.epochEnd(currentLeaderEpoch, askedEpoch);
    }

    /** A12: the exclusive end of what a reader may see. */
    long endOf(ReadBound bound) {
        return switch (bound) {
            case COMMITTED -> commits.highWatermark();
            case STABLE -> lastStableOffset();
            case LOG_END -> log.logEndOffset();
        };
    }

    /**
     * Looks an offset up by time or by one of Kafka's special timestamps (-1 latest to -6), below {@code bound}.
     *
     * @param answer told once
     */
    public void listOffset(
            long timestampMs, ReadBound bound, int currentLeaderEpoch, ListedOffset.Answer answer, int slot) {
        loop.checkOwned();
        ErrorCode fault = fence != null && !fence.readable() ? fence.error() : epochFault(currentLeaderEpoch);
        if (fault != ErrorCode.NONE) {
            answer.done(slot, ListedOffset.refused(fault));
        } else {
            OffsetLookups.list(this, timestampMs, bound, answer, slot);
        }
    }

    /**
     * Deletes the oldest records: the log starts at {@code offset}, or at the high watermark for -1.
     *
     * @param answer told once, when that survives a power loss
     */
    public void deleteRecords(long offset, int timeoutMs, DeletedRecords.Answer answer, int slot) {
        loop.checkOwned();
        DeletedRecords.delete(this, deadlines, offset, timeoutMs, answer, slot);
    }

    /** A11. */
    ErrorCode epochFault(int currentLeaderEpoch) {
        if (currentLeaderEpoch == -1 || currentLeaderEpoch == leaderEpoch) {
            return ErrorCode.NONE;
        }
        return currentLeaderEpoch < leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    String epochMessage(int currentLeaderEpoch) {
        return "leader epoch " + currentLeaderEpoch + " was named, the leader has " + leaderEpoch;
    }

    @Override
    public void failed(StorageFailure failure) {
        loop.checkOwned();
        if (fence == null) {
            fence(new LeaderFence(ErrorCode.KAFKA_STORAGE_ERROR, failure.message(), true));
        }
    }

    void violated(String what) {
        LOG.error("replica fenced: partition={} leaderEpoch={} invariant=\"{}\"", log.identity(), leaderEpoch, what);
        fence(new LeaderFence(
                ErrorCode.KAFKA_STORAGE_ERROR, "the replica broke an invariant and was fenced: " + what, false));
    }

    private void fence(LeaderFence why) {
        fence = why;
        events.fenced(log.identity(), why.reason());
        commits.end(why);
    }

    /** Another replica leads, or this one in another epoch, or the topic is gone. Idempotent. */
    void close() {
        loop.checkOwned();
        LeaderFence closed =
                new LeaderFence(ErrorCode.NOT_LEADER_OR_FOLLOWER, "this broker does not lead " + log.identity(), false);
        fence = closed;
        commits.end(closed);
    }

    @Override
    public String toString() {
        return "LeaderReplica(" + log.identity() + ", leaderEpoch=" + leaderEpoch + ", highWatermark="
                + commits.highWatermark() + ")";
    }
}
