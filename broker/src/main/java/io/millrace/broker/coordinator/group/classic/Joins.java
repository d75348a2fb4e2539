package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.RecordText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.runtime.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** JoinGroup. Owned by the shard loop. */
final class Joins {

    private final LiveGroups groups;
    private final Rebalances rebalances;
    private final Randomness randomness;

    Joins(LiveGroups groups, Rebalances rebalances, Randomness randomness) {
        this.groups = groups;
        this.rebalances = rebalances;
        this.randomness = randomness;
    }

    void join(JoinCall call) {
        JoinGroupRequest request = call.request();
        GroupConfig.Members settings = groups.settings();
        if (request.sessionTimeoutMs() < settings.minSessionTimeoutMs()
                || request.sessionTimeoutMs() > settings.maxSessionTimeoutMs()) {
            refuse(call, ErrorCode.INVALID_SESSION_TIMEOUT);
            return;
        }
        if (!call.fitsRecord()) {
            refuse(call, ErrorCode.INVALID_REQUEST);
            return;
        }
        boolean unknown = request.memberId().isEmpty();
        ClassicGroup group = groups.find(request.groupId());
        if (group == null) {
            if (!unknown) {
                refuse(call, ErrorCode.UNKNOWN_MEMBER_ID);
                return;
            }
            if (request.protocolType().isEmpty() || request.protocols().isEmpty()) {
                refuse(call, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
                return;
            }
            if (!groups.state().knows(request.groupId()) && !groups.hasRoom()) {
                refuse(call, ErrorCode.POLICY_VIOLATION);
                return;
            }
            group = groups.create(request.groupId(), rebalances);
        }
        if (!group.accepts(request.protocolType(), call.protocols())) {
            refuse(call, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        } else if (!hasRoom(group, request.memberId(), call.instanceId())) {
            refuse(call, ErrorCode.GROUP_MAX_SIZE_REACHED);
        } else if (!group.hasRoomFor(call.protocols(), present(group, request.memberId(), call.instanceId()))) {
            groups.releaseIfEmpty(group);
            refuse(call, ErrorCode.GROUP_MAX_SIZE_REACHED);
        } else if (unknown) {
            joinUnknown(group, call);
        } else {
            joinKnown(group, call);
        }
    }

    private static @Nullable GroupMember present(ClassicGroup group, String memberId, @Nullable String instanceId) {
        String known = instanceId == null ? null : group.memberOfInstance(instanceId);
        return group.member(known == null ? memberId : known);
    }

    /** While all join anew, only who has done so counts: the others may be gone (as Kafka does). */
    private boolean hasRoom(ClassicGroup group, String memberId, @Nullable String instanceId) {
        int most = groups.settings().maxPerGroup();
        boolean isMember =
                group.member(memberId) != null || (instanceId != null && group.memberOfInstance(instanceId) != null);
        if (group.is(GroupPhase.PREPARING_REBALANCE)) {
            GroupMember member = group.member(memberId);
            return (member != null && member.isAwaitingJoin()) || group.awaitingJoin() < most;
        }
        return isMember || group.size() < most;
    }

    private void joinUnknown(ClassicGroup group, JoinCall call) {
        String instanceId = call.instanceId();
        if (instanceId != null) {
            String present = group.memberOfInstance(instanceId);
            GroupMember old = present == null ? null : group.member(present);
            if (old == null) {
                addMember(group, call, newMemberId(instanceId));
            } else {
                rejoinStatic(group, call, old, newMemberId(instanceId));
            }
            return;
        }
        String memberId = newMemberId(call.client().clientId());
        if (!call.memberIdRequired()) {
            addMember(group, call, memberId);
        } else if (group.pendings().size() >= groups.settings().maxPerGroup()) {
            refuse(call, ErrorCode.GROUP_MAX_SIZE_REACHED);
        } else {
            groups.arm(group.addPending(memberId), call.request().sessionTimeoutMs());
            call.answer().accept(GroupAnswers.joinError(ErrorCode.MEMBER_ID_REQUIRED, memberId));
        }
    }

    private void joinKnown(ClassicGroup group, JoinCall call) {
        String memberId = call.request().memberId();
        if (call.instanceId() == null && group.isPending(memberId)) {
            // Joined before its id is dropped, so that the join phase does not end in between.
            addMember(group, call, memberId);
            return;
        }
        ErrorCode fault = MemberChecks.fault(group, memberId, call.instanceId());
        GroupMember member = group.member(memberId);
        if (fault != ErrorCode.NONE || member == null) {
            refuse(call, fault == ErrorCode.NONE ? ErrorCode.UNKNOWN_MEMBER_ID : fault);
            return;
        }
        boolean sameProtocols = member.protocols().equals(call.protocols());
        switch (group.phase()) {
            // The group rebalances already, so this is no reason for it.
            case PREPARING_REBALANCE -> rejoin(group, member, call, RebalanceReason.MEMBER_CHANGED, "");
            case COMPLETING_REBALANCE -> {
                if (sameProtocols) {
                    // It did not hear the answer of this generation.
                    answerPresent(group, member, call);
                } else {
                    changed(group, member, call);
                }
            }
            case STABLE -> {
                if (group.isLeader(memberId)) {
                    rejoin(
                            group,
                            member,
                            call,
                            RebalanceReason.LEADER_REJOINED,
                            "leader " + memberId + " joined again");
                } else if (sameProtocols) {
                    answerPresent(group, member, call);
                } else {
                    changed(group, member, call);
                }
            }
            case EMPTY, DEAD -> refuse(call, ErrorCode.UNKNOWN_MEMBER_ID);
        }
    }

    private void changed(ClassicGroup group, GroupMember member, JoinCall call) {
        rejoin(
                group,
                member,
                call,
                RebalanceReason.MEMBER_CHANGED,
                "member " + member.memberId() + " joined with other protocols");
    }

    private void addMember(ClassicGroup group, JoinCall call, String memberId) {
        JoinGroupRequest request = call.request();
        GroupMember member = group.newMember(
                new GroupMember.Identity(
                        memberId,
                        call.instanceId(),
                        call.client().clientId(),
                        call.client().host()),
                call.protocols(),
                call.rebalanceTimeoutMs(),
                request.sessionTimeoutMs());
        group.add(member, request.protocolType());
        group.awaitJoin(member, call.answer());
        rebalances.suspendSession(group, member, true);
        group.initialDelay.memberAdded = true;
        var pending = group.removePending(memberId);
        if (pending != null) {
            groups.cancel(pending);
        }
        joinPhase(group, RebalanceReason.MEMBER_JOINED, "member " + memberId + " joined");
    }

    private void rejoin(ClassicGroup group, GroupMember member, JoinCall call, RebalanceReason cause, String reason) {
        group.update(
                member,
                call.protocols(),
                call.rebalanceTimeoutMs(),
                call.request().sessionTimeoutMs());
        Consumer<JoinGroupResponse> before = group.awaitJoin(member, call.answer());
        if (before != null) {
            before.accept(GroupAnswers.joinError(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId()));
        }
        rebalances.suspendSession(group, member, false);
        joinPhase(group, cause, reason);
    }

    private void joinPhase(ClassicGroup group, RebalanceReason cause, String reason) {
        if (group.is(GroupPhase.PREPARING_REBALANCE)) {
            rebalances.completeIfAllJoined(group);
        } else {
            rebalances.prepare(group, cause, reason);
        }
    }

    private void answerPresent(ClassicGroup group, GroupMember member, JoinCall call) {
        rebalances.touch(member);
        rebalances.answerJoin(call.answer(), GroupAnswers.joined(group, rebalances.lastOf(group), member.memberId()));
    }

    /**
     * A static member came back as a new process (KIP-345): it gets a new id, its twin with the old one is fenced, and while
     * the group is stable and would still choose the same protocol it keeps its assignment without a rebalance.
     */
    private void rejoinStatic(ClassicGroup group, JoinCall call, GroupMember old, String memberId) {
        GroupMember fresh = group.newMember(
                new GroupMember.Identity(
                        memberId,
                        old.instanceId(),
                        call.client().clientId(),
                        call.client().host()),
                call.protocols(),
                call.rebalanceTimeoutMs(),
                call.request().sessionTimeoutMs());
        if (!group.is(GroupPhase.STABLE) || !electsSameProtocol(group, old, fresh)) {
            takePlace(group, old, fresh);
            group.awaitJoin(fresh, call.answer());
            rebalances.suspendSession(group, fresh, true);
            joinPhase(
                    group,
                    RebalanceReason.STATIC_MEMBER_RETURNED,
                    "static member " + old.instanceId() + " came back with other protocols or amid a rebalance");
            return;
        }
        boolean leads = group.isLeader(old.memberId());
        GroupMetadataValue present = rebalances.lastOf(group);
        ErrorCode refused = groups.log()
                .write(List.of(new GroupRecord.GroupChanged(group.groupId(), withReplaced(present, old, fresh))));
        if (refused != ErrorCode.NONE) {
            refuse(call, refused);
            return;
        }
        takePlace(group, old, fresh);
        rebalances.touch(fresh);
        JoinGroupResponse answer = GroupAnswers.joined(group, rebalances.lastOf(group), memberId);
        if (leads && call.skipsAssignment()) {
            answer.skipAssignment(true);
        } else if (leads) {
            // An older client that hears it leads would assign; the old id's name makes it a follower.
            answer.leader(old.memberId()).members(new ArrayList<>(0));
        }
        rebalances.answerJoin(call.answer(), answer);
    }

    private static boolean electsSameProtocol(ClassicGroup group, GroupMember old, GroupMember fresh) {
        List<List<MemberProtocol>> ballots = new ArrayList<>(group.size());
        for (GroupMember member : group.members()) {
            ballots.add(member.memberId().equals(old.memberId()) ? fresh.protocols() : member.protocols());
        }
        return ProtocolVote.elect(ballots).equals(group.electProtocol());
    }

    private void takePlace(ClassicGroup group, GroupMember old, GroupMember fresh) {
        groups.cancel(old.session);
        Consumer<JoinGroupResponse> joining = group.takeJoin(old);
        if (joining != null) {
            joining.accept(GroupAnswers.joinError(ErrorCode.FENCED_INSTANCE_ID, old.memberId()));
        }
        Consumer<SyncGroupResponse> syncing = old.takeSync();
        if (syncing != null) {
            syncing.accept(GroupAnswers.syncError(ErrorCode.FENCED_INSTANCE_ID));
        }
        group.replace(old, fresh);
    }

    private static GroupMetadataValue withReplaced(GroupMetadataValue present, GroupMember old, GroupMember fresh) {
        String protocol = present.protocol();
        GroupMetadataValue replaced = new GroupMetadataValue()
                .protocolType(present.protocolType())
                .generation(present.generation())
                .protocol(protocol)
                .leader(old.memberId().equals(present.leader()) ? fresh.memberId() : present.leader())
                .currentStateTimestamp(present.currentStateTimestamp())
                .members(new ArrayList<>(present.members().size()));
        for (GroupMetadataValue.MemberMetadata member : present.members()) {
            replaced.members()
                    .add(
                            member.memberId().equals(old.memberId())
                                    ? GroupAnswers.logged(fresh, protocol == null ? "" : protocol, member.assignment())
                                    : member);
        }
        return replaced;
    }

    private String newMemberId(String name) {
        String prefix = RecordText.isTooLong(name) ? "" : name;
        return prefix + "-" + new UUID(randomness.nextLong(), randomness.nextLong());
    }

    private static void refuse(JoinCall call, ErrorCode error) {
        call.answer().accept(GroupAnswers.joinError(error, call.request().memberId()));
    }
}
