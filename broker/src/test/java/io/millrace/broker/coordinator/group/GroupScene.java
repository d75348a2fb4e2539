package io.millrace.broker.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.classic.JoinCall;
import io.millrace.broker.coordinator.group.state.GroupMemory;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.broker.fixture.ManualLoop;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.DescribeGroupsResponse;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.runtime.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One coordinator partition and what clients say to it. */
final class GroupScene {

    static final String GROUP = "billing";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;
    static final int INITIAL_DELAY_MS = 3_000;
    static final long RETENTION_MS = 7L * 24 * 3600 * 1000;

    /** An answer that may not have come yet. */
    static final class Answer<T> {
        private @Nullable T value;
        private int times;

        void accept(T answer) {
            value = answer;
            times++;
        }

        boolean came() {
            return times > 0;
        }

        T get() {
            assertThat(times).as("answers").isEqualTo(1);
            return Objects.requireNonNull(value);
        }
    }

    final ManualLoop loop = new ManualLoop();
    final DeadlineQueue deadlines = new DeadlineQueue(loop);
    final MemoryOffsetsLog log = new MemoryOffsetsLog();
    final GroupConfig config;
    private final Randomness counting = new Randomness() {
        private long next;

        @Override
        public long nextLong() {
            return next++;
        }

        @Override
        public int nextInt(int bound) {
            return (int) (next++ % bound);
        }
    };
    final GroupMemory memory;
    private GroupPartition partition;

    GroupScene() {
        this(GroupConfig.defaults());
    }

    GroupScene(GroupConfig config) {
        this(config, GroupMemory.unbounded());
    }

    GroupScene(GroupConfig config, GroupMemory memory) {
        this.config = config;
        this.memory = memory;
        this.partition = newPartition();
    }

    private GroupPartition newPartition() {
        GroupPartition made = new GroupPartition(loop, deadlines, log, config, counting, memory);
        made.load();
        return made;
    }

    /** The coordinator stops, as at a kill, and another reads its log. */
    void restart() {
        partition.close();
        partition = newPartition();
    }

    GroupPartition partition() {
        return partition;
    }

    ActiveGroups groups() {
        return Objects.requireNonNull(partition.active(), "the coordinator does not serve");
    }

    GroupState state() {
        return groups().state();
    }

    static JoinGroupRequest joinRequest(String memberId, String... protocols) {
        JoinGroupRequest request = new JoinGroupRequest()
                .groupId(GROUP)
                .memberId(memberId)
                .protocolType("consumer")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(REBALANCE_MS);
        for (String protocol : protocols.length == 0 ? new String[] {"range"} : protocols) {
            String[] parts = protocol.split(":", 2);
            request.protocols()
                    .add(new JoinGroupRequest.JoinGroupRequestProtocol()
                            .name(parts[0])
                            .metadata(bytes(parts.length > 1 ? parts[1] : "topics")));
        }
        return request;
    }

    Answer<JoinGroupResponse> join(JoinGroupRequest request) {
        return join(request, false, true);
    }

    Answer<JoinGroupResponse> join(JoinGroupRequest request, boolean memberIdRequired, boolean skipsAssignment) {
        Answer<JoinGroupResponse> answer = new Answer<>();
        groups().classic()
                .join(new JoinCall(
                        request,
                        new JoinCall.Client("client", "/127.0.0.1"),
                        memberIdRequired,
                        skipsAssignment,
                        answer::accept));
        return answer;
    }

    Answer<JoinGroupResponse> join(String memberId) {
        return join(joinRequest(memberId));
    }

    Answer<JoinGroupResponse> joinStatic(String instanceId, String... protocols) {
        return join(joinRequest("", protocols).groupInstanceId(instanceId));
    }

    Answer<SyncGroupResponse> sync(JoinGroupResponse joined, Map<String, String> assignments) {
        return sync(joined.memberId(), joined.generationId(), assignments);
    }

    Answer<SyncGroupResponse> sync(String memberId, int generation, Map<String, String> assignments) {
        SyncGroupRequest request =
                new SyncGroupRequest().groupId(GROUP).memberId(memberId).generationId(generation);
        assignments.forEach((member, assignment) -> request.assignments()
                .add(new SyncGroupRequest.SyncGroupRequestAssignment()
                        .memberId(member)
                        .assignment(bytes(assignment))));
        return sync(request);
    }

    Answer<SyncGroupResponse> sync(SyncGroupRequest request) {
        Answer<SyncGroupResponse> answer = new Answer<>();
        groups().classic().sync(request, answer::accept);
        return answer;
    }

