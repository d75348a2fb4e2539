package io.millrace.storage.log;

import io.millrace.runtime.EventLoop;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.append.FollowerAppender;
import io.millrace.storage.append.LeaderAppender;
import io.millrace.storage.journal.JournalMember;
import io.millrace.storage.retention.RetentionQueue;
import io.millrace.storage.segment.Segment;
import org.jspecify.annotations.Nullable;

/** What a log needs from the store that holds it. Called on the owner loop. */
public interface LogHost {

    EventLoop loop();

    LeaderAppender leaderAppender();

    FollowerAppender followerAppender();

    /** The largest batch that the journal can hold. */
    int maxBatchBytes();

    /** The log has records for the journal and was not enlisted. */
    void enlist(JournalMember log);

    /** The log has something in the journal that its segments or the checkpoint lack. */
    void needsCheckpoint(JournaledLog log);

    /** The log has enough synced batches to be worth a segment write, or file work became due. */
    void writeBehindWanted(JournaledLog log);

    /** The memory of the tail is short. */
    void tailFull();

    /** A checkpoint row of the log should be written soon. */
    void checkpointWanted(JournaledLog log);

    SegmentReader reader();

    /** Logs that are due for compaction. */
    CompactionQueue compactions();

    /** Deadlines of the logs' retention. */
    RetentionQueue retention();

    /** Segments below a log start were removed. */
    void removedSegments(int count, long bytes);

    /** The log went into quarantine, or more damage was found in it: its row has to say so. */
    void damageFound(JournaledLog log, Quarantine.FoundBy by);

    /** A sealed segment has no usable {@code .side} file. */
    void sideMissing(JournaledLog log, Segment segment);

    /** Who is told of logs that remember producers. */
    ProducerExpiry producerExpiry();

    /** Set once the directory is offline. */
    @Nullable
    StorageFailure failure();

    /** Whether the directory has what it needs itself, journal and reserve, when so much is free. */
    boolean hasRoom(long usableBytes);

    /** Why the disk cannot take what clients send; null when it can. */
    @Nullable
    String clientRefusal();

    /** The same for so many bytes in one batch: a large one may need a larger file of the journal first. */
    @Nullable
    String clientRefusal(int sizeBytes);
}
