package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.message.ConsumerProtocolSubscription;
import io.millrace.protocol.message.DescribeGroupsResponse;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.ListGroupsResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What tools are told of groups. Owned by the shard loop. */
final class GroupDescriptions {

    private static final String CLASSIC = "classic";
    private static final String CONSUMER = "consumer";

    private final LiveGroups groups;

    GroupDescriptions(LiveGroups groups) {
        this.groups = groups;
    }

    GroupPhase phase(String groupId) {
        ClassicGroup group = groups.find(groupId);
        if (group != null) {
            return group.phase();
        }
        return groups.state().knows(groupId) ? GroupPhase.EMPTY : GroupPhase.DEAD;
    }

    DescribeGroupsResponse.DescribedGroup describe(String groupId) {
        GroupPhase phase = phase(groupId);
        DescribeGroupsResponse.DescribedGroup described = new DescribeGroupsResponse.DescribedGroup()
                .groupId(groupId)
                .groupState(phase.text())
                .protocolType(protocolType(groupId));
        ClassicGroup group = groups.find(groupId);
        GroupMetadataValue last = groups.state().group(groupId);
        if (group == null || last == null) {
            return described;
        }
        String protocol = last.protocol();
        if (phase != GroupPhase.STABLE || protocol == null) {
            group.members().forEach(member -> described.members().add(described(member)));
            return described;
        }
        described.protocolData(protocol);
        Map<String, byte[]> assignments = new HashMap<>();
        last.members().forEach(member -> assignments.put(member.memberId(), member.assignment()));
        for (GroupMember member : group.members()) {
            described
                    .members()
                    .add(described(member)
                            .memberMetadata(member.metadata(protocol))
                            .memberAssignment(assignments.getOrDefault(member.memberId(), new byte[0])));
        }
        return described;
    }

    private static DescribeGroupsResponse.DescribedGroupMember described(GroupMember member) {
        return new DescribeGroupsResponse.DescribedGroupMember()
                .memberId(member.memberId())
                .groupInstanceId(member.instanceId())
                .clientId(member.identity().clientId())
                .clientHost(member.identity().clientHost());
    }

    private String protocolType(String groupId) {
        ClassicGroup group = groups.find(groupId);
        if (group != null && group.size() > 0) {
            return group.protocolType();
        }
        GroupMetadataValue last = groups.state().group(groupId);
        return last == null ? "" : last.protocolType();
    }

    List<ListGroupsResponse.ListedGroup> list() {
        GroupState state = groups.state();
        Set<String> ids = new LinkedHashSet<>(state.groupIds());
        ids.addAll(state.groupIdsWithOffsets());
        groups.all().forEach(group -> ids.add(group.groupId()));
        List<ListGroupsResponse.ListedGroup> listed = new ArrayList<>(ids.size());
        for (String groupId : ids) {
            listed.add(new ListGroupsResponse.ListedGroup()
                    .groupId(groupId)
                    .protocolType(protocolType(groupId))
                    .groupState(phase(groupId).text())
                    .groupType(CLASSIC));
        }
        return listed;
    }

    @Nullable
    Set<String> subscribedTopics(String groupId) {
        ClassicGroup group = groups.find(groupId);
        if (group == null || !group.protocolType().equals(CONSUMER)) {
            return null;
        }
        Set<String> topics = new LinkedHashSet<>();
        for (GroupMember member : group.members()) {
            for (MemberProtocol protocol : member.protocols()) {
                if (!addSubscription(protocol.metadata(), topics)) {
                    return null;
                }
            }
        }
        return topics;
    }

    /** The layout of Java's consumer protocol, which the other clients have taken over: int16 version, then the message. */
    private static boolean addSubscription(byte[] metadata, Set<String> topics) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(metadata);
            if (bytes.remaining() < Short.BYTES) {
                return false;
            }
            short version = (short) Math.min(bytes.getShort(), ConsumerProtocolSubscription.HIGHEST_VERSION);
            if (version < 0) {
                return false;
            }
            topics.addAll(ConsumerProtocolSubscription.read(bytes, version).topics());
            return true;
        } catch (MalformedMessageException e) {
            return false;
        }
    }
}
