package io.millrace.broker.coordinator.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.classic.ClassicGroups;
import io.millrace.broker.coordinator.group.classic.GroupPhase;
import io.millrace.broker.coordinator.group.classic.RebalanceCounts;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.offset.CommittedOffsets;
import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DescribeGroupsResponse;
import io.millrace.protocol.message.ListGroupsResponse;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.runtime.Clock;
import io.millrace.runtime.Randomness;
import java.util.List;
import java.util.function.Consumer;

/** A coordinator partition that serves: its log is read. Owned by the shard loop; answers are given on it. */
public final class ActiveGroups {

    private final GroupState state;
    private final DecisionLog log;
    private final ClassicGroups classic;
    private final CommittedOffsets offsets;

    ActiveGroups(
            GroupConfig config,
            GroupState state,
            DecisionLog log,
            DeadlineQueue deadlines,
            Clock clock,
            Randomness randomness,
            RebalanceCounts counts) {
        this.state = state;
        this.log = log;
        this.classic = new ClassicGroups(config, log, state, deadlines, clock, randomness, counts);
        this.offsets = new CommittedOffsets(config, log, state, classic, deadlines, clock);
    }

    /** JoinGroup, SyncGroup, Heartbeat, LeaveGroup. */
    public ClassicGroups classic() {
        return classic;
    }

    /** OffsetCommit, OffsetFetch, OffsetDelete. */
    public CommittedOffsets offsets() {
        return offsets;
    }

    /** What the log comes to; never to be changed here. */
    public GroupState state() {
        return state;
    }

    /** As DescribeGroups answers; told when what it shows is committed. */
    public void describe(String groupId, Consumer<DescribeGroupsResponse.DescribedGroup> answer) {
        DescribeGroupsResponse.DescribedGroup described = classic.describe(groupId);
        log.afterCommit(error -> answer.accept(
                error == ErrorCode.NONE
                        ? described
                        : new DescribeGroupsResponse.DescribedGroup()
                                .groupId(groupId)
                                .errorCode(error.code())));
    }

    /** Every group; told when what it shows is committed, or why it is not. */
    public void list(GroupCoordinator.Listing answer) {
        List<ListGroupsResponse.ListedGroup> listed = classic.list();
        log.afterCommit(error -> answer.listed(error == ErrorCode.NONE ? listed : List.of(), error));
    }

    /** Ends a group without members, its offsets too. */
    public void delete(String groupId, Consumer<ErrorCode> answer) {
        GroupPhase phase = classic.phase(groupId);
        if (phase != GroupPhase.EMPTY) {
            answer.accept(phase == GroupPhase.DEAD ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.NON_EMPTY_GROUP);
            return;
        }
        List<GroupRecord> records = offsets.endOf(groupId);
        ErrorCode refused = records.isEmpty() ? ErrorCode.NONE : log.write(records);
        if (refused != ErrorCode.NONE) {
            answer.accept(refused);
        } else {
            log.afterCommit(answer);
        }
    }

    void close() {
        classic.close();
        offsets.close();
        log.close();
        state.drop();
    }
}