    ErrorCode heartbeat(String memberId, int generation) {
        return groups().classic()
                .heartbeat(
                        new HeartbeatRequest().groupId(GROUP).memberId(memberId).generationId(generation));
    }

    /** Every member's error, in order. */
    List<ErrorCode> leave(LeaveGroupRequest.MemberIdentity... members) {
        List<ErrorCode> errors = new ArrayList<>();
        groups().classic()
                .leave(
                        new LeaveGroupRequest().groupId(GROUP).members(List.of(members)),
                        answer -> answer.members().forEach(each -> errors.add(ErrorCode.of(each.errorCode()))));
        return errors;
    }

    List<ErrorCode> leave(String memberId) {
        return leave(new LeaveGroupRequest.MemberIdentity().memberId(memberId));
    }

    Answer<OffsetCommitResponse> commit(String memberId, int generation, String topic, int partition, long offset) {
        return commit(commitRequest(memberId, generation, topic, partition, offset));
    }

    static OffsetCommitRequest commitRequest(
            String memberId, int generation, String topic, int partition, long offset) {
        OffsetCommitRequest.OffsetCommitRequestTopic named =
                new OffsetCommitRequest.OffsetCommitRequestTopic().name(topic).topicId(Uuid.ZERO);
        named.partitions()
                .add(new OffsetCommitRequest.OffsetCommitRequestPartition()
                        .partitionIndex(partition)
                        .committedOffset(offset)
                        .committedMetadata("m"));
        return new OffsetCommitRequest()
                .groupId(GROUP)
                .memberId(memberId)
                .generationIdOrMemberEpoch(generation)
                .topics(List.of(named));
    }

    Answer<OffsetCommitResponse> commit(OffsetCommitRequest request) {
        Answer<OffsetCommitResponse> answer = new Answer<>();
        groups().offsets().commit(request, answer::accept);
        return answer;
    }

    ErrorCode commitError(String memberId, int generation) {
        return errorOf(commit(memberId, generation, "orders", 0, 1).get());
    }

    static ErrorCode errorOf(OffsetCommitResponse response) {
        return ErrorCode.of(response.topics().getFirst().partitions().getFirst().errorCode());
    }

    /** The committed offset of partition 0, -1 when none. */
    Answer<OffsetFetchResponse.OffsetFetchResponseGroup> fetch(String topic) {
        Answer<OffsetFetchResponse.OffsetFetchResponseGroup> answer = new Answer<>();
        groups().offsets()
                .fetch(
                        new OffsetFetchRequest.OffsetFetchRequestGroup()
                                .groupId(GROUP)
                                .topics(List.of(new OffsetFetchRequest.OffsetFetchRequestTopics()
                                        .name(topic)
                                        .partitionIndexes(new int[] {0}))),
                        MetadataImage.EMPTY,
                        answer::accept);
        return answer;
    }

    long fetched(String topic) {
        return fetch(topic).get().topics().getFirst().partitions().getFirst().committedOffset();
    }

    DescribeGroupsResponse.DescribedGroup describe() {
        Answer<DescribeGroupsResponse.DescribedGroup> answer = new Answer<>();
        groups().describe(GROUP, answer::accept);
        return answer.get();
    }

    /** A stable group of so many new members; the first leads and every one's assignment is its number. */
    List<JoinGroupResponse> stable(int members) {
        List<Answer<JoinGroupResponse>> joins = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            joins.add(join(""));
        }
        loop.advanceMs(INITIAL_DELAY_MS * 2);
        List<JoinGroupResponse> joined = joins.stream().map(Answer::get).toList();
        assignAll(joined);
        return joined;
    }

    /** Every member syncs, the leader with an assignment for all. */
    List<String> assignAll(List<JoinGroupResponse> joined) {
        Map<String, String> assignments = new java.util.HashMap<>();
        for (int i = 0; i < joined.size(); i++) {
            assignments.put(joined.get(i).memberId(), "p" + i);
        }
        List<Answer<SyncGroupResponse>> syncs = new ArrayList<>();
        for (JoinGroupResponse member : joined) {
            syncs.add(sync(member, member.memberId().equals(member.leader()) ? assignments : Map.of()));
        }
        return syncs.stream().map(each -> text(each.get().assignment())).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    static ErrorCode error(JoinGroupResponse response) {
        return ErrorCode.of(response.errorCode());
    }

    static ErrorCode error(SyncGroupResponse response) {
        return ErrorCode.of(response.errorCode());
    }
}
