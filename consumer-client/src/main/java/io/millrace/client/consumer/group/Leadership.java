package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.assignment.Assignor;
import io.millrace.client.consumer.assignment.ConsumerProtocol;
import io.millrace.client.consumer.assignment.MemberSubscription;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * What the member does that the coordinator made the group's leader: shares the partitions, and calls for a rebalance when their number
 * changes. Owned by the client's loop.
 */
final class Leadership {

    private final String groupId;
    private final TopicWatch watch;

    /** @param onChange runs when the last assignment that this member made is out of date */
    Leadership(Cluster cluster, String groupId, Runnable onChange) {
        this.groupId = groupId;
        this.watch = new TopicWatch(cluster, onChange);
        watch.start();
    }

    /** Another member leads, or none: only these topics matter. */
    void follow(List<String> ownTopics) {
        watch.assignedBy(null);
        watch.watch(ownTopics);
    }

    /**
     * Shares the partitions as soon as it is known how many there are.
     *
     * @param assigned gets an entry for each member, or none when the coordinator wants the assignment left as it is (KIP-814: a static
     *     member came back)
     * @throws RefusedException when a member cannot be understood
     */
    void lead(JoinGroupResponse response, Consumer<Map<String, List<TopicPartition>>> assigned) {
        String protocol = String.valueOf(response.protocolName());
        Assignor assignor = Assignor.of(protocol);
        if (assignor == null) {
            throw refusal("the group chose the assignor " + protocol + ", which this member did not offer");
        }
        List<MemberSubscription> members = new ArrayList<>();
        try {
            for (JoinGroupResponse.JoinGroupResponseMember member : response.members()) {
                members.add(ConsumerProtocol.readSubscription(
                        member.memberId(), member.groupInstanceId(), member.metadata()));
            }
        } catch (MalformedMessageException e) {
            throw refusal("a member's subscription cannot be read: " + e.getMessage());
        }
        watch.assignedBy(null);
        watch.watch(MemberSubscription.allTopics(members));
        watch.onceKnown(() -> {
            SortedMap<String, Integer> counts = watch.partitionCounts();
            assigned.accept(response.skipAssignment() ? Map.of() : assignor.assign(counts, members));
            watch.assignedBy(counts);
        });
    }

    private RefusedException refusal(String why) {
        return RefusedException.of("lead group " + groupId, ErrorCode.INCONSISTENT_GROUP_PROTOCOL, why);
    }
}
