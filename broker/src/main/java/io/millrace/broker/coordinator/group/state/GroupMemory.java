package io.millrace.broker.coordinator.group.state;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * About how much heap the groups of one shard take, and how much they may: what members say of themselves, what leaders assign and
 * what is committed are bytes that clients choose, and bounds on their number alone would not hold them. Owned by the shard loop.
 *
 * <p>What is in the log is always taken back in; only what would be added is refused.
 */
public final class GroupMemory {

    private static final Logger LOG = LoggerFactory.getLogger(GroupMemory.class);

    private final long maxBytes;
    private long usedBytes;
    /** Whether the log says already that it is full. */
    private boolean toldFull;

    public GroupMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** For tests and simulations that are about something else. */
    public static GroupMemory unbounded() {
        return new GroupMemory(Long.MAX_VALUE / 2);
    }

    /**
     * Counts bytes that are held from now on.
     *
     * @param bytes negative when they are given back
     */
    public void add(long bytes) {
        usedBytes += bytes;
        if (usedBytes < maxBytes / 4 * 3) {
            toldFull = false;
        }
    }

    /** Whether so many more may be held; what shrinks always may. */
    public boolean hasRoom(long moreBytes) {
        if (moreBytes <= 0 || usedBytes + moreBytes <= maxBytes) {
            return true;
        }
        if (!toldFull) {
            toldFull = true;
            LOG.warn(
                    "event=group-memory-full usedBytes={} maxBytes={} wantedBytes={} effect=\"members and offsets that need"
                            + " more are refused\" remedy=\"give the broker more heap (-Xmx), or use fewer and smaller groups\"",
                    usedBytes,
                    maxBytes,
                    moreBytes);
        }
        return false;
    }

    public long maxBytes() {
        return maxBytes;
    }

    public long usedBytes() {
        return usedBytes;
    }
}
