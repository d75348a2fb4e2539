package io.millrace.bench.groups;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.HeartbeatResponse;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.LeaveGroupResponse;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A member of a group as a consumer is one: joins with an id that it was given, the leader assigns, heartbeats while stable, joins
 * anew when an answer says so. Owned by the loop's thread.
 */
final class LoadMember {

    private static final int JOIN_VERSION = 9;
    private static final int SYNC_VERSION = 5;
    private static final int HEARTBEAT_VERSION = 4;
    private static final int LEAVE_VERSION = 5;
    private static final int COMMIT_VERSION = 8;
    private static final int SESSION_TIMEOUT_MS = 45_000;
    private static final int REBALANCE_TIMEOUT_MS = 300_000;
    /** As long as the subscription of a consumer of one topic, and as an assignment of one partition. */
    private static final byte[] SUBSCRIPTION = new byte[60];

    private static final byte[] ASSIGNMENT = new byte[40];

    private final ClientLoop loop;
    private final GroupFigures figures;
    private final String groupId;
    private final long heartbeatNs;
    private final MemberSocket socket = new MemberSocket();
    private String memberId = "";
    private int generation = -1;
    private boolean stable;
    private boolean gone;
    private int commits;

    LoadMember(ClientLoop loop, GroupFigures figures, String groupId, long heartbeatNs) {
        this.loop = loop;
        this.figures = figures;
        this.groupId = groupId;
        this.heartbeatNs = heartbeatNs;
    }

    boolean isStable() {
        return stable;
    }

    int generation() {
        return generation;
    }

    void start() {
        loop.connect(socket, () -> {
            join();
            // Heartbeats of many members are spread over the interval, whenever they joined.
            loop.after(ThreadLocalRandom.current().nextLong(heartbeatNs), this::beat);
        });
    }

    private void join() {
        stable = false;
        JoinGroupRequest request = new JoinGroupRequest()
                .groupId(groupId)
                .sessionTimeoutMs(SESSION_TIMEOUT_MS)
                .rebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
                .memberId(memberId)
                .protocolType("consumer")
                .protocols(List.of(new JoinGroupRequest.JoinGroupRequestProtocol()
                        .name("range")
                        .metadata(SUBSCRIPTION)));
        figures.joining();
        socket.send(ApiKey.JOIN_GROUP, JOIN_VERSION, request, (answer, _) -> joined((JoinGroupResponse) answer));
    }

    private void joined(JoinGroupResponse answer) {
        if (gone) {
            return;
        }
        switch (ErrorCode.of(answer.errorCode())) {
            case NONE -> {
                memberId = answer.memberId();
                generation = answer.generationId();
                sync(answer);
            }
            case MEMBER_ID_REQUIRED -> {
                memberId = answer.memberId();
                join();
            }
            case UNKNOWN_MEMBER_ID -> {
                memberId = "";
                figures.joinedAnew();
                join();
            }
            case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR -> {
                figures.refused();
                loop.after(GroupFigures.RETRY_NS, this::join);
            }
            default -> throw new IllegalStateException("join: " + ErrorCode.of(answer.errorCode()));
        }
    }

    private void sync(JoinGroupResponse joined) {
        List<SyncGroupRequest.SyncGroupRequestAssignment> assignments = new ArrayList<>();
        for (JoinGroupResponse.JoinGroupResponseMember each : joined.members()) {
            assignments.add(new SyncGroupRequest.SyncGroupRequestAssignment()
                    .memberId(each.memberId())
                    .assignment(ASSIGNMENT));
        }
        SyncGroupRequest request = new SyncGroupRequest()
                .groupId(groupId)
                .generationId(generation)
                .memberId(memberId)
                .protocolType("consumer")
                .protocolName("range")
                .assignments(assignments);
        socket.send(ApiKey.SYNC_GROUP, SYNC_VERSION, request, this::synced);
    }

    private void synced(Message answer, long tookNs) {
        if (gone) {
            return;
        }
        switch (ErrorCode.of(((SyncGroupResponse) answer).errorCode())) {
            case NONE -> {
                stable = true;
                figures.synced();
            }
            case REBALANCE_IN_PROGRESS -> join();
            case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR -> {
                figures.refused();
                loop.after(GroupFigures.RETRY_NS, this::join);
            }
            default -> throw new IllegalStateException("sync: " + answer);
        }
    }

    private void beat() {
        if (gone) {
            return;
        }
        loop.after(heartbeatNs, this::beat);
        if (stable) {
            HeartbeatRequest request = new HeartbeatRequest()
                    .groupId(groupId)
                    .generationId(generation)
                    .memberId(memberId);
            socket.send(ApiKey.HEARTBEAT, HEARTBEAT_VERSION, request, this::beaten);
        }
    }

    private void beaten(Message answer, long tookNs) {
        figures.heartbeat(tookNs);
        ErrorCode error = ErrorCode.of(((HeartbeatResponse) answer).errorCode());
        if (error == ErrorCode.REBALANCE_IN_PROGRESS && stable && !gone) {
            join();
        } else if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
            throw new IllegalStateException("a member with heartbeats is not known any more");
        }
    }

    /** Commits one offset, then calls {@code done}. */
    void commit(Runnable done) {
        OffsetCommitRequest request = new OffsetCommitRequest()
                .groupId(groupId)
                .generationIdOrMemberEpoch(generation)
                .memberId(memberId)
                .topics(List.of(new OffsetCommitRequest.OffsetCommitRequestTopic()
                        .name(GroupFigures.TOPIC)
                        .partitions(List.of(new OffsetCommitRequest.OffsetCommitRequestPartition()
                                .partitionIndex(0)
                                .committedOffset(commits++)
                                .committedMetadata("")))));
        socket.send(ApiKey.OFFSET_COMMIT, COMMIT_VERSION, request, (answer, tookNs) -> {
            short error = ((OffsetCommitResponse) answer)
                    .topics()
                    .getFirst()
                    .partitions()
                    .getFirst()
                    .errorCode();
            if (isWorthAsking(ErrorCode.of(error))) {
                figures.refused();
                loop.after(GroupFigures.RETRY_NS, () -> commit(done));
                return;
            }
            if (error != 0) {
                throw new IllegalStateException("commit: " + ErrorCode.of(error));
            }
            figures.commit(tookNs);
            done.run();
        });
    }

    private static boolean isWorthAsking(ErrorCode error) {
        return switch (error) {
            case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR -> true;
            default -> false;
        };
    }

    /** Commits every {@code intervalNs} for good, as a consumer that commits by itself. */
    void commitEvery(long intervalNs) {
        loop.after(ThreadLocalRandom.current().nextLong(intervalNs), () -> commitAndRepeat(intervalNs));
    }

    private void commitAndRepeat(long intervalNs) {
        if (!gone) {
            loop.after(intervalNs, () -> commitAndRepeat(intervalNs));
            commit(() -> {});
        }
    }

    /** Tells the group and closes. */
    void leave() {
        gone = true;
        stable = false;
        LeaveGroupRequest request = new LeaveGroupRequest()
                .groupId(groupId)
                .members(List.of(new LeaveGroupRequest.MemberIdentity().memberId(memberId)));
        socket.send(ApiKey.LEAVE_GROUP, LEAVE_VERSION, request, (answer, _) -> {
            if (((LeaveGroupResponse) answer).errorCode() != 0) {
                throw new IllegalStateException("leave: " + answer);
            }
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
