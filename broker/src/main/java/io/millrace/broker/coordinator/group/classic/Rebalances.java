package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.request.LogText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.replication.replica.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes groups from one generation to the next, and members out of them when their time is up. Owned by the shard loop.
 *
 * <p>A generation is written to the log when it begins, before any member hears of it, and again with its assignments. So a
 * generation's number is given once, even if the coordinator restarts in between (Kafka writes it only with the assignments
 * and may give it twice; a SyncGroup that was under way could then meet another rebalance of the same number).
 */
final class Rebalances implements ClassicGroup.Timeouts {

    private static final Logger LOG = LoggerFactory.getLogger(Rebalances.class);
    /** How long a new member may wait for its first generation before it counts as gone: no heartbeat tells. */
    private static final long NEW_MEMBER_TIMEOUT_MS = 300_000;
    /** After a record of an emptied group was refused. */
    private static final long RETRY_MS = 1_000;

    private final LiveGroups groups;

    Rebalances(LiveGroups groups) {
        this.groups = groups;
    }

    /** Asks every member to join anew. Call with the change made that is the reason. */
    void prepare(ClassicGroup group, RebalanceReason cause, String reason) {
        groups.counts().began(cause);
        if (group.is(GroupPhase.COMPLETING_REBALANCE)) {
            failSyncs(group, ErrorCode.REBALANCE_IN_PROGRESS);
        }
        groups.cancel(group.syncDeadline);
        group.unsynced.clear();
        boolean first = group.is(GroupPhase.EMPTY);
        group.phase(GroupPhase.PREPARING_REBALANCE);
        LOG.info(
                "event=group-rebalance group={} generation={} members={} reason=\"{}\"",
                LogText.of(group.groupId()),
                groups.generation(group.groupId()),
                group.size(),
                LogText.of(reason));
        int delayMs = groups.settings().initialRebalanceDelayMs();
        if (first && delayMs > 0) {
            group.initialDelay.running = true;
            group.initialDelay.memberAdded = false;
            group.initialDelay.leftMs = Math.max(group.longestRebalanceTimeoutMs() - delayMs, 0);
            groups.arm(group.joinDeadline, delayMs);
        } else {
            group.initialDelay.running = false;
            groups.arm(group.joinDeadline, group.longestRebalanceTimeoutMs());
            completeIfAllJoined(group);
        }
    }

    /** Ends the join phase once nobody is to be waited for. */
    void completeIfAllJoined(ClassicGroup group) {
        if (group.is(GroupPhase.PREPARING_REBALANCE) && !group.initialDelay.running && group.allJoined()) {
            complete(group);
        }
    }

    @Override
    public void joinTimeIsUp(ClassicGroup group) {
        ClassicGroup.InitialDelay initial = group.initialDelay;
        if (initial.running && initial.memberAdded && initial.leftMs > 0) {
            int delayMs = Math.min(groups.settings().initialRebalanceDelayMs(), initial.leftMs);
            initial.leftMs -= delayMs;
            initial.memberAdded = false;
            groups.arm(group.joinDeadline, delayMs);
            return;
        }
        initial.running = false;
        complete(group);
    }

    private void complete(ClassicGroup group) {
        groups.cancel(group.joinDeadline);
        dropAbsent(group);
        if (group.size() > 0 && group.awaitingJoin() == 0) {
            // Static members only, none of them back: their sessions end or they come.
            groups.arm(group.joinDeadline, group.longestRebalanceTimeoutMs());
        } else if (group.size() == 0) {
            becomeEmpty(group);
        } else {
            beginGeneration(group);
        }
    }

    /** Who did not join again is out, except static members: they are expected back until their session ends. */
    private void dropAbsent(ClassicGroup group) {
        for (GroupMember member : List.copyOf(group.members())) {
            if (!member.isAwaitingJoin() && !member.isStatic()) {
                groups.cancel(member.session);
                group.remove(member);
            }
        }
    }

