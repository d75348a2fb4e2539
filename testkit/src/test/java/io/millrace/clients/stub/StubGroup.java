package io.millrace.clients.stub;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.FindCoordinatorRequest;
import io.millrace.protocol.message.FindCoordinatorResponse;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.HeartbeatResponse;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.LeaveGroupResponse;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one group of a stub cluster, of one member at a time: who joins takes over. Checks member ids and generations, and keeps the history
 * of commits. Guarded by the cluster's lock.
 */
final class StubGroup {

    private final StubCluster cluster;
    private int coordinator;
    private int generation;
    private int lastMember;
    private String memberId = "";
    private byte[] assignment = new byte[0];
    private final Map<String, Map<Integer, OffsetCommitRequest.OffsetCommitRequestPartition>> offsets = new TreeMap<>();
    private final List<String> leaves = new ArrayList<>();
    private final List<String> setBacks = new ArrayList<>();

    StubGroup(StubCluster cluster) {
        this.cluster = cluster;
    }

    void coordinator(int broker) {
        coordinator = broker;
    }

    void forgetMember() {
        memberId = "";
    }

    void nextGeneration() {
        generation++;
    }

    long committed(String topic, int partition) {
        OffsetCommitRequest.OffsetCommitRequestPartition at =
                offsets.getOrDefault(topic, Map.of()).get(partition);
        return at == null ? -1 : at.committedOffset();
    }

    List<String> leaves() {
        return List.copyOf(leaves);
    }

    List<String> setBacks() {
        return List.copyOf(setBacks);
    }

    /** Null when the request is not about groups. */
    @Nullable
    Message answer(Message request, int broker, @Nullable ErrorCode forced, boolean act) {
        ErrorCode error = forced != null ? forced : broker != coordinator ? ErrorCode.NOT_COORDINATOR : ErrorCode.NONE;
        boolean done = act && broker == coordinator;
        return switch (request) {
            case FindCoordinatorRequest find -> find(find, forced == null ? ErrorCode.NONE : forced);
            case JoinGroupRequest join -> join(join, error, done);
            case SyncGroupRequest sync -> sync(sync, error, done);
            case HeartbeatRequest beat ->
                new HeartbeatResponse()
                        .errorCode(fenced(error, beat.memberId(), beat.generationId())
                                .code());
            case LeaveGroupRequest leave -> leave(leave, error, done);
            case OffsetCommitRequest commit -> commit(commit, error, done);
            case OffsetFetchRequest fetch -> fetch(fetch, error);
            default -> null;
        };
    }

    private ErrorCode fenced(ErrorCode error, String member, int claimed) {
        if (error != ErrorCode.NONE) {
            return error;
        }
        if (!member.equals(memberId) || memberId.isEmpty()) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return claimed == generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }

    private FindCoordinatorResponse find(FindCoordinatorRequest request, ErrorCode error) {
        String host = "127.0.0.1";
        int port = cluster.port(coordinator);
        if (request.coordinatorKeys().isEmpty()) {
            return new FindCoordinatorResponse()
                    .errorCode(error.code())
                    .nodeId(coordinator)
                    .host(host)
                    .port(port);
        }
        return new FindCoordinatorResponse()
                .coordinators(List.of(new FindCoordinatorResponse.Coordinator()
                        .key(request.coordinatorKeys().getFirst())
                        .errorCode(error.code())
                        .nodeId(coordinator)
                        .host(host)
                        .port(port)));
    }

