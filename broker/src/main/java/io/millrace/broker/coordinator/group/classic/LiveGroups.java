package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.Readings;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.replication.replica.Deadline;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.runtime.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the parts of the classic protocol share: the groups that live, their log and its state, timers. Owner: the shard loop. */
final class LiveGroups {

    private static final long NANOS_PER_MS = 1_000_000;

    private final GroupConfig config;
    private final DecisionLog log;
    private final GroupState state;
    private final DeadlineQueue deadlines;
    private final Clock clock;
    private final RebalanceCounts counts;
    private final Map<String, ClassicGroup> live = new LinkedHashMap<>();
    private boolean closed;

    LiveGroups(
            GroupConfig config,
            DecisionLog log,
            GroupState state,
            DeadlineQueue deadlines,
            Clock clock,
            RebalanceCounts counts) {
        this.counts = counts;
        this.config = config;
        this.log = log;
        this.state = state;
        this.deadlines = deadlines;
        this.clock = clock;
    }

    GroupConfig.Members settings() {
        return config.members();
    }

    DecisionLog log() {
        return log;
    }

    GroupState state() {
        return state;
    }

    RebalanceCounts counts() {
        return counts;
    }

    long wallMs() {
        return clock.wallMs();
    }

    @Nullable
    ClassicGroup find(String groupId) {
        return live.get(groupId);
    }

    Collection<ClassicGroup> all() {
        return Collections.unmodifiableCollection(live.values());
    }

    /** Whether one more group may be known, or live without being known yet. */
    boolean hasRoom() {
        return Math.max(state.size(), live.size()) < config.maxGroupsPerPartition();
    }

    ClassicGroup create(String groupId, ClassicGroup.Timeouts timeouts) {
        ClassicGroup group = new ClassicGroup(groupId, timeouts, state.memory());
        live.put(groupId, group);
        return group;
    }

    /** Forgets a group that has neither members nor ids given out; what the log knows of it stays. */
    void releaseIfEmpty(ClassicGroup group) {
        if (group.is(GroupPhase.EMPTY) && group.size() == 0 && group.pendings().isEmpty()) {
            stopTimers(group);
            live.remove(group.groupId());
        }
    }

    /** Adds how many groups there are in each phase, and their members. Looks at all that the log knows. */
    void read(Readings into) {
        int empty = 0;
        for (ClassicGroup group : live.values()) {
            into.add(Meter.GROUPS, 1, group.phase().text());
            into.add(Meter.GROUP_MEMBERS, group.size());
        }
        for (String groupId : state.groupIds()) {
            empty += live.containsKey(groupId) ? 0 : 1;
        }
        for (String groupId : state.groupIdsWithOffsets()) {
            empty += live.containsKey(groupId) || state.group(groupId) != null ? 0 : 1;
        }
        into.add(Meter.GROUPS, empty, GroupPhase.EMPTY.text());
    }

    /** Of the last generation that was begun, 0 before the first. */
    int generation(String groupId) {
        GroupMetadataValue last = state.group(groupId);
        return last == null ? 0 : last.generation();
    }

    void arm(Deadline deadline, long delayMs) {
        deadlines.cancel(deadline);
        if (!closed) {
            deadlines.add(deadline, delayMs * NANOS_PER_MS);
        }
    }

    void cancel(Deadline deadline) {
        deadlines.cancel(deadline);
    }

    void stopTimers(ClassicGroup group) {
        cancel(group.joinDeadline);
        cancel(group.syncDeadline);
        group.pendings().forEach(this::cancel);
        group.members().forEach(member -> cancel(member.session));
    }

    /** No timer runs any more. */
    void close() {
        closed = true;
        live.values().forEach(group -> {
            stopTimers(group);
            group.releaseMemory();
        });
        live.clear();
    }
}
