package io.millrace.client.admin.group;

import io.millrace.client.cluster.BrokerPlace;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.ServerAddress;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ConsumerProtocolAssignment;
import io.millrace.protocol.message.DeleteGroupsRequest;
import io.millrace.protocol.message.DeleteGroupsResponse;
import io.millrace.protocol.message.DescribeGroupsRequest;
import io.millrace.protocol.message.DescribeGroupsResponse;
import io.millrace.protocol.message.ListGroupsRequest;
import io.millrace.protocol.message.ListGroupsResponse;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.MetadataResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests about groups as a whole, and how their answers read. Stateless. */
final class GroupRequests {

    private static final ApiRange METADATA = ApiRange.of(ApiKey.METADATA, 1, 13);
    private static final ApiRange LIST = ApiRange.of(ApiKey.LIST_GROUPS, 0, 5);
    private static final ApiRange DESCRIBE = ApiRange.of(ApiKey.DESCRIBE_GROUPS, 0, 6);
    private static final ApiRange DELETE = ApiRange.of(ApiKey.DELETE_GROUPS, 0, 2);
    private static final int AUTO_CREATE_FLAG = 4;
    private static final int STATES_FILTER = 4;
    private static final int TYPES_FILTER = 5;

    private GroupRequests() {}

    /** Metadata of no topic: who is there. */
    static ClientRequest brokers() {
        return ClientRequest.of(
                METADATA,
                version -> new MetadataRequest().topics(List.of()).allowAutoTopicCreation(version < AUTO_CREATE_FLAG));
    }

    static List<BrokerPlace> readBrokers(Message answer) {
        List<BrokerPlace> brokers = new ArrayList<>();
        for (MetadataResponse.MetadataResponseBroker each : ((MetadataResponse) answer).brokers()) {
            brokers.add(new BrokerPlace(each.nodeId(), new ServerAddress(each.host(), each.port())));
        }
        return brokers;
    }

    static ClientRequest list(Set<String> states, Set<String> types) {
        return ClientRequest.of(LIST, version -> {
            ListGroupsRequest request = new ListGroupsRequest();
            if (version >= STATES_FILTER) {
                request.statesFilter(List.copyOf(states));
            }
            if (version >= TYPES_FILTER) {
                request.typesFilter(List.copyOf(types));
            }
            return request;
        });
    }

    static List<GroupListing> readList(Message answer) {
        ListGroupsResponse response = (ListGroupsResponse) answer;
        ErrorCode error = ErrorCode.of(response.errorCode());
        if (error != ErrorCode.NONE) {
            throw RefusedException.of("list groups", error, null);
        }
        List<GroupListing> groups = new ArrayList<>(response.groups().size());
        for (ListGroupsResponse.ListedGroup each : response.groups()) {
            groups.add(new GroupListing(each.groupId(), each.protocolType(), each.groupState(), each.groupType()));
        }
        return groups;
    }

    static ClientRequest describe(String groupId) {
        return ClientRequest.of(DESCRIBE, version -> new DescribeGroupsRequest().groups(List.of(groupId)));
    }

    static GroupDescription readDescribed(String groupId, BrokerPlace coordinator, Message answer) {
        String what = "describe group " + groupId;
        for (DescribeGroupsResponse.DescribedGroup each : ((DescribeGroupsResponse) answer).groups()) {
            ErrorCode error = ErrorCode.of(each.errorCode());
            if (error == ErrorCode.GROUP_ID_NOT_FOUND) {
                return new GroupDescription(groupId, GroupDescription.DEAD, "", "", coordinator, List.of());
            }
            if (error != ErrorCode.NONE) {
                throw RefusedException.of(what, error, each.errorMessage());
            }
            List<GroupMember> members = new ArrayList<>(each.members().size());
            for (DescribeGroupsResponse.DescribedGroupMember member : each.members()) {
                members.add(new GroupMember(
                        member.memberId(),
                        member.groupInstanceId(),
                        member.clientId(),
                        member.clientHost(),
                        assignment(member.memberAssignment())));
            }
            return new GroupDescription(
                    groupId, each.groupState(), each.protocolType(), each.protocolData(), coordinator, members);
        }
        throw notMentioned(what);
    }

    /** The layout of Java's consumer protocol: int16 version, then the message. */
    static @Nullable List<TopicPartition> assignment(byte[] written) {
        if (written.length == 0) {
            return List.of();
        }
        ByteBuffer bytes = ByteBuffer.wrap(written);
        if (bytes.remaining() < Short.BYTES) {
            return null;
        }
        short version = (short) Math.min(bytes.getShort(), ConsumerProtocolAssignment.HIGHEST_VERSION);
        if (version < 0) {
            return null;
        }
        List<TopicPartition> partitions = new ArrayList<>();
        try {
            for (ConsumerProtocolAssignment.TopicPartition topic :
                    ConsumerProtocolAssignment.read(bytes, version).assignedPartitions()) {
                for (int partition : topic.partitions()) {
                    partitions.add(new TopicPartition(topic.topic(), partition));
                }
            }
        } catch (MalformedMessageException | IllegalArgumentException e) {
            return null; // Connect's workers, for one, assign in a layout of their own
        }
        partitions.sort(null);
        return partitions;
    }

    static ClientRequest delete(String groupId) {
        return ClientRequest.of(DELETE, version -> new DeleteGroupsRequest().groupsNames(List.of(groupId)));
    }

    static String readDeleted(String groupId, Message answer) {
        String what = "delete group " + groupId;
        for (DeleteGroupsResponse.DeletableGroupResult each : ((DeleteGroupsResponse) answer).results()) {
            if (each.groupId().equals(groupId)) {
                ErrorCode error = ErrorCode.of(each.errorCode());
                if (error != ErrorCode.NONE) {
                    throw RefusedException.of(what, error, null);
                }
                return groupId;
            }
        }
        throw notMentioned(what);
    }

    private static RefusedException notMentioned(String what) {
        return RefusedException.of(what, ErrorCode.UNKNOWN_SERVER_ERROR, "the broker's answer does not mention it");
    }
}
