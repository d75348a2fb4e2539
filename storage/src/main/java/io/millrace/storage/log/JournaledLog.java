package io.millrace.storage.log;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AbortedTransactions;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.append.AppendTarget;
import io.millrace.storage.epoch.LeaderEpochs;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.producer.ProducerStates;
import io.millrace.storage.tail.TailLog;
import java.nio.ByteBuffer;
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
public final class JournaledLog implements PartitionLog, AppendTarget {

    private final LogIdentity identity;
    private final int logId;
    private final LogHost host;
    private final TailLog tail;
    private final LogState state;
    private final LogFiles files;
    private final LogReads reads;
    private final ReaderSlices readerSlices;
    private final Quarantine quarantine;
    private final LogEnds ends;
    private final LogEvents events;
    private final JournalFeed feed;
    private final LogAppends appends;
    private final LogTruncation truncation;
    private final LogRetention retention;
    private final LogCompaction compaction;
    private final LogClosing closing;

    private LogConfig config;

    /** @param start what creation or recovery knows */
    public JournaledLog(LogHost host, LogStart start, LogConfig config) {
        this.host = host;
        this.identity = start.identity();
        this.logId = start.logId();
        this.config = config;
        this.state = new LogState(this, start.derived());
        this.tail = new TailLog(start.endOffset());
        this.ends = new LogEnds(start);
        this.events = new LogEvents(ends);
        this.feed = new JournalFeed(this, ends);
        this.appends = new LogAppends(this);
        this.files = new LogFiles(this, start);
        this.reads = new LogReads(this);
        this.readerSlices = new ReaderSlices(this);
        this.quarantine = new Quarantine(this, start.damage());
        this.truncation = new LogTruncation(this, ends, feed);
        this.retention = new LogRetention(this, start.endOffset() > start.logStartOffset());
        this.compaction = new LogCompaction(this, files.segments().size() > 1);
        this.closing = new LogClosing(this);
    }

    /** The log is new: its create record goes out with the next group. */
    public void created() {
        feed.create();
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
        return ends.logStartOffset();
    }

    @Override
    public long logEndOffset() {
        return tail.endOffset();
    }

    @Override
    public long writtenEndOffset() {
        return ends.writtenEnd();
    }

    @Override
    public long syncedEndOffset() {
        return ends.syncedEnd();
    }

    @Override
    public long sizeBytes() {
        return files.segmentBytes() + tail.sizeBytes();
    }

    @Override
    public int latestEpoch() {
        return state.epochs().latestEpoch();
    }

    @Override
    public long firstUnstableOffset() {
        return state.producers().firstOpenTransactionOffset();
    }

    @Override
    public long recoveredHighWatermark() {
        return ends.recoveredHighWatermark();
    }

    /** As last noted; never above the log end. */
    public long highWatermark() {
        return Math.min(ends.highWatermark(), tail.endOffset());
    }

    @Override
    public @Nullable StorageFailure damage() {
        return quarantine.damage();
    }

    @Override
    public LogConfig config() {
        return config;
    }

    @Override
    public void reconfigure(LogConfig newConfig) {
        host.loop().checkOwned();
        config = newConfig;
        appends.reconfigured(newConfig);
        retention.reconfigured();
        compaction.reconfigured();
    }

    @Override
    public void listener(Listener newListener) {
        host.loop().checkOwned();
        events.listener(newListener);
    }

    /** The directory is offline. */
    public void failed(StorageFailure failure) {
        compaction.directoryFailed();
        events.failed(failure);
    }

    @Override
    public AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, ValidationRules.Origin origin) {
        host.loop().checkOwned();
        return appends.asLeader(batches, leaderEpoch, origin);
    }

    @Override
    public AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, CheckedBatches checked) {
        host.loop().checkOwned();
        return appends.asLeader(batches, leaderEpoch, checked);
    }

    @Override
    public AppendResult appendAsFollower(ByteBuffer batches) {
        host.loop().checkOwned();
        return appends.asFollower(batches);
    }

    @Override
    public void beforeBatch(long baseOffset, long endOffset, int sizeBytes) {
        files.rolls()
                .beforeBatch(
                        config,
                        baseOffset,
                        endOffset,
                        sizeBytes,
                        host.loop().clock().wallMs());
    }

    LogEnds ends() {
        return ends;
    }

    LogEvents events() {
        return events;
    }

    @Override
    public void beginEpoch(int leaderEpoch) {
        host.loop().checkOwned();
        state.beginEpoch(leaderEpoch);
    }

    @Override
    public void highWatermark(long newHighWatermark) {
        ends.highWatermark(newHighWatermark);
    }

    @Override
    public void truncateTo(long endOffset) {
        host.loop().checkOwned();
        truncation.truncateTo(endOffset);
    }

    @Override
    public void resetTo(long offset) {
        host.loop().checkOwned();
        truncation.resetTo(offset);
    }

    @Override
    public void logStartTo(long offset) {
        host.loop().checkOwned();
        truncation.logStartTo(offset);
    }

    @Override
    public void logStartTo(long offset, Runnable durable) {
        host.loop().checkOwned();
        truncation.logStartTo(offset, durable);
    }

    @Override
    public void decidesRetention(boolean itself) {
        host.loop().checkOwned();
        retention.decides(itself);
    }

    /** The log goes: its delete record first, then its files. Nothing is appended any more. */
    public void deleted() {
        closing.delete();
    }

    /** Refuses appends from now on; what was appended still reaches the segments. */
    public void close() {
        closing.close();
    }

    /** Whether it was closed or deleted: it takes nothing any more. */
    public boolean isClosed() {
        return closing.isClosed();
    }

    @Override
    public ReadResult read(long offset, long endOffset, int maxBytes, boolean wholeFirstBatch) {
        if (offset < logStartOffset() || offset > logEndOffset()) {
            return new ReadResult.OutOfRange(logStartOffset(), logEndOffset());
        }
        long bound = Math.min(endOffset, logEndOffset());
        if (offset >= bound) {
            return LogReads.nothing(offset);
        }
        return offset >= tail.startOffset()
                ? readerSlices.read(offset, bound, maxBytes, wholeFirstBatch)
                : reads.read(offset, Math.min(bound, tail.startOffset()), maxBytes, wholeFirstBatch);
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
    public void findTimeOf(long offset, OffsetLookup answer) {
        SegmentSearch.timeOf(this, offset, answer);
    }

    @Override
    public EpochEnd epochEnd(int leaderEpoch) {
        return state.epochs().endOf(leaderEpoch, logEndOffset());
    }

    @Override
    public TailLog tail() {
        return tail;
    }

    @Override
    public ProducerStates producers() {
        return state.producers();
    }

    @Override
    public LeaderEpochs epochs() {
        return state.epochs();
    }

    @Override
    public ObserverChain observers() {
        return state.observers();
    }

    @Override
    public ValidationRules rules() {
        return appends.clientRules();
    }

    LogReads reads() {
        return reads;
    }

    /** What readers hold of the tail. */
    ReaderSlices readerSlices() {
        return readerSlices;
    }

    /** Where damage of the log's segments is told. */
    public Quarantine quarantine() {
        return quarantine;
    }

    LogCompaction compaction() {
        return compaction;
    }

    LogRetention retention() {
        return retention;
    }

    LogTruncation truncation() {
        return truncation;
    }

    /** Segments and the file work that is due. */
    public LogFiles files() {
        return files;
    }

    LogState state() {
        return state;
    }

    JournalFeed feed() {
        return feed;
    }

    LogHost host() {
        return host;
    }

    @Override
    public String toString() {
        return files.toString();
    }
}
