package io.millrace.broker.coordinator.group.offset;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.classic.ClassicGroups;
import io.millrace.broker.coordinator.group.classic.GroupPhase;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.broker.request.LogText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.OffsetCommitValue;
import io.millrace.replication.replica.Deadline;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.runtime.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends offsets that nobody uses any more, and then their groups (KIP-211, KIP-496). Owned by the shard loop.
 *
 * <pre>
 * group                               its offsets end
 * has members, all consumers          a topic that nobody subscribes to: retention after its commit; the others never
 * has members, another protocol       never
 * had members, has none               retention after the last one left
 * never had members                   retention after the commit
 * </pre>
 *
 * <p>One deadline per group and no pass over all: it rings when the first offset may end, at the latest one retention after it
 * was set, looks at its group alone and is set anew.
 */
final class OffsetExpiry {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetExpiry.class);
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long NO_TIME = -1;

    private final GroupConfig.Offsets settings;
    private final DecisionLog log;
    private final GroupState state;
    private final ClassicGroups groups;
    private final DeadlineQueue deadlines;
    private final Clock clock;
    /** By group id, as many as groups that have anything in the log. */
    private final Map<String, Deadline> watched = new LinkedHashMap<>();

    OffsetExpiry(
            GroupConfig.Offsets settings,
            DecisionLog log,
            GroupState state,
            ClassicGroups groups,
            DeadlineQueue deadlines,
            Clock clock) {
        this.settings = settings;
        this.log = log;
        this.state = state;
        this.groups = groups;
        this.deadlines = deadlines;
        this.clock = clock;
        state.groupIds().forEach(this::watch);
        state.groupIdsWithOffsets().forEach(this::watch);
        log.onReplay(this::replayed);
    }

    private void replayed(GroupRecord record) {
        if (state.knows(record.group())) {
            watch(record.group());
            return;
        }
        Deadline ended = watched.remove(record.group());
        if (ended != null) {
            deadlines.cancel(ended);
        }
    }

    private void watch(String groupId) {
        if (!watched.containsKey(groupId)) {
            Deadline deadline = new Deadline(() -> look(groupId));
            watched.put(groupId, deadline);
            arm(groupId, deadline);
        }
    }

    private void arm(String groupId, Deadline deadline) {
        long nowMs = clock.wallMs();
        long nextMs = Math.min(earliestEndMs(groupId), nowMs + settings.retentionMs());
        deadlines.add(deadline, Math.max(nextMs - nowMs, settings.checkIntervalMs()) * NANOS_PER_MS);
    }

    private void look(String groupId) {
        Deadline deadline = watched.get(groupId);
        if (deadline == null) {
            return;
        }
        List<GroupRecord> ended = ended(groupId);
        ErrorCode refused = ended.isEmpty() ? ErrorCode.NONE : log.write(ended);
        if (refused == ErrorCode.NONE && !ended.isEmpty()) {
            LOG.info("event=group-offsets-expired group={} records={}", LogText.of(groupId), ended.size());
        }
        if (refused == ErrorCode.NONE && !state.knows(groupId)) {
            watched.remove(groupId);
        } else {
            arm(groupId, deadline);
        }
    }

    /** Tombstones of what is over now, the group's own last. */
    private List<GroupRecord> ended(String groupId) {
        long nowMs = clock.wallMs();
        List<GroupRecord> ended = new ArrayList<>();
        boolean somethingLeft = false;
        GroupState.GroupOffsets offsets = state.offsets(groupId);
        if (offsets != null) {
            Set<String> subscribed = groups.subscribedTopics(groupId);
            for (String topic : offsets.topics()) {
                for (Map.Entry<Integer, OffsetCommitValue> each :
                        offsets.of(topic).entrySet()) {
                    if (endMs(groupId, topic, each.getValue(), subscribed) <= nowMs) {
                        ended.add(new GroupRecord.OffsetCommitted(groupId, topic, each.getKey(), null));
                    } else {
                        somethingLeft = true;
                    }
                }
            }
        }
        if (!somethingLeft && !groups.isLive(groupId) && groupEndMs(groupId) <= nowMs && state.group(groupId) != null) {
            ended.add(new GroupRecord.GroupChanged(groupId, null));
        }
        return ended;
    }

    private long earliestEndMs(String groupId) {
        GroupState.GroupOffsets offsets = state.offsets(groupId);
        if (offsets == null) {
            return groups.isLive(groupId) ? NEVER : groupEndMs(groupId);
        }
        Set<String> subscribed = groups.subscribedTopics(groupId);
        long earliest = NEVER;
        for (String topic : offsets.topics()) {
            for (OffsetCommitValue value : offsets.of(topic).values()) {
                earliest = Math.min(earliest, endMs(groupId, topic, value, subscribed));
            }
        }
        return earliest;
    }

    /** When a group without members and offsets ends. */
    private long groupEndMs(String groupId) {
        GroupMetadataValue last = state.group(groupId);
        return last == null ? NO_TIME : last.currentStateTimestamp() + settings.retentionMs();
    }

    private long endMs(String groupId, String topic, OffsetCommitValue value, @Nullable Set<String> subscribed) {
        if (groups.isLive(groupId)) {
            boolean unused =
                    groups.phase(groupId) == GroupPhase.STABLE && subscribed != null && !subscribed.contains(topic);
            return unused ? ownEndMs(value) : NEVER;
        }
        GroupMetadataValue last = state.group(groupId);
        if (value.expireTimestamp() != NO_TIME
                || last == null
                || last.protocolType().isEmpty()) {
            return ownEndMs(value);
        }
        // Tools may have committed after the last member left.
        return Math.max(last.currentStateTimestamp(), value.commitTimestamp()) + settings.retentionMs();
    }

    private long ownEndMs(OffsetCommitValue value) {
        return value.expireTimestamp() != NO_TIME
                ? value.expireTimestamp()
                : value.commitTimestamp() + settings.retentionMs();
    }

    void close() {
        watched.values().forEach(deadlines::cancel);
        watched.clear();
    }
}
