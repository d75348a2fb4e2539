package io.millrace.replication.replica;

import io.millrace.protocol.Uuid;

/** Which shard owns a partition: a hash, so that every part of the process agrees without asking. Stateless. */
public final class ShardAssignment {

    private ShardAssignment() {}

    /**
     * The shard of a partition; the same in every process with as many shards.
     *
     * @return {@code 0..shardCount - 1}; the partitions of one topic go round the shards
     */
    public static int shardOf(Uuid topicId, int partition, int shardCount) {
        long mixed = (topicId.mostSignificantBits() ^ Long.rotateLeft(topicId.leastSignificantBits(), 32))
                * 0x9e3779b97f4a7c15L;
        return (int) Long.remainderUnsigned((mixed >>> 32) + partition, shardCount);
    }
}
