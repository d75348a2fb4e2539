package io.millrace.broker.coordinator.group;

import static io.millrace.broker.coordinator.group.GroupScene.GROUP;
import static io.millrace.broker.coordinator.group.GroupScene.INITIAL_DELAY_MS;
import static io.millrace.broker.coordinator.group.GroupScene.REBALANCE_MS;
import static io.millrace.broker.coordinator.group.GroupScene.SESSION_MS;
import static io.millrace.broker.coordinator.group.GroupScene.error;
import static io.millrace.broker.coordinator.group.GroupScene.joinRequest;
import static io.millrace.broker.coordinator.group.GroupScene.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.coordinator.group.GroupScene.Answer;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Joining, generations and assignments of dynamic members. */
class ClassicRebalanceTest {

    private final GroupScene scene = new GroupScene();

    @Test
    void theFirstRebalanceWaitsForMoreMembersAndTellsTheLeaderAloneWhoTheyAre() {
        Answer<JoinGroupResponse> first = scene.join("");
        Answer<JoinGroupResponse> second = scene.join("");
        scene.loop.advanceMs(INITIAL_DELAY_MS - 1);
        assertThat(first.came()).isFalse();

        // A member was added during the delay, so it is waited for once more.
        scene.loop.advanceMs(INITIAL_DELAY_MS + 1);

        JoinGroupResponse leader = first.get();
        JoinGroupResponse follower = second.get();
        assertThat(leader.generationId()).isEqualTo(1);
        assertThat(leader.leader()).isEqualTo(leader.memberId()).isEqualTo(follower.leader());
        assertThat(leader.members()).extracting("memberId").containsExactly(leader.memberId(), follower.memberId());
        assertThat(follower.members()).isEmpty();
        assertThat(leader.protocolName()).isEqualTo("range");
    }

