package io.millrace.storage.engine;

import io.millrace.protocol.record.BatchValidator;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.append.FollowerAppender;
import io.millrace.storage.append.LeaderAppender;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.journal.JournalMember;
import io.millrace.storage.journal.JournalSettings;
import io.millrace.storage.log.CompactionQueue;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.LogHost;
import io.millrace.storage.log.ProducerExpiry;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.log.SegmentReader;
import io.millrace.storage.retention.RetentionQueue;
import io.millrace.storage.scrub.Scrubber;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.tail.TailWriter;
import org.jspecify.annotations.Nullable;

/** What the logs of one store share, and where they ask for what the store does. Owned by the shard loop. */
final class StoreHost implements LogHost {

    private final EventLoop loop;
    private final Journal journal;
    private final WriteBehind writeBehind;
    private final SpaceGuard space;
    private final Scrubber scrubber;
    private final SegmentReader reader;
    private final RetentionQueue retention;
    private final CompactionQueue compactions;
    private final TailWriter tailWriter;
    private final LeaderAppender leaderAppender;
    private final FollowerAppender followerAppender;
    private final ProducerExpiry producerExpiry;
    private final StoreCounts counts;
    private @Nullable StorageFailure failure;

    StoreHost(
            StoreParts parts,
            EventLoop loop,
            DiskLane pool,
            Journal journal,
            WriteBehind writeBehind,
            SpaceGuard space,
            Scrubber scrubber) {
        this.loop = loop;
        this.journal = journal;
        this.writeBehind = writeBehind;
        this.space = space;
        this.scrubber = scrubber;
        this.reader = new SegmentReader(
                parts.disk(), pool, this::closeLater, parts.config().segments().maxOpenSegments());
        this.retention = new RetentionQueue(loop);
        this.compactions =
                new CompactionQueue(loop, parts.disk(), pool, parts.config().compaction(), parts.randomness());
        this.tailWriter = new TailWriter(parts.memory());
        this.leaderAppender = new LeaderAppender(tailWriter, new BatchValidator(), loop.clock());
        this.followerAppender = new FollowerAppender(tailWriter);
        this.producerExpiry = new ProducerExpiry(loop);
        this.counts = new StoreCounts(journal, reader, leaderAppender, writeBehind);
    }

    private void closeLater(DiskFile file) {
        loop.post(() -> reader.closeOnPool(file));
    }

    StoreCounts counts() {
        return counts;
    }

    TailWriter tailWriter() {
        return tailWriter;
    }

    /** The directory is offline, or its disk full at a stop: no log takes anything from here on. */
    void failed(StorageFailure cause) {
        failure = cause;
    }

    /** Nothing is begun for any log any more; what they have in their tails is still to be written. */
    void stop() {
        compactions.close();
        retention.close();
        producerExpiry.close();
    }

    /** Nobody appends or reads any more. */
    void close() {
        reader.close();
        tailWriter.close();
        leaderAppender.close();
        followerAppender.close();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public LeaderAppender leaderAppender() {
        return leaderAppender;
    }

    @Override
    public FollowerAppender followerAppender() {
        return followerAppender;
    }

    @Override
    public int maxBatchBytes() {
        return JournalSettings.MAX_RECORD_BYTES;
    }

    @Override
    public void enlist(JournalMember log) {
        journal.enlist(log);
    }

    @Override
    public void needsCheckpoint(JournaledLog log) {
        writeBehind.needs(log);
    }

    @Override
    public void writeBehindWanted(JournaledLog log) {
        writeBehind.wish(log);
    }

    @Override
    public void checkpointWanted(JournaledLog log) {
        writeBehind.rowWanted(log);
    }

    @Override
    public CompactionQueue compactions() {
        return compactions;
    }

    @Override
    public void tailFull() {
        writeBehind.poke();
    }

    @Override
    public ProducerExpiry producerExpiry() {
        return producerExpiry;
    }

    @Override
    public SegmentReader reader() {
        return reader;
    }

    @Override
    public RetentionQueue retention() {
        return retention;
    }

    @Override
    public void removedSegments(int count, long bytes) {
        counts.removed(count, bytes);
    }

    @Override
    public void sideMissing(JournaledLog log, Segment segment) {
        scrubber.sideMissing(log, segment);
    }

    @Override
    public void damageFound(JournaledLog log, Quarantine.FoundBy by) {
        counts.damageFound(by);
        writeBehind.rowWanted(log);
    }

    @Override
    public @Nullable StorageFailure failure() {
        return failure;
    }

    @Override
    public boolean hasRoom(long usableBytes) {
        return space.hasRoom(usableBytes);
    }

    @Override
    public @Nullable String clientRefusal() {
        return space.refusal();
    }

    @Override
    public @Nullable String clientRefusal(int sizeBytes) {
        String refusal = space.refusal();
        return refusal != null ? refusal : space.refusalOf(journal.enlargementBytes(sizeBytes));
    }
}
