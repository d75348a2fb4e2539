package io.millrace.broker.coordinator.group;

import static io.millrace.broker.coordinator.group.GroupScene.GROUP;
import static io.millrace.broker.coordinator.group.GroupScene.INITIAL_DELAY_MS;
import static io.millrace.broker.coordinator.group.GroupScene.SESSION_MS;
import static io.millrace.broker.coordinator.group.GroupScene.error;
import static io.millrace.broker.coordinator.group.GroupScene.joinRequest;
import static io.millrace.broker.coordinator.group.GroupScene.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.coordinator.group.GroupScene.Answer;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.LeaveGroupRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members that keep their place over a restart (KIP-345, KIP-814). */
class StaticMembersTest {

    private final GroupScene scene = new GroupScene();
    private JoinGroupResponse leader;
    private JoinGroupResponse follower;

    @BeforeEach
    void aStableGroupOfTwo() {
        Answer<JoinGroupResponse> first = scene.joinStatic("one");
        Answer<JoinGroupResponse> second = scene.joinStatic("two");
        scene.loop.advanceMs(3 * INITIAL_DELAY_MS);
        leader = first.get();
        follower = second.get();
        assertThat(scene.assignAll(List.of(leader, follower))).containsExactly("p0", "p1");
    }

    @Test
    void aRestartKeepsGenerationAndAssignment() {
        JoinGroupResponse back = scene.joinStatic("two").get();

        assertThat(error(back)).isEqualTo(ErrorCode.NONE);
        assertThat(back.generationId()).isEqualTo(1);
        assertThat(back.memberId()).isNotEqualTo(follower.memberId());
        assertThat(back.members()).isEmpty();
        assertThat(text(scene.sync(back, Map.of()).get().assignment())).isEqualTo("p1");
        assertThat(scene.heartbeat(leader.memberId(), 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theTwinThatWasReplacedIsFenced() {
        scene.joinStatic("two").get();
        HeartbeatRequest twin = new HeartbeatRequest()
                .groupId(GROUP)
                .generationId(1)
                .memberId(follower.memberId())
                .groupInstanceId("two");
        assertThat(scene.groups().classic().heartbeat(twin)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(error(scene.join(joinRequest(follower.memberId()).groupInstanceId("two"))
                        .get()))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(GroupScene.errorOf(scene.commit(GroupScene.commitRequest(follower.memberId(), 1, "t", 0, 5)
                                .groupInstanceId("two"))
                        .get()))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void aLeaderThatComesBackIsToldNotToAssign() {
        JoinGroupResponse back = scene.joinStatic("one").get();
        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.leader()).isEqualTo(back.memberId());
        assertThat(back.members()).hasSize(2);
        assertThat(text(scene.sync(back, Map.of()).get().assignment())).isEqualTo("p0");
    }

    @Test
    void anOlderLeaderThatComesBackHearsTheOldLeadersNameInstead() {
        JoinGroupResponse back =
                scene.join(joinRequest("").groupInstanceId("one"), true, false).get();
        assertThat(back.skipAssignment()).isFalse();
        assertThat(back.leader()).isEqualTo(leader.memberId());
        assertThat(back.members()).isEmpty();
        assertThat(back.generationId()).isEqualTo(1);
    }

    @Test
    void thePlaceIsKeptOverARestartOfTheCoordinatorToo() {
        JoinGroupResponse back = scene.joinStatic("two").get();
        scene.restart();
        assertThat(scene.heartbeat(back.memberId(), 1)).isEqualTo(ErrorCode.NONE);
        JoinGroupResponse again = scene.joinStatic("two").get();
        assertThat(again.generationId()).isEqualTo(1);
        assertThat(text(scene.sync(again, Map.of()).get().assignment())).isEqualTo("p1");
    }

    @Test
    void anotherChoiceOfProtocolStartsARebalance() {
        // Both support sticky from now on, and the one that came back prefers it.
        scene.join(joinRequest(leader.memberId(), "range", "sticky").groupInstanceId("one"));
        scene.join(joinRequest(follower.memberId(), "sticky", "range").groupInstanceId("two"));
        assertThat(scene.describe().groupState()).isEqualTo("CompletingRebalance");
    }

    @Test
    void aMemberThatStaysAwayIsExpectedUntilItsSessionEnds() {
        scene.join(joinRequest(leader.memberId()).groupInstanceId("one"));
        assertThat(scene.describe().groupState()).isEqualTo("PreparingRebalance");
        scene.loop.advanceMs(SESSION_MS + 1);
        // Its session ended, so nobody is waited for.
        assertThat(scene.describe().groupState()).isEqualTo("CompletingRebalance");
        assertThat(scene.describe().members()).hasSize(1);
    }

    @Test
    void anOperatorTakesMembersOutByInstanceId() {
        List<ErrorCode> errors = scene.leave(
                new LeaveGroupRequest.MemberIdentity().groupInstanceId("one"),
                new LeaveGroupRequest.MemberIdentity().groupInstanceId("unknown"),
                new LeaveGroupRequest.MemberIdentity().memberId("somebody else").groupInstanceId("two"));
        assertThat(errors).containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.FENCED_INSTANCE_ID);
        assertThat(scene.describe().members()).hasSize(1);
    }
}
