package io.millrace.storage.log;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AbortedTransactions;
import io.millrace.storage.AppendResult;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.TailSlice;
import io.millrace.storage.append.AppendTarget;
import io.millrace.storage.append.LeaderAppender;
import io.millrace.storage.epoch.LeaderEpochs;
import io.millrace.storage.journal.GroupBuilder;
import io.millrace.storage.journal.JournalMember;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.producer.ProducerStates;
import io.millrace.storage.tail.TailLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of one partition: new batches go to the tail and, gathered from there, into the journal; write-behind moves them to
 * segments. Owned by the shard loop.
 *
 * <pre>
 *  logStart        segment end = tail start                                        logEnd
 *     |---- segments ----|-------------------------- tail ---------------------------|
 *                        |--- synced ---|--- written ---|-- in the group --|-- new --|
 *                                    syncedEnd      writtenEnd         collectedEnd
 * </pre>
 *
 * Invariants: {@code logStart <= syncedEnd <= writtenEnd <= collectedEnd <= logEnd}; segments hold only synced batches, so the
 * tail start is at or below {@code syncedEnd}. Truncation clamps all of them, and the end that the running group will report.
 */
public final class JournaledLog implements PartitionLog, AppendTarget, JournalMember {

    private final LogIdentity identity;
    private final int logId;
    private final LogHost host;
    private final TailLog tail;
    private DerivedState derived;
    private final LogFiles files;
    private final LogReads reads;
    private final PendingControls controls;
    private final GenerationQueue generations = new GenerationQueue();
    private final List<TailSlice> gathered = new ArrayList<>(4);

    private LogConfig config;
    private ValidationRules clientRules;
    private @Nullable Listener listener;
    private @Nullable StorageFailure damage;
    private long logStartOffset;
    private long collectedLogStart;
    private long syncedLogStart;
    private long collectedEnd;
    private long inFlightEnd;
    private long writtenEnd;
    private long syncedEnd;
    private long highWatermark;
    private final long recoveredHighWatermark;
    private int controlsInFlight;
    private boolean enlisted;
    private boolean closed;

    /** @param start what creation or recovery knows */
    public JournaledLog(LogHost host, LogStart start, LogConfig config) {
        this.host = host;
        this.identity = start.identity();
        this.logId = start.logId();
        this.config = config;
        this.clientRules = config.rules(ValidationRules.Origin.CLIENT);
        this.derived = start.derived();
        this.damage = start.damage();
        this.tail = new TailLog(start.endOffset());
        this.logStartOffset = start.logStartOffset();
        this.collectedLogStart = start.logStartOffset();
        this.syncedLogStart = start.logStartOffset();
        this.collectedEnd = start.endOffset();
        this.inFlightEnd = start.endOffset();
        this.writtenEnd = start.endOffset();
        this.syncedEnd = start.endOffset();
        this.recoveredHighWatermark =
                Math.max(start.logStartOffset(), Math.min(start.highWatermark(), start.endOffset()));
        this.highWatermark = recoveredHighWatermark;
        this.controls = new PendingControls(logId);
        this.files = new LogFiles(this, start);
        this.reads = new LogReads(this);
    }

    /** The log is new: its create record goes out with the next group. */
    public void created() {
        controls.create();
        enlist();
    }

    @Override
    public LogIdentity identity() {
        return identity;
    }

