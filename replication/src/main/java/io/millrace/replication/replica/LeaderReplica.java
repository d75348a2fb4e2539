package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.AppendResult;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.append.LeaderAppender;
import java.nio.ByteBuffer;
import java.util.List;
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
public final class LeaderReplica implements PartitionLog.Listener, PendingProduce.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderReplica.class);

    private static final short ACKS_ALL = -1;
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;

    /** Why the replica does not lead any more. */
    private record Fence(ErrorCode error, String reason, boolean readable) {}

    private final EventLoop loop;
    private final PartitionLog log;
    private final int leaderEpoch;
    private final long epochStartOffset;
    private final DeadlineQueue deadlines;
    private final ReplicaEvents events;
    private final InSyncReplicas inSync;
    private final AppendSizes sizes = new AppendSizes();
    private final ProduceQueue waitingForWritten = new ProduceQueue();
    private final ProduceQueue waitingForHighWatermark = new ProduceQueue();
    private int replicationFactor;
    private ReplicaSettings settings;
    private long highWatermark;
    private @Nullable Fence fence;
    private PendingFetch.@Nullable Watch firstWatch;

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
        this.settings = settings;
        this.replicationFactor = partition.replicas().size();
        this.inSync = new InSyncReplicas(partition.leader(), partition.isr());
        this.epochStartOffset = log.logEndOffset();
        this.highWatermark = Math.min(log.logEndOffset(), Math.max(knownHighWatermark, log.recoveredHighWatermark()));
        log.listener(this);
        StorageFailure damage = log.damage();
        if (damage != null) {
            fence(new Fence(ErrorCode.KAFKA_STORAGE_ERROR, damage.message(), true));
        } else if (log.latestEpoch() >= leaderEpoch) {
            violated("the log knows leader epoch " + log.latestEpoch() + ", the new leader has " + leaderEpoch);
        } else {
            log.beginEpoch(leaderEpoch);
            moveHighWatermark();
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
        return highWatermark;
    }

    /** Exclusive end of what {@code read_committed} consumers may see: no transaction below it is open. */
    public long lastStableOffset() {
        long unstable = log.firstUnstableOffset();
        return unstable < 0 ? highWatermark : Math.min(unstable, highWatermark);
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

    /** Whether appends can be accepted. */
    public boolean isLeading() {
        return fence == null;
    }

    /** Whether the high watermark covers what earlier leaders committed, so that "latest" has a meaning (KIP-207). */
    boolean knowsLatest() {
        return highWatermark >= epochStartOffset;
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
        ProduceOutcome.Refused refused = refusal(currentLeaderEpoch, requiredAcks);
        if (refused != null) {
            completion.done(slot, refused);
            return;
        }
        long endBefore = log.logEndOffset();
        int sizeBytes = batches.remaining();
        AppendResult result = log.appendAsLeader(batches, leaderEpoch, origin);
        switch (result) {
            case AppendResult.Appended appended -> {
                if (appended.baseOffset() != endBefore || appended.endOffset() > log.logEndOffset()) {
                    violated("A3: an append at the log end " + endBefore + " got offsets " + appended.baseOffset()
                            + " to " + appended.endOffset());
                }
                sizes.appended(appended.endOffset(), sizeBytes);
                ProduceOutcome.Accepted accepted = new ProduceOutcome.Accepted(
                        appended.baseOffset(), appended.logAppendTimeMs(), appended.logStartOffset());
                await(appended.endOffset(), accepted, requiredAcks, timeoutMs, completion, slot);
            }
            case AppendResult.Duplicate duplicate -> {
                events.duplicateAnswered(log.identity());
                ProduceOutcome.Accepted accepted = new ProduceOutcome.Accepted(
                        duplicate.baseOffset(), duplicate.logAppendTimeMs(), duplicate.logStartOffset());
                await(duplicate.endOffset(), accepted, requiredAcks, timeoutMs, completion, slot);
            }
            case AppendResult.Refused no ->
                completion.done(
                        slot,
                        isTailFull(result)
                                ? new ProduceOutcome.TailFull()
                                : new ProduceOutcome.Refused(no.error(), no.message(), no.recordErrors()));
        }
    }

    @SuppressWarnings("ReferenceEquality") // The appender says so: one instance, compared by identity.
    private static boolean isTailFull(AppendResult result) {
        return result == LeaderAppender.TAIL_FULL;
    }

    private ProduceOutcome.@Nullable Refused refusal(int currentLeaderEpoch, short requiredAcks) {
        if (requiredAcks < ACKS_ALL || requiredAcks > ACKS_LEADER) {
            return new ProduceOutcome.Refused(
                    ErrorCode.INVALID_REQUIRED_ACKS, "acks must be -1 (all), 0 or 1, not " + requiredAcks);
        }
        if (fence != null) {
            return new ProduceOutcome.Refused(fence.error(), fence.reason());
        }
        ErrorCode fault = epochFault(currentLeaderEpoch);
        if (fault != ErrorCode.NONE) {
            return new ProduceOutcome.Refused(fault, epochMessage(currentLeaderEpoch));
        }
        if (requiredAcks == ACKS_ALL && inSync.size() < minInsyncReplicas()) {
            return new ProduceOutcome.Refused(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    inSync.size() + " replicas are in sync, min.insync.replicas asks for " + minInsyncReplicas());
        }
        return null;
    }

    /** Answers at once what is durable enough, an original as well as a repeated batch; else lets it wait. */
    private void await(
            long endOffset,
            ProduceOutcome.Accepted accepted,
            short requiredAcks,
            int timeoutMs,
            ProduceCompletion completion,
            int slot) {
        if (fence != null) {
            completion.done(slot, new ProduceOutcome.Refused(fence.error(), fence.reason()));
            return;
        }
        boolean done = requiredAcks == ACKS_NONE
                || endOffset <= (requiredAcks == ACKS_ALL ? highWatermark : log.writtenEndOffset());
        if (done) {
            completion.done(slot, accepted);
            return;
        }
        PendingProduce pending = new PendingProduce(this, endOffset, accepted, completion, slot);
        (requiredAcks == ACKS_ALL ? waitingForHighWatermark : waitingForWritten).add(pending);
        deadlines.add(pending.deadline, Math.max(0, timeoutMs) * 1_000_000L);
    }

    @Override
    public void produceExpired(PendingProduce pending) {
        ProduceQueue queue = pending.queue;
        if (queue != null) {
            queue.remove(pending);
            events.produceExpired(log.identity());
            pending.completion.done(
                    pending.slot,
                    new ProduceOutcome.Refused(
                            ErrorCode.REQUEST_TIMED_OUT, "the batch is in the log but was not acknowledged in time"));
        }
    }

    /** Appends that wait for their acks. */
    public int pendingProduces() {
        return waitingForWritten.size() + waitingForHighWatermark.size();
    }

    @Override
    public void writtenTo(long endOffset) {
        loop.checkOwned();
        if (fence == null && withinLog()) {
            PendingProduce pending;
            while (fence == null && (pending = waitingForWritten.pollUpTo(log.writtenEndOffset())) != null) {
                acknowledge(pending);
            }
            if (fence == null) {
                moveHighWatermark();
            }
        }
    }

    @Override
    public void syncedTo(long endOffset) {
        loop.checkOwned();
        if (fence == null && withinLog()) {
            moveHighWatermark();
        }
    }

    /** A1. */
    private boolean withinLog() {
        boolean ordered = log.logStartOffset() <= log.syncedEndOffset()
                && log.syncedEndOffset() <= log.writtenEndOffset()
                && log.writtenEndOffset() <= log.logEndOffset()
                && highWatermark <= log.logEndOffset();
        if (!ordered) {
            violated("A1: log start " + log.logStartOffset() + ", synced " + log.syncedEndOffset() + ", written "
                    + log.writtenEndOffset() + ", high watermark " + highWatermark + ", log end " + log.logEndOffset());
        }
        return ordered;
    }

    /** Moves the high watermark to what every member of the maximal ISR holds (A4, A5), and tells who waits for it. */
    private void moveHighWatermark() {
        long own = settings.durability() == Durability.SYNCED ? log.syncedEndOffset() : log.writtenEndOffset();
        long held = inSync.heldByAll(own);
        if (held <= highWatermark || inSync.size() < minInsyncReplicas()) {
            return;
        }
        if (held > log.logEndOffset()) {
            violated("A1: the ISR holds up to " + held + ", the log ends at " + log.logEndOffset());
            return;
        }
        highWatermark = held;
        log.highWatermark(held);
        long uncovered = sizes.takeUpTo(held);
        PendingProduce pending;
        while (fence == null && (pending = waitingForHighWatermark.pollUpTo(highWatermark)) != null) {
            acknowledge(pending);
        }
        wakeFetches(uncovered);
    }

    /** A9, A13: its queue's mark has passed the append, and the replica leads; both callers asked a line before. */
    private void acknowledge(PendingProduce pending) {
        deadlines.cancel(pending.deadline);
        pending.completion.done(pending.slot, pending.accepted);
    }

    private int minInsyncReplicas() {
        return Math.min(settings.minInsyncReplicas(), replicationFactor);
    }

    /** A follower holds everything below {@code endOffset}, in this leader's epoch. */
    public void followerHolds(int follower, long endOffset) {
        loop.checkOwned();
        inSync.reported(follower, endOffset);
        if (fence == null) {
            moveHighWatermark();
        }
    }

    /** The ISR or the replicas changed; leader and leader epoch did not. */
    void change(PartitionImage partition) {
        replicationFactor = partition.replicas().size();
        inSync.change(partition.isr());
        if (fence == null) {
            failUnlessEnoughInSync();
            moveHighWatermark();
        }
    }

    void change(ReplicaSettings settings) {
        this.settings = settings;
        if (fence == null) {
            failUnlessEnoughInSync();
            moveHighWatermark();
        }
    }

    /** A9: with too few in sync the high watermark stands still, so the producers are told now, not at their timeout. */
    private void failUnlessEnoughInSync() {
        if (inSync.size() < minInsyncReplicas()) {
            failPending(
                    waitingForHighWatermark,
                    ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    "the batch is in the log, but only " + inSync.size() + " replicas are in sync");
        }
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
        if (fence != null && !fence.readable()) {
            return new ReplicaRead.Refused(fence.error(), fence.reason(), ReplicaRead.Offsets.UNKNOWN);
        }
        ErrorCode fault = epochFault(currentLeaderEpoch);
        if (fault != ErrorCode.NONE) {
            return new ReplicaRead.Refused(fault, epochMessage(currentLeaderEpoch), ReplicaRead.Offsets.UNKNOWN);
        }
        ReplicaRead.Offsets offsets = new ReplicaRead.Offsets(highWatermark, lastStableOffset(), log.logStartOffset());
        if (lastFetchedEpoch >= 0) {
            EpochEnd end = log.epochEnd(lastFetchedEpoch);
            if (end.leaderEpoch() < 0) {
                return outOfRange(offset, offsets);
            }
            if (end.leaderEpoch() < lastFetchedEpoch || end.endOffset() < offset) {
                return new ReplicaRead.Diverging(end, offsets);
            }
        }
        if (offset < log.logStartOffset() || offset > log.logEndOffset()) {
            return outOfRange(offset, offsets);
        }
        long endOffset = endOf(bound);
        if (offset >= endOffset) {
            return new ReplicaRead.Batches(List.of(), 0, offsets);
        }
        return switch (log.read(offset, endOffset, maxBytes, wholeFirstBatch)) {
            case ReadResult.Batches batches -> new ReplicaRead.Batches(batches.slices(), batches.sizeBytes(), offsets);
            case ReadResult.Pending pending -> new ReplicaRead.Pending(pending);
            case ReadResult.OutOfRange range -> outOfRange(offset, offsets);
            case ReadResult.Failed failed ->
                new ReplicaRead.Refused(
                        ErrorCode.KAFKA_STORAGE_ERROR, failed.failure().message(), offsets);
        };
    }

    private ReplicaRead outOfRange(long offset, ReplicaRead.Offsets offsets) {
        return new ReplicaRead.Refused(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                "offset " + offset + " is not within " + log.logStartOffset() + " to " + log.logEndOffset(),
                offsets);
    }

    /** A12: the exclusive end of what a reader may see. */
    long endOf(ReadBound bound) {
        return switch (bound) {
            case COMMITTED -> highWatermark;
            case STABLE -> lastStableOffset();
            case LOG_END -> log.logEndOffset();
        };
    }

    /**
     * About how many bytes a reader at {@code offset} could get now: exact when it is 0, else estimated from the mean record
     * size of the log.
     */
    public long bytesFrom(long offset, ReadBound bound) {
        long records = endOf(bound) - Math.max(offset, log.logStartOffset());
        long all = log.logEndOffset() - log.logStartOffset();
        if (records <= 0 || all <= 0) {
            return 0;
        }
        return Math.max(1, (long) (records * ((double) log.sizeBytes() / all)));
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

    /** Where the records of {@code askedEpoch} end in this log (KIP-320). */
    public EpochEndAnswer epochEnd(int currentLeaderEpoch, int askedEpoch) {
        loop.checkOwned();
        ErrorCode fault = fence != null && !fence.readable() ? fence.error() : epochFault(currentLeaderEpoch);
        EpochEnd end = fault == ErrorCode.NONE && askedEpoch >= 0 ? log.epochEnd(askedEpoch) : EpochEnd.UNKNOWN;
        return new EpochEndAnswer(fault, end.leaderEpoch(), end.endOffset());
    }

    /** A11. */
    private ErrorCode epochFault(int currentLeaderEpoch) {
        if (currentLeaderEpoch == -1 || currentLeaderEpoch == leaderEpoch) {
            return ErrorCode.NONE;
        }
        return currentLeaderEpoch < leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    private String epochMessage(int currentLeaderEpoch) {
        return "leader epoch " + currentLeaderEpoch + " was named, the leader has " + leaderEpoch;
    }

    void add(PendingFetch.Watch watch) {
        PendingFetch.Watch head = firstWatch;
        watch.next = head;
        if (head != null) {
            head.previous = watch;
        }
        firstWatch = watch;
    }

    void remove(PendingFetch.Watch watch) {
        if (watch.previous == null) {
            firstWatch = watch.next;
        } else {
            watch.previous.next = watch.next;
        }
        if (watch.next != null) {
            watch.next.previous = watch.previous;
        }
        watch.previous = null;
        watch.next = null;
    }

    /** Counts first and tells after, because telling changes the list. */
    private void wakeFetches(long bytes) {
        PendingFetch woken = null;
        for (PendingFetch.Watch watch = firstWatch; watch != null; watch = watch.next) {
            if (watch.fetch.counted(bytes)) {
                watch.fetch.nextWoken = woken;
                woken = watch.fetch;
            }
        }
        while (woken != null) {
            PendingFetch next = woken.nextWoken;
            woken.nextWoken = null;
            woken.wake(PendingFetch.Reason.BYTES);
            woken = next;
        }
    }

    @Override
    public void failed(StorageFailure failure) {
        loop.checkOwned();
        if (fence == null) {
            fence(new Fence(ErrorCode.KAFKA_STORAGE_ERROR, failure.message(), true));
        }
    }

    private void violated(String what) {
        LOG.error("replica fenced: partition={} leaderEpoch={} invariant=\"{}\"", log.identity(), leaderEpoch, what);
        fence(new Fence(
                ErrorCode.KAFKA_STORAGE_ERROR, "the replica broke an invariant and was fenced: " + what, false));
    }

    private void fence(Fence why) {
        fence = why;
        events.fenced(log.identity(), why.reason());
        end(why);
    }

    /** Another replica leads, or this one in another epoch, or the topic is gone. Idempotent. */
    void close() {
        loop.checkOwned();
        Fence closed =
                new Fence(ErrorCode.NOT_LEADER_OR_FOLLOWER, "this broker does not lead " + log.identity(), false);
        fence = closed;
        end(closed);
    }

    private void end(Fence why) {
        failPending(waitingForWritten, why.error(), why.reason());
        failPending(waitingForHighWatermark, why.error(), why.reason());
        while (firstWatch != null) {
            firstWatch.fetch.wake(PendingFetch.Reason.CHANGED);
        }
    }

    private void failPending(ProduceQueue queue, ErrorCode error, String reason) {
        PendingProduce pending;
        while ((pending = queue.pollUpTo(Long.MAX_VALUE)) != null) {
            deadlines.cancel(pending.deadline);
            pending.completion.done(pending.slot, new ProduceOutcome.Refused(error, reason));
        }
    }

    @Override
    public String toString() {
        return "LeaderReplica(" + log.identity() + ", leaderEpoch=" + leaderEpoch + ", highWatermark=" + highWatermark
                + ")";
    }
}
