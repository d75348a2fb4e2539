package io.millrace.client.admin.group;

import io.millrace.client.cluster.BrokerPlace;
import java.util.List;

/**
 * A group as its coordinator describes it. Immutable.
 *
 * @param state {@code Empty}, {@code PreparingRebalance}, {@code CompletingRebalance}, {@code Stable} or {@link #DEAD}
 * @param protocol the assignor that the members agreed on; empty while there is none
 * @param members in no order
 */
public record GroupDescription(
        String groupId,
        String state,
        String protocolType,
        String protocol,
        BrokerPlace coordinator,
        List<GroupMember> members) {

    /** The state of a group that does not exist. */
    public static final String DEAD = "Dead";

    public GroupDescription {
        members = List.copyOf(members);
    }

    public boolean exists() {
        return !state.equals(DEAD);
    }
}