    /** Local number in journal and checkpoint. */
    public int logId() {
        return logId;
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    /** The log start that survives a power loss: segments below it may go. */
    long syncedLogStart() {
        return syncedLogStart;
    }

    @Override
    public long logEndOffset() {
        return tail.endOffset();
    }

    @Override
    public long writtenEndOffset() {
        return writtenEnd;
    }

    @Override
    public long syncedEndOffset() {
        return syncedEnd;
    }

    @Override
    public long sizeBytes() {
        return files.segmentBytes() + tail.sizeBytes();
    }

    @Override
    public int latestEpoch() {
        return derived.epochs().latestEpoch();
    }

    @Override
    public long firstUnstableOffset() {
        return derived.producers().firstOpenTransactionOffset();
    }

    @Override
    public long recoveredHighWatermark() {
        return recoveredHighWatermark;
    }

    /** As last noted; never above the log end. */
    public long highWatermark() {
        return Math.min(highWatermark, tail.endOffset());
    }

    @Override
    public @Nullable StorageFailure damage() {
        return damage;
    }

    /** The log turned out to be damaged below its durable mark: it takes no more records. */
    public void damaged(StorageFailure failure) {
        if (damage == null) {
            damage = failure;
            Listener told = listener;
            if (told != null) {
                told.failed(failure);
            }
        }
    }

    @Override
    public LogConfig config() {
        return config;
    }

    @Override
    public void reconfigure(LogConfig newConfig) {
        host.loop().checkOwned();
        config = newConfig;
        clientRules = newConfig.rules(ValidationRules.Origin.CLIENT);
    }

    @Override
    public void listener(Listener newListener) {
        host.loop().checkOwned();
        listener = newListener;
    }

    /** The directory is offline. */
    public void failed(StorageFailure failure) {
        Listener told = listener;
        if (told != null) {
            told.failed(failure);
        }
    }

    @Override
    public AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, ValidationRules.Origin origin) {
        host.loop().checkOwned();
        boolean fromClient = origin == ValidationRules.Origin.CLIENT;
        AppendResult refused = refusal(batches, fromClient);
        if (refused != null) {
            return refused;
        }
        beforeAppend(batches.remaining());
        LeaderAppender appender = host.leaderAppender();
        return appended(
                fromClient
                        ? appender.append(this, batches, leaderEpoch, clientRules)
                        : appender.append(this, batches, leaderEpoch, config.rules(origin)),
                batches.remaining());
    }

    @Override
    public AppendResult appendAsFollower(ByteBuffer batches) {
        host.loop().checkOwned();
        AppendResult refused = refusal(batches, false);
        if (refused != null) {
            return refused;
        }
        beforeAppend(batches.remaining());
        return appended(host.followerAppender().append(this, batches), batches.remaining());
    }

    private void beforeAppend(int sizeBytes) {
        files.rolls()
                .beforeAppend(
                        config, tail.endOffset(), sizeBytes, host.loop().clock().wallMs());
    }

    private AppendResult appended(AppendResult result, int sizeBytes) {
        if (result instanceof AppendResult.Appended) {
            files.rolls().afterAppend(tail.endOffset(), sizeBytes);
            enlist();
        } else if (LeaderAppender.TAIL_FULL.equals(result)) {
            host.tailFull();
        }
        return result;
    }

