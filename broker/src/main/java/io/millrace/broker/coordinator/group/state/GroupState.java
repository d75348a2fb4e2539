package io.millrace.broker.coordinator.group.state;

import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.OffsetCommitValue;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Groups and committed offsets of one coordinator partition. Owned by the shard loop of that partition.
 *
 * <p>Invariant: it is a function of the partition's records and changes in {@link #replay} only, so a coordinator that reads the
 * log again gets the same state that the last one had. What is not in the log (who waits for a rebalance, when a session ends)
 * is not here.
 */
public final class GroupState {

    /** About what a record takes beside its text: keys, objects, places in maps. */
    private static final int RECORD_OVERHEAD_BYTES = 200;

    private final Map<String, GroupMetadataValue> groups = new LinkedHashMap<>();
    private final Map<String, GroupOffsets> offsets = new LinkedHashMap<>();
    private final GroupMemory memory;
    private long heldBytes;
    private boolean dropped;
    private int known;

    /** A state of which nobody counts the bytes. */
    public GroupState() {
        this(GroupMemory.unbounded());
    }

    /** @param memory is charged with what the state holds, until it is dropped */
    public GroupState(GroupMemory memory) {
        this.memory = memory;
    }

    public GroupMemory memory() {
        return memory;
    }

    /** Bytes that the state would take more with {@code record}; negative when less. */
    public long growth(GroupRecord record) {
        return switch (record) {
            case GroupRecord.GroupChanged changed ->
                costBytes(changed)
                        - costBytes(new GroupRecord.GroupChanged(changed.group(), groups.get(changed.group())));
            case GroupRecord.OffsetCommitted(var group, var topic, var partition, var value) -> {
                GroupOffsets present = offsets.get(group);
                OffsetCommitValue before =
                        present == null ? null : present.of(topic).get(partition);
                yield costBytes(record) - costBytes(new GroupRecord.OffsetCommitted(group, topic, partition, before));
            }
        };
    }

    private static long costBytes(GroupRecord record) {
        int valueBytes = GroupRecordCodec.valueBytes(record);
        return valueBytes == 0 ? 0 : RECORD_OVERHEAD_BYTES + valueBytes;
    }

    /** Nobody uses it any more: gives back the memory that it counted for. Idempotent. */
    public void drop() {
        memory.add(-heldBytes);
        heldBytes = 0;
        dropped = true;
    }

    private void charge(long bytes) {
        if (!dropped) {
            heldBytes += bytes;
            memory.add(bytes);
        }
    }

    /** Applies the next record of the log. */
    public void replay(GroupRecord record) {
        charge(growth(record));
        int before = knows(record.group()) ? 1 : 0;
        apply(record);
        known += (knows(record.group()) ? 1 : 0) - before;
    }

    private void apply(GroupRecord record) {
        switch (record) {
            case GroupRecord.GroupChanged(var group, var value) -> {
                if (value == null) {
                    groups.remove(group);
                } else {
                    groups.put(group, value);
                }
            }
            case GroupRecord.OffsetCommitted(var group, var topic, var partition, var value) -> {
                if (value != null) {
                    offsets.computeIfAbsent(group, ignored -> new GroupOffsets())
                            .put(topic, partition, value);
                } else {
                    GroupOffsets present = offsets.get(group);
                    if (present != null) {
                        present.remove(topic, partition);
                        if (present.isEmpty()) {
                            offsets.remove(group);
                        }
                    }
                }
            }
        }
    }

    /** The group's last generation, never to be changed; null when it has none. */
    public @Nullable GroupMetadataValue group(String groupId) {
        return groups.get(groupId);
    }

    /** What the group has committed; null when nothing. */
    public @Nullable GroupOffsets offsets(String groupId) {
        return offsets.get(groupId);
    }

    /** Whether there is anything of the group. */
    public boolean knows(String groupId) {
        return groups.containsKey(groupId) || offsets.containsKey(groupId);
    }

    /** Groups of which there is anything. */
    public int size() {
        return known;
    }

    /** Groups with a generation, in the order of their first record. */
    public Collection<String> groupIds() {
        return Collections.unmodifiableCollection(groups.keySet());
    }

    /** Groups with committed offsets, in the order of their first record. */
    public Collection<String> groupIdsWithOffsets() {
        return Collections.unmodifiableCollection(offsets.keySet());
    }

    /** Equal for equal states, whatever the order of records that led there. O(size). */
    public long digest() {
        return 31L * groups.hashCode() + offsets.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GroupState that && groups.equals(that.groups) && offsets.equals(that.offsets);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(digest());
    }

    @Override
    public String toString() {
        return "GroupState(groups=" + groups + ", offsets=" + offsets + ")";
    }

    /** The committed offsets of one group by topic and partition. Changed by {@link GroupState#replay} only. */
    public static final class GroupOffsets {

        private final Map<String, Map<Integer, OffsetCommitValue>> topics = new LinkedHashMap<>();

        private void put(String topic, int partition, OffsetCommitValue value) {
            topics.computeIfAbsent(topic, ignored -> new LinkedHashMap<>()).put(partition, value);
        }

        private void remove(String topic, int partition) {
            Map<Integer, OffsetCommitValue> partitions = topics.get(topic);
            if (partitions != null) {
                partitions.remove(partition);
                if (partitions.isEmpty()) {
                    topics.remove(topic);
                }
            }
        }

        private boolean isEmpty() {
            return topics.isEmpty();
        }

        /** By partition; empty when nothing is committed for the topic. Unmodifiable. */
        public Map<Integer, OffsetCommitValue> of(String topic) {
            Map<Integer, OffsetCommitValue> partitions = topics.get(topic);
            return partitions == null ? Map.of() : Collections.unmodifiableMap(partitions);
        }

        /** In the order of the first commit. Unmodifiable. */
        public Collection<String> topics() {
            return Collections.unmodifiableCollection(topics.keySet());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof GroupOffsets that && topics.equals(that.topics);
        }

        @Override
        public int hashCode() {
            return topics.hashCode();
        }

        @Override
        public String toString() {
            return topics.toString();
        }
    }
}
