package io.millrace.replication.replica;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes one fetch still waits for. A fetch over several shards has one of these in all, so that what each shard
 * finds is added up; used from the loop of any shard.
 *
 * <p>Atomic because two shards may commit at once; a fetch of one shard pays an uncontended addition per commit.
 */
public final class MissingBytes {

    private final AtomicLong missing;

    /** @param bytes at least 1 */
    public MissingBytes(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("nothing is missing: " + bytes + " bytes");
        }
        this.missing = new AtomicLong(bytes);
    }

    /**
     * Counts bytes that can be read now.
     *
     * @param bytes at least 0
     * @return true for the one call, in whatever shard, that makes it enough
     */
    public boolean found(long bytes) {
        long now = missing.addAndGet(-bytes);
        return now <= 0 && now + bytes > 0;
    }
}