    private JoinGroupResponse join(JoinGroupRequest request, ErrorCode forced, boolean act) {
        ErrorCode error = forced;
        String id = request.memberId();
        if (error == ErrorCode.NONE && id.isEmpty() && request.groupInstanceId() == null) {
            return new JoinGroupResponse()
                    .errorCode(ErrorCode.MEMBER_ID_REQUIRED.code())
                    .memberId("member-" + ++lastMember);
        }
        if (error == ErrorCode.NONE && !id.isEmpty() && !id.equals("member-" + lastMember)) {
            error = ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (!act || error == ErrorCode.UNKNOWN_MEMBER_ID) {
            return new JoinGroupResponse().errorCode(error.code()).memberId(id);
        }
        memberId = id.isEmpty() ? "member-" + ++lastMember : id;
        generation++;
        JoinGroupRequest.JoinGroupRequestProtocol protocol = request.protocols().getFirst();
        return new JoinGroupResponse()
                .errorCode(error.code())
                .generationId(generation)
                .protocolName(protocol.name())
                .leader(memberId)
                .memberId(memberId)
                .members(List.of(new JoinGroupResponse.JoinGroupResponseMember()
                        .memberId(memberId)
                        .metadata(protocol.metadata())));
    }

    private SyncGroupResponse sync(SyncGroupRequest request, ErrorCode forced, boolean act) {
        ErrorCode error = fenced(forced, request.memberId(), request.generationId());
        if (act && fenced(ErrorCode.NONE, request.memberId(), request.generationId()) == ErrorCode.NONE) {
            for (SyncGroupRequest.SyncGroupRequestAssignment each : request.assignments()) {
                assignment = each.assignment();
            }
        }
        return new SyncGroupResponse()
                .errorCode(error.code())
                .assignment(error == ErrorCode.NONE ? assignment : new byte[0]);
    }

    private LeaveGroupResponse leave(LeaveGroupRequest request, ErrorCode error, boolean act) {
        if (act) {
            String leaver = request.members().isEmpty()
                    ? request.memberId()
                    : request.members().getFirst().memberId();
            leaves.add(leaver);
            if (leaver.equals(memberId)) {
                memberId = "";
            }
        }
        return new LeaveGroupResponse().errorCode(error.code());
    }

    private OffsetCommitResponse commit(OffsetCommitRequest request, ErrorCode forced, boolean act) {
        boolean simple =
                request.generationIdOrMemberEpoch() < 0 && request.memberId().isEmpty();
        ErrorCode own = simple
                ? ErrorCode.NONE
                : fenced(ErrorCode.NONE, request.memberId(), request.generationIdOrMemberEpoch());
        OffsetCommitResponse response = new OffsetCommitResponse();
        for (OffsetCommitRequest.OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponse.OffsetCommitResponseTopic answer =
                    new OffsetCommitResponse.OffsetCommitResponseTopic().name(topic.name());
            for (OffsetCommitRequest.OffsetCommitRequestPartition partition : topic.partitions()) {
                if (act && own == ErrorCode.NONE) {
                    long before = committed(topic.name(), partition.partitionIndex());
                    if (partition.committedOffset() < before) {
                        setBacks.add(topic.name() + "-" + partition.partitionIndex() + " from " + before + " to "
                                + partition.committedOffset());
                    }
                    offsets.computeIfAbsent(topic.name(), name -> new TreeMap<>())
                            .put(partition.partitionIndex(), partition);
                }
                answer.partitions()
                        .add(new OffsetCommitResponse.OffsetCommitResponsePartition()
                                .partitionIndex(partition.partitionIndex())
                                .errorCode((forced != ErrorCode.NONE ? forced : own).code()));
            }
            response.topics().add(answer);
        }
        return response;
    }

    private OffsetFetchResponse fetch(OffsetFetchRequest request, ErrorCode error) {
        if (request.groups().isEmpty()) {
            throw new IllegalStateException("the stub reads requests of version 8 and above");
        }
        OffsetFetchRequest.OffsetFetchRequestGroup group = request.groups().getFirst();
        OffsetFetchResponse.OffsetFetchResponseGroup answer = new OffsetFetchResponse.OffsetFetchResponseGroup()
                .groupId(group.groupId())
                .errorCode(error.code());
        List<OffsetFetchRequest.OffsetFetchRequestTopics> topics = group.topics();
        if (error == ErrorCode.NONE && topics != null) {
            for (OffsetFetchRequest.OffsetFetchRequestTopics topic : topics) {
                OffsetFetchResponse.OffsetFetchResponseTopics of =
                        new OffsetFetchResponse.OffsetFetchResponseTopics().name(topic.name());
                for (int partition : topic.partitionIndexes()) {
                    of.partitions()
                            .add(new OffsetFetchResponse.OffsetFetchResponsePartitions()
                                    .partitionIndex(partition)
                                    .committedOffset(committed(topic.name(), partition)));
                }
                answer.topics().add(of);
            }
        }
        return new OffsetFetchResponse().groups(List.of(answer));
    }
}
