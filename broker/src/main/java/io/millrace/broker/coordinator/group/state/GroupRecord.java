package io.millrace.broker.coordinator.group.state;

import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.OffsetCommitValue;
import org.jspecify.annotations.Nullable;

/** One record of {@code __consumer_offsets} that classic groups use. Immutable once written: nobody changes its value. */
public sealed interface GroupRecord {

    String group();

    /**
     * The offset that a group has committed for a partition.
     *
     * @param value null takes it back
     */
    record OffsetCommitted(
            String group,
            String topic,
            int partition,
            @Nullable OffsetCommitValue value) implements GroupRecord {}

    /**
     * The group's generation with its members and their assignments.
     *
     * @param value null when the group is gone
     */
    record GroupChanged(String group, @Nullable GroupMetadataValue value) implements GroupRecord {}
}