    private AppendResult.@Nullable Refused refusal(ByteBuffer batches, boolean fromClient) {
        StorageFailure broken = damage == null ? host.failure() : damage;
        if (broken != null || closed) {
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, broken == null ? "the log is closed" : broken.message());
        }
        if (fromClient && host.refusesClients()) {
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, "the disk is full: free space, produce resumes by itself");
        }
        if (files.isCutting()) {
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, "a truncation to " + logEndOffset() + " is under way, retry");
        }
        if (batches.remaining() > host.maxBatchBytes() && !everyBatchFits(batches)) {
            return refused(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a batch is larger than the journal's " + host.maxBatchBytes() + " bytes");
        }
        return null;
    }

    private boolean everyBatchFits(ByteBuffer batches) {
        int at = batches.position();
        RecordBatchView batch = new RecordBatchView();
        while (at + RecordBatchView.HEADER_BYTES <= batches.limit()) {
            int sizeBytes = batch.wrap(batches, at).sizeBytes();
            if (sizeBytes <= 0 || sizeBytes > host.maxBatchBytes()) {
                return sizeBytes <= 0;
            }
            at += sizeBytes;
        }
        return true;
    }

    private static AppendResult.Refused refused(ErrorCode error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }

    private void enlist() {
        if (!enlisted) {
            enlisted = true;
            host.enlist(this);
        }
    }

    @Override
    public boolean collect(GroupBuilder group) {
        int before = controls.collectBefore(group, identity, logStartOffset);
        if (before < 0) {
            return false;
        }
        note(before, group);
        boolean complete = collectBatches(group);
        if (complete) {
            int after = controls.collectAfter(group);
            complete = after >= 0;
            note(Math.max(after, 0), group);
            if (after == PendingControls.LOG_START) {
                collectedLogStart = logStartOffset;
            }
        }
        inFlightEnd = collectedEnd;
        if (files.needsCheckpoint()) {
            host.needsCheckpoint(this);
        }
        enlisted = !complete;
        return complete;
    }

    private void note(int added, GroupBuilder group) {
        if (added != 0) {
            controlsInFlight |= added;
            files.controlIn(group.generation());
        }
    }

    private boolean collectBatches(GroupBuilder group) {
        while (collectedEnd < tail.endOffset()) {
            int bytes = tail.slices(collectedEnd, tail.endOffset(), group.roomBytes(), group.isEmpty(), gathered);
            if (bytes == 0) {
                return false;
            }
            long end = offsetAfter(collectedEnd, bytes);
            group.append(logId, derived.epochs().epochAt(end - 1), collectedEnd, end, gathered, bytes);
            gathered.clear();
            generations.add(group.generation(), end);
            collectedEnd = end;
        }
        return true;
    }

    /** End of the batches that take {@code bytes} in the tail, from the one at {@code fromOffset} on. */
    long offsetAfter(long fromOffset, int bytes) {
        if (bytes == 0) {
            return fromOffset;
        }
        long entry = tail.entryHolding(fromOffset);
        int left = bytes;
        while (true) {
            left -= tail.sizeAt(entry);
            if (left <= 0) {
                return tail.endOffsetAt(entry);
            }
            entry++;
        }
    }

    @Override
    public void groupWritten() {
        if (inFlightEnd > writtenEnd) {
            writtenEnd = inFlightEnd;
            Listener told = listener;
            if (told != null) {
                told.writtenTo(writtenEnd);
            }
        }
    }

    @Override
    public void groupSynced() {
        int synced = controlsInFlight;
        controlsInFlight = 0;
        if ((synced & PendingControls.LOG_START) != 0) {
            syncedLogStart = collectedLogStart;
        }
        boolean moved = inFlightEnd > syncedEnd;
        if (moved) {
            syncedEnd = inFlightEnd;
        }
        files.synced(synced);
        Listener told = listener;
        boolean cut = (synced & (PendingControls.RESET | PendingControls.TRUNCATED)) != 0;
        if ((moved || cut) && told != null) {
            told.syncedTo(syncedEnd);
        }
    }

    @Override
    public void beginEpoch(int leaderEpoch) {
        host.loop().checkOwned();
        derived.epochs().assign(leaderEpoch, logEndOffset());
    }

    @Override
    public void highWatermark(long newHighWatermark) {
        highWatermark = newHighWatermark;
    }

    @Override
    public void truncateTo(long endOffset) {
        host.loop().checkOwned();
        if (endOffset >= logEndOffset()) {
            return;
        }
        if (endOffset <= logStartOffset) {
            resetTo(endOffset);
            return;
        }
        boolean inTail = endOffset >= tail.startOffset();
        if (inTail) {
            tail.truncateTo(endOffset);
        } else {
            tail.resetTo(endOffset);
        }
        // May be lower than asked for: a batch goes as a whole.
        long end = tail.endOffset();
        if (end < logStartOffset) {
            // The batch held the log start as well: nothing readable is left.
            resetTo(end);
            return;
        }
        boolean journalled = inTail && end < collectedEnd;
        if (journalled) {
            controls.truncate(end);
            enlist();
        }
        ended(end);
        reads.clear();
        files.truncated(inTail, journalled, end);
    }

    /** Files are not what look-ups under way began with. */
    void filesCut() {
        reads.clear();
    }

    /** Where a truncation below the tail cuts is known: a batch begins there. Now it goes to the journal. */
    void cutAt(long endOffset) {
        if (endOffset < logStartOffset) {
            resetTo(endOffset);
            return;
        }
        tail.resetTo(endOffset);
        controls.truncate(endOffset);
        enlist();
        ended(endOffset);
    }

    private void ended(long endOffset) {
        collectedEnd = Math.min(collectedEnd, endOffset);
        inFlightEnd = Math.min(inFlightEnd, endOffset);
        writtenEnd = Math.min(writtenEnd, endOffset);
        syncedEnd = Math.min(syncedEnd, endOffset);
        highWatermark = Math.min(highWatermark, endOffset);
        generations.clamp(endOffset);
    }

    @Override
    public void resetTo(long offset) {
        host.loop().checkOwned();
        controls.reset(offset);
        enlist();
        tail.resetTo(offset);
        logStartOffset = offset;
        collectedLogStart = offset;
        syncedLogStart = offset;
        collectedEnd = offset;
        inFlightEnd = offset;
        writtenEnd = offset;
        syncedEnd = offset;
        highWatermark = offset;
        damage = null;
        generations.clear();
        derived.observers().cleared();
        reads.clear();
        files.reset(offset);
    }

    @Override
    public void logStartTo(long offset) {
        host.loop().checkOwned();
        if (offset <= logStartOffset) {
            return;
        }
        if (offset > logEndOffset()) {
            throw new IllegalArgumentException("log start " + offset + " above log end " + logEndOffset());
        }
        logStartOffset = offset;
        controls.logStart(offset);
        enlist();
        derived.observers().logStartMovedTo(offset);
        reads.clear();
    }

    /** The log goes: its delete record first, then its files. Nothing is appended any more. */
    public void deleted() {
        closed = true;
        controls.delete();
        enlist();
        // What is in the running group still goes out; nothing after it but the delete.
        // What the journal holds stays in the tail until the files go: a checkpoint before that still describes the
        // log.
        tail.truncateTo(collectedEnd);
        reads.clear();
        files.deleteAsked();
    }

    /** Refuses appends from now on; what was appended still reaches the segments. */
    public void close() {
        closed = true;
        // While a cut or rebuild is due the derived state still knows batches that are gone.
        if (!files.isCutting() && (files.needsCheckpoint() || enlisted)) {
            files.rolls().takeSnapshot(tail.endOffset());
        }
    }

    /** Whether the tail or the journal's builder still holds batches of this log. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public ReadResult read(long offset, long endOffset, int maxBytes, boolean wholeFirstBatch) {
        if (offset < logStartOffset || offset > logEndOffset()) {
            return new ReadResult.OutOfRange(logStartOffset, logEndOffset());
        }
        long bound = Math.min(endOffset, logEndOffset());
        if (offset >= bound) {
            return LogReads.NOTHING;
        }
        if (offset >= tail.startOffset()) {
            List<LogSlice> slices = new ArrayList<>(2);
            int bytes = tail.slices(offset, bound, maxBytes, wholeFirstBatch, slices);
            return bytes == 0 ? LogReads.NOTHING : new ReadResult.Batches(slices, bytes);
        }
        return reads.read(offset, Math.min(bound, tail.startOffset()), maxBytes, wholeFirstBatch);
    }

    @Override
    public AbortedTransactions abortedTransactions(long offset, long endOffset) {
        return new AbortedTransactions.Found(List.of());
    }

    @Override
    public void findByTime(long timestampMs, long endOffset, OffsetLookup answer) {
        SegmentSearch.byTime(this, timestampMs, Math.min(endOffset, logEndOffset()), answer);
    }

    @Override
    public void findMaxTimestamp(long endOffset, OffsetLookup answer) {
        SegmentSearch.maxTimestamp(this, Math.min(endOffset, logEndOffset()), answer);
    }

    @Override
    public EpochEnd epochEnd(int leaderEpoch) {
        return derived.epochs().endOf(leaderEpoch, logEndOffset());
    }

    @Override
    public TailLog tail() {
        return tail;
    }

    @Override
    public ProducerStates producers() {
        return derived.producers();
    }

    @Override
    public LeaderEpochs epochs() {
        return derived.epochs();
    }

    @Override
    public ObserverChain observers() {
        return derived.observers();
    }

    @Override
    public ValidationRules rules() {
        return clientRules;
    }

    /** Segments and the file work that is due. */
    public LogFiles files() {
        return files;
    }

    /** Whether changes other than batches still have to reach the journal, or its disk. */
    boolean hasControls() {
        return controls.any() || controlsInFlight != 0;
    }

    /** Whether a truncation is still to go to the journal. */
    boolean isTruncationPending() {
        return controls.isTruncationPending();
    }

    /** Takes over a derived state that was computed again from the segments, and brings it up to the log end. */
    void derived(DerivedState rebuilt) {
        RecordBatchView batch = new RecordBatchView();
        for (long entry = tail.firstEntry(); entry < tail.endEntry(); entry++) {
            tail.batchAt(entry, batch);
            rebuilt.observers().appended(batch, batch.baseOffset(), batch.partitionLeaderEpoch());
        }
        rebuilt.observers().logStartMovedTo(logStartOffset);
        derived.observers().cleared();
        derived = rebuilt;
    }

    GenerationQueue generations() {
        return generations;
    }

    LogHost host() {
        return host;
    }

    @Override
    public String toString() {
        return files.toString();
    }
}
