package io.millrace.broker.coordinator.group;

import static io.millrace.broker.coordinator.group.GroupScene.GROUP;
import static io.millrace.broker.coordinator.group.GroupScene.INITIAL_DELAY_MS;
import static io.millrace.broker.coordinator.group.GroupScene.SESSION_MS;
import static io.millrace.broker.coordinator.group.GroupScene.error;
import static io.millrace.broker.coordinator.group.GroupScene.errorOf;
import static io.millrace.broker.coordinator.group.GroupScene.joinRequest;
import static io.millrace.broker.coordinator.group.GroupScene.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.GroupScene.Answer;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The coordinator and its log: what is answered when, what a restart keeps, what happens when the log refuses. */
class GroupPartitionTest {

    private final GroupScene scene = new GroupScene();

    @Test
    void nothingIsAnsweredBeforeItIsCommittedReadsIncluded() {
        scene.log.hold();
        Answer<OffsetCommitResponse> commit = scene.commit("", -1, "orders", 0, 5);
        Answer<OffsetFetchResponse.OffsetFetchResponseGroup> read = scene.fetch("orders");
        assertThat(commit.came()).isFalse();
        assertThat(read.came()).isFalse();
        scene.log.commit();
        assertThat(errorOf(commit.get())).isEqualTo(ErrorCode.NONE);
        assertThat(read.get().topics().getFirst().partitions().getFirst().committedOffset())
                .isEqualTo(5);
    }

    @Test
    void aGenerationIsToldToItsMembersOnceItsBeginningIsCommitted() {
        scene.log.hold();
        Answer<JoinGroupResponse> joined = scene.join("");
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        assertThat(joined.came()).isFalse();
        scene.log.commit();
        assertThat(joined.get().generationId()).isEqualTo(1);
    }