    @Test
    void aClientThatCanIsToldItsMemberIdFirst() {
        JoinGroupResponse told = scene.join(joinRequest(""), true, true).get();
        assertThat(error(told)).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(told.memberId()).startsWith("client-");

        Answer<JoinGroupResponse> joined = scene.join(joinRequest(told.memberId()), true, true);
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        assertThat(joined.get().memberId()).isEqualTo(told.memberId());
        assertThat(error(joined.get())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aMemberIdThatNobodyUsesIsForgottenWithItsGroup() {
        String memberId = scene.join(joinRequest(""), true, true).get().memberId();
        assertThat(scene.describe().groupState()).isEqualTo("Empty");
        scene.loop.advanceMs(SESSION_MS + 1);
        assertThat(scene.describe().groupState()).isEqualTo("Dead");
        assertThat(error(scene.join(memberId).get())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void everyMemberGetsItsAssignmentOnceTheLeaderHasBroughtAll() {
        Answer<JoinGroupResponse> first = scene.join("");
        Answer<JoinGroupResponse> second = scene.join("");
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        Answer<SyncGroupResponse> follower = scene.sync(second.get(), Map.of());
        assertThat(follower.came()).isFalse();

        Answer<SyncGroupResponse> leader = scene.sync(
                first.get(), Map.of(first.get().memberId(), "a", second.get().memberId(), "b"));

        assertThat(text(leader.get().assignment())).isEqualTo("a");
        assertThat(text(follower.get().assignment())).isEqualTo("b");
        assertThat(scene.describe().groupState()).isEqualTo("Stable");
        assertThat(scene.heartbeat(first.get().memberId(), 1)).isEqualTo(ErrorCode.NONE);
        // Asked again, for the answer was lost.
        assertThat(text(scene.sync(second.get(), Map.of()).get().assignment())).isEqualTo("b");
    }

    @Test
    void anotherMemberMakesAllJoinAnew() {
        JoinGroupResponse first = scene.stable(1).getFirst();
        Answer<JoinGroupResponse> second = scene.join("");
        assertThat(second.came()).isFalse();
        assertThat(scene.heartbeat(first.memberId(), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(error(scene.sync(first, Map.of()).get())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);

        Answer<JoinGroupResponse> again = scene.join(first.memberId());

        assertThat(again.get().generationId()).isEqualTo(2);
        assertThat(second.get().generationId()).isEqualTo(2);
        assertThat(again.get().members()).hasSize(2);
        assertThat(scene.heartbeat(first.memberId(), 1)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void whoDoesNotJoinAnewInTimeIsOut() {
        List<JoinGroupResponse> members = scene.stable(2);
        Answer<JoinGroupResponse> third = scene.join("");
        Answer<JoinGroupResponse> first = scene.join(members.getFirst().memberId());
        // The second only sends heartbeats.
        for (int ms = 0; ms < REBALANCE_MS; ms += 5_000) {
            assertThat(scene.heartbeat(members.get(1).memberId(), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            scene.loop.advanceMs(5_000);
        }
        assertThat(first.get().members()).hasSize(2);
        assertThat(third.get().generationId()).isEqualTo(2);
        assertThat(scene.heartbeat(members.get(1).memberId(), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberThatIsNotHeardOfLosesItsPlace() {
        List<JoinGroupResponse> members = scene.stable(2);
        scene.loop.advanceMs(SESSION_MS - 1);
        assertThat(scene.heartbeat(members.getFirst().memberId(), 1)).isEqualTo(ErrorCode.NONE);
        scene.loop.advanceMs(2);
        assertThat(scene.heartbeat(members.get(1).memberId(), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.heartbeat(members.getFirst().memberId(), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.join(members.getFirst().memberId()).get().members()).hasSize(1);
    }

    @Test
    void membersThatNeverAskForTheirAssignmentAreDropped() {
        List<JoinGroupResponse> members = scene.stable(1);
        Answer<JoinGroupResponse> second = scene.join("");
        JoinGroupResponse first = scene.join(members.getFirst().memberId()).get();
        scene.sync(first, Map.of(first.memberId(), "x"));
        for (int ms = 0; ms < REBALANCE_MS; ms += 5_000) {
            scene.heartbeat(first.memberId(), 2);
            scene.heartbeat(second.get().memberId(), 2);
            scene.loop.advanceMs(5_000);
        }
        assertThat(scene.heartbeat(second.get().memberId(), 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.heartbeat(first.memberId(), 2)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void leavingHandsTheWorkOverAtOnceAndTheLastOneLeavesAnEmptyGroup() {
        List<JoinGroupResponse> members = scene.stable(2);
        assertThat(scene.leave(members.getFirst().memberId())).containsExactly(ErrorCode.NONE);
        assertThat(scene.leave(members.getFirst().memberId())).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        Answer<JoinGroupResponse> rest = scene.join(members.get(1).memberId());
        assertThat(rest.get().leader()).isEqualTo(members.get(1).memberId());
        scene.leave(members.get(1).memberId());
        assertThat(scene.describe().groupState()).isEqualTo("Empty");
        assertThat(scene.describe().protocolType()).isEqualTo("consumer");
        assertThat(scene.state().group(GROUP)).isNotNull().satisfies(group -> {
            assertThat(group.generation()).isEqualTo(3);
            assertThat(group.members()).isEmpty();
        });
    }

    @Test
    void aFollowerThatJoinsWithoutNewsIsAnsweredAtOnceAndOneWithNewsStartsARebalance() {
        List<JoinGroupResponse> members = scene.stable(2);
        String follower = members.get(1).memberId();
        assertThat(scene.join(follower).get().generationId()).isEqualTo(1);
        assertThat(scene.describe().groupState()).isEqualTo("Stable");
        Answer<JoinGroupResponse> news = scene.join(joinRequest(follower, "range:other topics"));
        assertThat(news.came()).isFalse();
        assertThat(scene.describe().groupState()).isEqualTo("PreparingRebalance");
    }

    @Test
    void theLeaderJoiningAgainAlwaysStartsARebalance() {
        List<JoinGroupResponse> members = scene.stable(2);
        assertThat(scene.join(members.getFirst().memberId()).came()).isFalse();
        assertThat(scene.describe().groupState()).isEqualTo("PreparingRebalance");
    }

    @Test
    void rebalancesFollowEachOther() {
        JoinGroupResponse first = scene.stable(1).getFirst();
        scene.join("");
        JoinGroupResponse second = scene.join(first.memberId()).get();
        assertThat(second.generationId()).isEqualTo(2);
        // Another one comes before the assignment: who waits for it is sent back.
        Answer<JoinGroupResponse> third = scene.join("");
        assertThat(error(scene.sync(second, Map.of(first.memberId(), "x")).get()))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        scene.join(first.memberId());
        scene.loop.advanceMs(REBALANCE_MS + 1);
        assertThat(third.get().generationId()).isEqualTo(3);
    }

    @Test
    void aSyncThatWaitsIsToldOfTheNextRebalance() {
        JoinGroupResponse first = scene.stable(1).getFirst();
        Answer<JoinGroupResponse> second = scene.join("");
        scene.join(first.memberId());
        Answer<SyncGroupResponse> waiting = scene.sync(second.get(), Map.of());
        assertThat(waiting.came()).isFalse();
        scene.join("");
        assertThat(error(waiting.get())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void theProtocolThatMostPreferAmongThoseAllSupportIsChosen() {
        Answer<JoinGroupResponse> first = scene.join(joinRequest("", "range", "sticky", "own"));
        scene.join(joinRequest("", "sticky", "range"));
        scene.join(joinRequest("", "sticky", "range"));
        assertThat(error(scene.join(joinRequest("", "other")).get())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        scene.loop.advanceMs(3 * INITIAL_DELAY_MS);
        assertThat(first.get().protocolName()).isEqualTo("sticky");
    }

    @Test
    void typeAndNameOfTheProtocolAreChecked() {
        JoinGroupResponse first = scene.stable(1).getFirst();
        assertThat(error(scene.join(joinRequest("").protocolType("connect")).get()))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(scene.join(joinRequest("").protocols(List.of())).get()))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        SyncGroupRequest sync = new SyncGroupRequest()
                .groupId(GROUP)
                .memberId(first.memberId())
                .generationId(1)
                .protocolType("consumer")
                .protocolName("sticky");
        assertThat(error(scene.sync(sync).get())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(scene.sync(sync.protocolName("range")).get())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void sessionTimeoutsOutsideTheBoundsAreRefused() {
        assertThat(error(scene.join(joinRequest("").sessionTimeoutMs(5_999)).get()))
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(error(scene.join(joinRequest("").sessionTimeoutMs(1_800_001)).get()))
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
    }

    @Test
    void namesThatNoRecordCanHoldAreRefused() {
        String tooLong = "x".repeat(40_000);
        assertThat(error(scene.join(joinRequest("").protocolType(tooLong)).get()))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(scene.join(joinRequest("", tooLong)).get())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(scene.joinStatic(tooLong).get())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(scene.describe().groupState()).isEqualTo("Dead");
    }

    @Test
    void strangersAreTurnedAway() {
        assertThat(error(scene.join("nobody").get())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.heartbeat("nobody", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(error(scene.sync("nobody", 1, Map.of()).get())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.leave("nobody")).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        scene.stable(1);
        assertThat(error(scene.join("nobody").get())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.heartbeat("nobody", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aJoinThatIsRepeatedWhileItWaitsAnswersTheFirstOneToo() {
        JoinGroupResponse first = scene.stable(2).getFirst();
        Answer<JoinGroupResponse> lost = scene.join(first.memberId());
        Answer<JoinGroupResponse> repeated = scene.join(first.memberId());
        assertThat(error(lost.get())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(repeated.came()).isFalse();
    }

    @Test
    void aStableGroupRunsOneTimerForEachMember() {
        scene.stable(3);
        scene.loop.advanceMs(1);
        // All deadlines of a shard share one timer of its loop.
        assertThat(scene.loop.timers()).isEqualTo(1);
    }

    @Test
    void aProtocolThatAMemberNamesTwiceIsSupportedByItOnce() {
        Answer<JoinGroupResponse> first = scene.join(joinRequest("", "range", "range", "sticky"));
        Answer<JoinGroupResponse> second = scene.join(joinRequest("", "sticky"));

        Answer<JoinGroupResponse> third = scene.join(joinRequest("", "range"));
        scene.loop.advanceMs(INITIAL_DELAY_MS * 3);

        assertThat(error(third.get())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(first.get().protocolName()).isEqualTo("sticky");
        assertThat(second.get().protocolName()).isEqualTo("sticky");
    }
}
