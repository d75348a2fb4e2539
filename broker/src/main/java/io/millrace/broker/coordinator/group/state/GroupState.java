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

    private final Map<String, GroupMetadataValue> groups = new LinkedHashMap<>();
    private final Map<String, GroupOffsets> offsets = new LinkedHashMap<>();

    /** Applies the next record of the log. */
    public void replay(GroupRecord record) {
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
