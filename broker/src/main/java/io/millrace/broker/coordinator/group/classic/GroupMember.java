package io.millrace.broker.coordinator.group.classic;

import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.replication.replica.Deadline;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A member as the coordinator knows it between two generations. Owned by the shard loop; lost with the coordinator, made anew
 * from the log. Its assignment is not here but in the group's last record.
 */
final class GroupMember {

    /** What does not change while the member lives. */
    record Identity(String memberId, @Nullable String instanceId, String clientId, String clientHost) {}

    private final Identity identity;
    private List<MemberProtocol> protocols;
    private int rebalanceTimeoutMs;
    private int sessionTimeoutMs;
    /** Ends the session; queued except while the member waits for the group. */
    final Deadline session;

    private @Nullable Consumer<JoinGroupResponse> awaitingJoin;
    private @Nullable Consumer<SyncGroupResponse> awaitingSync;

    GroupMember(
            Identity identity,
            List<MemberProtocol> protocols,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            Deadline.Expiry sessionEnd) {
        this.identity = identity;
        this.protocols = protocols;
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.session = new Deadline(sessionEnd);
    }

    String memberId() {
        return identity.memberId();
    }

    @Nullable
    String instanceId() {
        return identity.instanceId();
    }

    Identity identity() {
        return identity;
    }

    boolean isStatic() {
        return identity.instanceId() != null;
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    /** In the member's order of preference. */
    List<MemberProtocol> protocols() {
        return protocols;
    }

    boolean supports(String protocol) {
        for (MemberProtocol each : protocols) {
            if (each.name().equals(protocol)) {
                return true;
            }
        }
        return false;
    }

    /** What the member says in {@code protocol}; empty when it does not support it. */
    byte[] metadata(String protocol) {
        for (MemberProtocol each : protocols) {
            if (each.name().equals(protocol)) {
                return each.metadata();
            }
        }
        return new byte[0];
    }

    void update(List<MemberProtocol> newProtocols, int newRebalanceTimeoutMs, int newSessionTimeoutMs) {
        protocols = newProtocols;
        rebalanceTimeoutMs = newRebalanceTimeoutMs;
        sessionTimeoutMs = newSessionTimeoutMs;
    }

    boolean isAwaitingJoin() {
        return awaitingJoin != null;
    }

    boolean isAwaitingSync() {
        return awaitingSync != null;
    }

    void awaitJoin(Consumer<JoinGroupResponse> answer) {
        awaitingJoin = answer;
    }

    void awaitSync(Consumer<SyncGroupResponse> answer) {
        awaitingSync = answer;
    }

    /** Who waits for the join to complete, once. */
    @Nullable
    Consumer<JoinGroupResponse> takeJoin() {
        Consumer<JoinGroupResponse> answer = awaitingJoin;
        awaitingJoin = null;
        return answer;
    }

    /** Who waits for its assignment, once. */
    @Nullable
    Consumer<SyncGroupResponse> takeSync() {
        Consumer<SyncGroupResponse> answer = awaitingSync;
        awaitingSync = null;
        return answer;
    }

    @Override
    public String toString() {
        return identity + "(protocols=" + protocols + ", sessionTimeoutMs=" + sessionTimeoutMs + ")";
    }
}
