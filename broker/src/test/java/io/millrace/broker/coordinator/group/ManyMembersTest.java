package io.millrace.broker.coordinator.group;

import static io.millrace.broker.coordinator.group.GroupScene.INITIAL_DELAY_MS;
import static io.millrace.broker.coordinator.group.GroupScene.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.coordinator.group.GroupScene.Answer;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.SyncGroupRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Large groups and many of them: the work grows with what happens, and all deadlines share one timer. */
class ManyMembersTest {

    private final GroupScene scene = new GroupScene();

    @Test
    void aThousandMembersRebalanceTogether() {
        List<JoinGroupResponse> members = scene.stable(1_000);
        assertThat(members.getFirst().members()).hasSize(1_000);
        Answer<JoinGroupResponse> another = scene.join("");
        List<Answer<JoinGroupResponse>> again = new ArrayList<>();
        members.forEach(member -> again.add(scene.join(member.memberId())));
        assertThat(another.get().generationId()).isEqualTo(2);
        assertThat(again.getFirst().get().members()).hasSize(1_001);
        List<JoinGroupResponse> joined =
                new ArrayList<>(again.stream().map(Answer::get).toList());
        joined.add(another.get());
        assertThat(scene.assignAll(joined)).hasSize(1_001).doesNotHaveDuplicates();
        assertThat(scene.loop.timers()).isEqualTo(1);
    }

    @Test
    void tenThousandGroupsShareOneTimerAndAreAllThereAfterARestart() {
        List<Answer<JoinGroupResponse>> joins = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            joins.add(scene.join(joinRequest("").groupId("group-" + i)));
        }
        scene.loop.advanceMs(2 * INITIAL_DELAY_MS);
        for (int i = 0; i < 10_000; i++) {
            JoinGroupResponse joined = joins.get(i).get();
            scene.sync(new SyncGroupRequest()
                    .groupId("group-" + i)
                    .memberId(joined.memberId())
                    .generationId(joined.generationId())
                    .assignments(List.of(new SyncGroupRequest.SyncGroupRequestAssignment()
                            .memberId(joined.memberId())
                            .assignment(new byte[] {1}))));
        }
        assertThat(scene.loop.timers()).isEqualTo(1);
        scene.restart();
        assertThat(scene.groups().classic().list())
                .hasSize(10_000)
                .allSatisfy(group -> assertThat(group.groupState()).isEqualTo("Stable"));
    }
}
