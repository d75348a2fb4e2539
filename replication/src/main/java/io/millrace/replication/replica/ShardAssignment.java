package io.millrace.replication.replica;

/** Which shard owns a partition: a hash, so that every part of the process agrees without asking. Stateless. */
public final class ShardAssignment {

    private ShardAssignment() {}

    /**
     * The shard of a partition; the same in every process with as many shards.
     *
     * <p>By name, not by topic id: a topic that is deleted and created again stays in its shard, so the deletion of the old
     * log and the creation of the new one, which share a folder name, go through one journal in their order.
     *
     * @return {@code 0..shardCount - 1}; the partitions of one topic go round the shards
     */
    public static int shardOf(String topic, int partition, int shardCount) {
        int mixed = topic.hashCode() * 0x9e3779b9;
        return Integer.remainderUnsigned((mixed >>> 8) + partition, shardCount);
    }
}