    private void becomeEmpty(ClassicGroup group) {
        GroupMetadataValue empty = new GroupMetadataValue()
                .protocolType(group.protocolType())
                .generation(groups.generation(group.groupId()) + 1)
                .protocol(null)
                .leader(null)
                .currentStateTimestamp(groups.wallMs());
        ErrorCode refused = groups.log().write(List.of(new GroupRecord.GroupChanged(group.groupId(), empty)));
        if (refused != ErrorCode.NONE) {
            groups.arm(group.joinDeadline, RETRY_MS);
            return;
        }
        group.phase(GroupPhase.EMPTY);
        groups.releaseIfEmpty(group);
    }

    private void beginGeneration(ClassicGroup group) {
        group.electLeader();
        String protocol = group.electProtocol();
        GroupMetadataValue begun = new GroupMetadataValue()
                .protocolType(group.protocolType())
                .generation(groups.generation(group.groupId()) + 1)
                .protocol(protocol)
                .leader(group.leaderId())
                .currentStateTimestamp(groups.wallMs())
                .members(new ArrayList<>(group.size()));
        for (GroupMember member : group.members()) {
            begun.members().add(GroupAnswers.logged(member, protocol, new byte[0]));
        }
        ErrorCode refused = groups.log().write(List.of(new GroupRecord.GroupChanged(group.groupId(), begun)));
        if (refused != ErrorCode.NONE) {
            groups.arm(group.joinDeadline, group.longestRebalanceTimeoutMs());
        } else {
            group.phase(GroupPhase.COMPLETING_REBALANCE);
            groups.counts().generationBegan();
            group.members().forEach(member -> group.unsynced.add(member.memberId()));
            groups.arm(group.syncDeadline, group.longestRebalanceTimeoutMs());
        }
        for (GroupMember member : group.members()) {
            Consumer<JoinGroupResponse> waiting = group.takeJoin(member);
            if (waiting != null) {
                touch(member);
                answerJoin(
                        waiting,
                        refused == ErrorCode.NONE
                                ? GroupAnswers.joined(group, begun, member.memberId())
                                : GroupAnswers.joinError(refused, member.memberId()));
            }
        }
    }

    /** The leader's assignment: the generation's second record. */
    void assign(ClassicGroup group, Map<String, byte[]> assignments) {
        GroupMetadataValue begun = lastOf(group);
        GroupMetadataValue assigned = new GroupMetadataValue()
                .protocolType(begun.protocolType())
                .generation(begun.generation())
                .protocol(begun.protocol())
                .leader(begun.leader())
                .currentStateTimestamp(groups.wallMs())
                .members(new ArrayList<>(group.size()));
        String protocol = begun.protocol();
        for (GroupMember member : group.members()) {
            byte[] assignment = assignments.getOrDefault(member.memberId(), new byte[0]);
            assigned.members().add(GroupAnswers.logged(member, protocol == null ? "" : protocol, assignment));
        }
        ErrorCode refused = groups.log().write(List.of(new GroupRecord.GroupChanged(group.groupId(), assigned)));
        if (refused != ErrorCode.NONE) {
            failSyncs(group, refused);
            prepare(group, RebalanceReason.WRITE_FAILED, "the assignment could not be written: " + refused);
            return;
        }
        group.phase(GroupPhase.STABLE);
        int index = 0;
        for (GroupMember member : group.members()) {
            byte[] assignment = assigned.members().get(index++).assignment();
            Consumer<SyncGroupResponse> waiting = member.takeSync();
            if (waiting != null) {
                touch(member);
                answerSync(waiting, GroupAnswers.synced(assigned, assignment));
            }
        }
        if (group.unsynced.isEmpty()) {
            groups.cancel(group.syncDeadline);
        }
    }

    /** The record of the group's present generation; a group with members has one after its first rebalance. */
    GroupMetadataValue lastOf(ClassicGroup group) {
        GroupMetadataValue last = groups.state().group(group.groupId());
        if (last == null) {
            throw new IllegalStateException(group + " has no generation");
        }
        return last;
    }

