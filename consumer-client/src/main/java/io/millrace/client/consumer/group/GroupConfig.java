package io.millrace.client.consumer.group;

import io.millrace.client.consumer.assignment.Assignor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer takes part in a group. Immutable.
 *
 * @param groupId {@code group.id}
 * @param instanceId makes the member static: it keeps its partitions over a restart ({@code group.instance.id}); null: dynamic
 * @param sessionTimeoutMs without heartbeats for this long a member counts as dead ({@code session.timeout.ms})
 * @param heartbeatIntervalMs {@code heartbeat.interval.ms}; sent by the client's own thread, whatever the application does
 * @param maxPollIntervalMs a member that does not poll for this long leaves the group ({@code max.poll.interval.ms})
 * @param assignors offered to the group, the preferred one first. With {@link Assignor#RANGE} among them members give up everything
 *     before a rebalance, since the group may settle on it
 * @param autoCommit commits by itself what the application came back from ({@code enable.auto.commit})
 * @param autoCommitIntervalMs {@code auto.commit.interval.ms}
 * @param leaveOnClose whether {@code close} tells the group; a static member never does
 */
public record GroupConfig(
        String groupId,
        @Nullable String instanceId,
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int maxPollIntervalMs,
        List<Assignor> assignors,
        boolean autoCommit,
        int autoCommitIntervalMs,
        boolean leaveOnClose) {

    public GroupConfig {
        assignors = List.copyOf(assignors);
        if (groupId.isEmpty() || (instanceId != null && instanceId.isEmpty())) {
            throw new IllegalArgumentException("groupId and instanceId must not be empty");
        }
        if (assignors.isEmpty()) {
            throw new IllegalArgumentException("no assignor: give at least one of " + List.of(Assignor.values()));
        }
        if (heartbeatIntervalMs < 1 || heartbeatIntervalMs >= sessionTimeoutMs) {
            throw new IllegalArgumentException("heartbeatIntervalMs=" + heartbeatIntervalMs
                    + " must be at least 1 and below sessionTimeoutMs=" + sessionTimeoutMs);
        }
        if (maxPollIntervalMs < 1 || autoCommitIntervalMs < 0) {
            throw new IllegalArgumentException("maxPollIntervalMs=" + maxPollIntervalMs
                    + " must be at least 1 and autoCommitIntervalMs=" + autoCommitIntervalMs + " not negative");
        }
    }

    /** Kafka's defaults: 45 s session, heartbeats every 3 s, 5 min between polls, range or sticky, commits every 5 s. */
    public static GroupConfig of(String groupId) {
        return new GroupConfig(
                groupId,
                null,
                45_000,
                3_000,
                300_000,
                List.of(Assignor.RANGE, Assignor.COOPERATIVE_STICKY),
                true,
                5_000,
                true);
    }

    public GroupConfig withInstanceId(String id) {
        return new GroupConfig(
                groupId,
                id,
                sessionTimeoutMs,
                heartbeatIntervalMs,
                maxPollIntervalMs,
                assignors,
                autoCommit,
                autoCommitIntervalMs,
                leaveOnClose);
    }

    public GroupConfig withTimeouts(int sessionMs, int heartbeatMs, int maxPollMs) {
        return new GroupConfig(
                groupId,
                instanceId,
                sessionMs,
                heartbeatMs,
                maxPollMs,
                assignors,
                autoCommit,
                autoCommitIntervalMs,
                leaveOnClose);
    }

    public GroupConfig withAssignors(Assignor... offered) {
        return new GroupConfig(
                groupId,
                instanceId,
                sessionTimeoutMs,
                heartbeatIntervalMs,
                maxPollIntervalMs,
                List.of(offered),
                autoCommit,
                autoCommitIntervalMs,
                leaveOnClose);
    }

    /** Commits by itself, at this interval. */
    public GroupConfig withAutoCommit(int intervalMs) {
        return new GroupConfig(
                groupId,
                instanceId,
                sessionTimeoutMs,
                heartbeatIntervalMs,
                maxPollIntervalMs,
                assignors,
                true,
                intervalMs,
                leaveOnClose);
    }

    /** Leaves committing to the application. */
    public GroupConfig withoutAutoCommit() {
        return new GroupConfig(
                groupId,
                instanceId,
                sessionTimeoutMs,
                heartbeatIntervalMs,
                maxPollIntervalMs,
                assignors,
                false,
                autoCommitIntervalMs,
                leaveOnClose);
    }

    public GroupConfig withLeaveOnClose(boolean leaves) {
        return new GroupConfig(
                groupId,
                instanceId,
                sessionTimeoutMs,
                heartbeatIntervalMs,
                maxPollIntervalMs,
                assignors,
                autoCommit,
                autoCommitIntervalMs,
                leaves);
    }

    /** Whether members keep reading during a rebalance: only when range cannot be chosen. */
    public boolean isCooperative() {
        return !assignors.contains(Assignor.RANGE);
    }
}