    @Test
    void whatIsNotCommittedIsReadAgainAndItsAsksSentBack() {
        JoinGroupResponse member = scene.stable(1).getFirst();
        scene.log.hold();
        Answer<OffsetCommitResponse> commit = scene.commit(member.memberId(), 1, "orders", 0, 5);
        scene.log.lose(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(errorOf(commit.get())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(scene.partition().active()).isNull();
        assertThat(scene.partition().unavailable()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        scene.loop.run();
        assertThat(scene.heartbeat(member.memberId(), 1)).isEqualTo(ErrorCode.NONE);
        assertThat(scene.fetched("orders")).isEqualTo(5);
    }

    @Test
    void aCommitThatTakesLongIsAskedForAgainAndNothingIsForgotten() {
        List<JoinGroupResponse> members = scene.stable(2);
        scene.log.hold();
        Answer<OffsetCommitResponse> commit = scene.commit(members.getFirst().memberId(), 1, "orders", 0, 5);
        scene.loop.advanceMs(scene.config.offsets().commitTimeoutMs());
        assertThat(errorOf(commit.get())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(scene.partition().active())
                .as("the log has the write, so the state stays")
                .isNotNull();
        assertThat(scene.heartbeat(members.getLast().memberId(), 1)).isEqualTo(ErrorCode.NONE);
        // What rests on the late write is not told before it is committed.
        assertThat(scene.fetch("orders").get().errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
        Answer<OffsetCommitResponse> again = scene.commit(members.getFirst().memberId(), 1, "orders", 0, 5);
        assertThat(again.came()).isFalse();
        scene.log.commit();
        assertThat(errorOf(again.get())).isEqualTo(ErrorCode.NONE);
        assertThat(scene.fetched("orders")).isEqualTo(5);
    }

    @Test
    void aCoordinatorThatGoesWhileItsWritesAreLateLeavesNoTimer() {
        scene.log.hold();
        Answer<OffsetCommitResponse> commit = scene.commit("", -1, "orders", 0, 5);
        scene.partition().close();
        assertThat(errorOf(commit.get())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        scene.loop.advanceMs(3_600_000);
        scene.log.commit();
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void aRefusedCommitChangesNothing() {
        scene.log.refuse(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(scene.commitError("", -1)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(scene.fetched("orders")).isEqualTo(-1);
        assertThat(scene.state()).isEqualTo(new GroupState());
    }

    @Test
    void aGenerationThatCannotBeginIsTriedAgain() {
        Answer<JoinGroupResponse> joined = scene.join("");
        scene.log.refuse(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        assertThat(error(joined.get())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        scene.log.refuse(ErrorCode.NONE);
        JoinGroupResponse again = scene.join(joined.get().memberId()).get();
        assertThat(again.generationId()).isEqualTo(1);
    }

    @Test
    void anAssignmentThatCannotBeWrittenSendsEverybodyBack() {
        Answer<JoinGroupResponse> joined = scene.join("");
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        scene.log.refuse(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        Answer<SyncGroupResponse> sync =
                scene.sync(joined.get(), Map.of(joined.get().memberId(), "x"));
        assertThat(error(sync.get())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        scene.log.refuse(ErrorCode.NONE);
        assertThat(scene.join(joined.get().memberId()).get().generationId()).isEqualTo(2);
    }

    @Test
    void aRestartKeepsGenerationMembersAndAssignments() {
        List<JoinGroupResponse> members = scene.stable(3);
        scene.commitError(members.getFirst().memberId(), 1);
        GroupState before = scene.state();

        scene.restart();

        assertThat(scene.state()).isEqualTo(before).isNotSameAs(before);
        assertThat(scene.state().digest()).isEqualTo(before.digest());
        assertThat(scene.describe().groupState()).isEqualTo("Stable");
        assertThat(scene.describe().members()).hasSize(3);
        assertThat(text(scene.sync(members.get(2), Map.of()).get().assignment()))
                .isEqualTo("p2");
        assertThat(scene.heartbeat(members.get(1).memberId(), 1)).isEqualTo(ErrorCode.NONE);
        // Sessions begin anew and end.
        scene.loop.advanceMs(SESSION_MS + 1);
        assertThat(scene.heartbeat(members.get(1).memberId(), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aGenerationThatHadBegunGoesOnAfterARestartUnderItsNumber() {
        Answer<JoinGroupResponse> first = scene.join("");
        Answer<JoinGroupResponse> second = scene.join("");
        scene.loop.advanceMs(3 * INITIAL_DELAY_MS);
        scene.restart();
        assertThat(scene.describe().groupState()).isEqualTo("CompletingRebalance");
        assertThat(scene.assignAll(List.of(first.get(), second.get()))).containsExactly("p0", "p1");
        assertThat(scene.describe().groupState()).isEqualTo("Stable");
    }

    @Test
    void aLeaderThatNeverAssignsAfterARestartCostsARebalance() {
        Answer<JoinGroupResponse> first = scene.join("");
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        scene.restart();
        for (int i = 0; i < 13; i++) {
            scene.heartbeat(first.get().memberId(), 1);
            scene.loop.advanceMs(5_000);
        }
        assertThat(scene.heartbeat(first.get().memberId(), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.join(first.get().memberId()).get().generationId()).isEqualTo(2);
    }

    @Test
    void aCoordinatorThatGoesTellsEveryWaiterAndStopsItsTimers() {
        Answer<JoinGroupResponse> waiting = scene.join("");
        scene.partition().close();
        assertThat(error(waiting.get())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        scene.loop.advanceMs(3_600_000);
        assertThat(scene.log.size()).isZero();
        assertThat(scene.loop.timers()).isZero();
        assertThat(scene.partition().unavailable()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    private static GroupConfig config(int maxPerGroup, int maxGroups) {
        GroupConfig all = GroupConfig.defaults();
        return new GroupConfig(
                all.offsetsTopic(),
                all.offsets(),
                new GroupConfig.Members(INITIAL_DELAY_MS, 6_000, 1_800_000, maxPerGroup),
                maxGroups);
    }

    @Test
    void aFullGroupTakesNoFurtherMember() {
        GroupScene small = new GroupScene(config(2, 10));
        small.stable(2);
        assertThat(error(small.join("").get())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        // A pending id counts by itself, so nobody fills the table with ids.
        assertThat(error(small.join(joinRequest(""), true, true).get())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(small.describe().members()).hasSize(2);
    }

    @Test
    void moreGroupsThanAllowedAreRefused() {
        GroupScene small = new GroupScene(config(2, 1));
        small.commitError("", -1);
        small.stable(1);
        assertThat(error(small.join(joinRequest("").groupId("another")).get())).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(errorOf(
                        small.commit(GroupScene.commitRequest("", -1, "t", 0, 1).groupId("another"))
                                .get()))
                .isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(small.state().knows(GROUP)).isTrue();
    }

    @Test
    void opaqueProtocolsWorkAsConsumersDo() {
        Answer<JoinGroupResponse> worker =
                scene.join(joinRequest("", "sessioned:\0\2").protocolType("connect"));
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        scene.sync(worker.get(), Map.of(worker.get().memberId(), "\0\1tasks"));
        assertThat(scene.describe()).satisfies(group -> {
            assertThat(group.protocolType()).isEqualTo("connect");
            assertThat(group.protocolData()).isEqualTo("sessioned");
            assertThat(text(group.members().getFirst().memberAssignment())).isEqualTo("\0\1tasks");
        });
    }
}
