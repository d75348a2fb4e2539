package io.millrace.storage.log;

import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.segment.SegmentDamagedException;
import io.millrace.storage.segment.SegmentNames;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a log when bytes of its segments are found damaged while it is in use: it takes no more records, the
 * checkpoint notes why, and what is sound stays readable. Nothing is cut. Owner: the log's loop.
 *
 * <p>Each damaged place is told and counted once.
 */
public final class Quarantine {

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    /** Places remembered so that each is told once; with more than these the log is beyond telling. */
    private static final int MAX_PLACES = 64;

    /** What looked when the damage was found. */
    public enum FoundBy {
        READ,
        WRITE,
        COMPACTION,
        SCRUB
    }

    private record Place(String path, long filePosition) {}

    private final JournaledLog log;
    private final LinkedHashSet<Place> places = new LinkedHashSet<>(0);
    private @Nullable StorageFailure damage;
    private long damagedFrom;

    Quarantine(JournaledLog log, @Nullable StorageFailure known) {
        this.log = log;
        this.damage = known;
        // Of damage found before the start only the words are known.
        this.damagedFrom = known == null ? Long.MAX_VALUE : 0;
    }

    /** Why the log takes no more records; null when it does. */
    @Nullable
    StorageFailure damage() {
        return damage;
    }

    /** Where the first segment begins that has damage; 0 when its place is not known. */
    long damagedFrom() {
        return damagedFrom;
    }

    /** What {@link #found} wants to know of the moment at which a job began. */
    public int sight() {
        return log.reads().version();
    }

    /**
     * A job that read the log's segments failed. Nothing happens unless that was for damage, of a file that the log still has: a
     * truncation, retention or compaction may have changed it under the job. Between two tries of a swap the file of a name may
     * be the compacted one already, which does not look as its row says.
     *
     * @param sight as it was when the job was given its segments
     */
    public void found(int sight, @Nullable DiskException failure, FoundBy by) {
        if (failure == null || !SegmentDamagedException.isCauseOf(failure)) {
            return;
        }
        boolean stands = sight == log.reads().version()
                && !log.files().isCutDue()
                && !log.files().isSwapRunning()
                && !log.compaction().isSwapBegun()
                && holds(failure.path());
        if (stands) {
            found(failure, by);
        }
    }

    /** As the other, for damage that is certain. */
    public void found(DiskException failure, FoundBy by) {
        long filePosition = -1;
        long offset = -1;
        if (failure.getCause() instanceof SegmentDamagedException damage) {
            filePosition = damage.filePosition();
            offset = damage.offset();
        }
        SegmentRow damaged = rowOf(failure.path());
        damagedFrom = Math.min(damagedFrom, damaged == null ? 0 : damaged.baseOffset());
        if (places.size() >= MAX_PLACES || !places.add(new Place(failure.path(), filePosition))) {
            return;
        }
        LOG.error(
                "event=log-damaged log={} file={} position={} offset={} found_by={} cause=\"{}\" effect=\"read-only\"",
                log.identity(),
                failure.path(),
                filePosition,
                offset,
                by,
                failure.getMessage());
        damaged(new StorageFailure(
                log.identity() + " is read-only: " + failure.getMessage()
                        + "; other offsets can be read: copy them to another topic, then delete this one",
                false));
        // Behind the change: the row is made of what the log is now.
        log.host().damageFound(log, by);
    }

    private void damaged(StorageFailure failure) {
        if (damage == null) {
            damage = failure;
            log.events().failed(failure);
        }
    }

    private boolean holds(String path) {
        return rowOf(path) != null;
    }

    private @Nullable SegmentRow rowOf(String path) {
        LogSegments segments = log.files().segments();
        for (int i = 0; i < segments.size(); i++) {
            SegmentRow row = segments.get(i);
            if (SegmentNames.log(row.segment().directory(), row.baseOffset())
                    .toString()
                    .equals(path)) {
                return row;
            }
        }
        return null;
    }

    /** Nothing of what was damaged is left. */
    void lifted() {
        damage = null;
        places.clear();
        damagedFrom = Long.MAX_VALUE;
    }
}