    /** Answers when everything it may rest on is committed. */
    void answerJoin(Consumer<JoinGroupResponse> waiting, JoinGroupResponse answer) {
        groups.log()
                .afterCommit(error -> waiting.accept(
                        error == ErrorCode.NONE ? answer : GroupAnswers.joinError(error, answer.memberId())));
    }

    /** As {@link #answerJoin}. */
    void answerSync(Consumer<SyncGroupResponse> waiting, SyncGroupResponse answer) {
        groups.log()
                .afterCommit(error -> waiting.accept(error == ErrorCode.NONE ? answer : GroupAnswers.syncError(error)));
    }

    /** Starts the member's session anew: it was heard of. */
    void touch(GroupMember member) {
        groups.arm(member.session, member.sessionTimeoutMs());
    }

    /** A member that waits for the group sends no heartbeats; only one that never was in a generation has a limit. */
    void suspendSession(ClassicGroup group, GroupMember member, boolean isNew) {
        if (isNew) {
            groups.arm(member.session, Math.max(NEW_MEMBER_TIMEOUT_MS, member.sessionTimeoutMs()));
        } else {
            groups.cancel(member.session);
        }
    }

    /** Takes a member out and lets the others share its work. */
    void remove(ClassicGroup group, GroupMember member, RebalanceReason cause, String reason) {
        drop(group, member);
        if (group.is(GroupPhase.PREPARING_REBALANCE)) {
            completeIfAllJoined(group);
        } else {
            prepare(group, cause, reason);
        }
    }

    private void drop(ClassicGroup group, GroupMember member) {
        groups.cancel(member.session);
        Consumer<JoinGroupResponse> joining = group.takeJoin(member);
        if (joining != null) {
            answerJoin(joining, GroupAnswers.joinError(ErrorCode.UNKNOWN_MEMBER_ID, member.memberId()));
        }
        Consumer<SyncGroupResponse> syncing = member.takeSync();
        if (syncing != null) {
            answerSync(syncing, GroupAnswers.syncError(ErrorCode.UNKNOWN_MEMBER_ID));
        }
        group.remove(member);
    }

    @Override
    public void sessionIsOver(ClassicGroup group, String memberId) {
        GroupMember member = group.member(memberId);
        if (member != null) {
            LOG.info(
                    "event=group-member-expired group={} member={}", LogText.of(group.groupId()), LogText.of(memberId));
            groups.counts().memberExpired();
            remove(group, member, RebalanceReason.SESSION_EXPIRED, "session of " + memberId + " is over");
        }
    }

    @Override
    public void syncTimeIsUp(ClassicGroup group) {
        List<String> late = List.copyOf(group.unsynced);
        for (String memberId : late) {
            GroupMember member = group.member(memberId);
            if (member != null) {
                drop(group, member);
            }
        }
        // Without names: the coordinator restarted and cannot tell who was late.
        if (!late.isEmpty() || group.is(GroupPhase.COMPLETING_REBALANCE)) {
            prepare(
                    group,
                    RebalanceReason.SYNC_TIMED_OUT,
                    late.size() + " members did not ask for their assignment in time");
        }
    }

    @Override
    public void pendingTimeIsUp(ClassicGroup group, String memberId) {
        removePending(group, memberId);
    }

    /** False when the id was not given out or has been used. */
    boolean removePending(ClassicGroup group, String memberId) {
        Deadline deadline = group.removePending(memberId);
        if (deadline == null) {
            return false;
        }
        groups.cancel(deadline);
        completeIfAllJoined(group);
        groups.releaseIfEmpty(group);
        return true;
    }

    private void failSyncs(ClassicGroup group, ErrorCode error) {
        for (GroupMember member : group.members()) {
            Consumer<SyncGroupResponse> waiting = member.takeSync();
            if (waiting != null) {
                touch(member);
                answerSync(waiting, GroupAnswers.syncError(error));
            }
        }
    }
}
