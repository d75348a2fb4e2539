package io.millrace.broker.coordinator.group;

import static io.millrace.broker.coordinator.group.GroupScene.INITIAL_DELAY_MS;
import static io.millrace.broker.coordinator.group.GroupScene.commitRequest;
import static io.millrace.broker.coordinator.group.GroupScene.error;
import static io.millrace.broker.coordinator.group.GroupScene.errorOf;
import static io.millrace.broker.coordinator.group.GroupScene.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.GroupScene.Answer;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupMemory;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.storage.journal.JournalSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What clients say of themselves is bounded in bytes, not only in number. */
class GroupMemoryTest {

    private static final int KIB = 1024;

    private static GroupScene scene(int maxBytes) {
        return new GroupScene(GroupConfig.defaults(), new GroupMemory(maxBytes));
    }

    private static JoinGroupRequest large(String group, int bytes) {
        return joinRequest("", "range:" + "x".repeat(bytes)).groupId(group);
    }

    @Test
    void aMemberForWhichThereIsNoMemoryIsRefusedAndOthersAreServed() {
        GroupScene scene = scene(256 * KIB);
        Answer<JoinGroupResponse> small = scene.join("");
        Answer<JoinGroupResponse> fits = scene.join(large("a", 100 * KIB));

        Answer<JoinGroupResponse> refused = scene.join(large("b", 200 * KIB));
        scene.loop.advanceMs(INITIAL_DELAY_MS * 3);

        assertThat(error(refused.get())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(error(small.get())).isEqualTo(ErrorCode.NONE);
        assertThat(error(fits.get())).isEqualTo(ErrorCode.NONE);
        assertThat(scene.groups().classic().isLive("b")).isFalse();
    }

    @Test
    void aGroupThatItsRecordCannotHoldIsNotLetGrowSoLarge() {
        GroupScene scene = new GroupScene();
        scene.join(large("a", 4 * KIB * KIB));
        assertThat(error(scene.join(large("a", 4 * KIB * KIB)).get())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void theLargestRecordFitsTheJournal() {
        assertThat(DecisionLog.MAX_RECORD_BYTES + 512 * KIB).isLessThan(JournalSettings.DEFAULT.firstFileBytes());
    }

    @Test
    void whatMembersLeaveBehindIsGivenBack() {
        GroupScene scene = scene(256 * KIB);
        Answer<JoinGroupResponse> first = scene.join(large(GroupScene.GROUP, 100 * KIB));
        scene.loop.advanceMs(INITIAL_DELAY_MS);
        assertThat(scene.leave(first.get().memberId())).containsExactly(ErrorCode.NONE);

        assertThat(scene.memory.usedBytes()).isLessThan(KIB);
        scene.join(large("b", 200 * KIB));
        assertThat(scene.groups().classic().isLive("b")).isTrue();
    }

    @Test
    void aCoordinatorThatIsDroppedHoldsNothingAndOneThatIsReadAgainHoldsTheSame() {
        GroupScene scene = scene(KIB * KIB);
        scene.stable(3);
        scene.commit("", -1, "orders", 0, 7);
        long before = scene.memory.usedBytes();
        assertThat(before).isPositive();

        scene.restart();
        assertThat(scene.memory.usedBytes()).isEqualTo(before);
        scene.partition().close();
        assertThat(scene.memory.usedBytes()).isZero();
    }

    @Test
    void anAssignmentForWhichThereIsNoMemoryIsRefused() {
        GroupScene scene = scene(64 * KIB);
        Answer<JoinGroupResponse> joined = scene.join("");
        scene.loop.advanceMs(INITIAL_DELAY_MS);
        String member = joined.get().memberId();

        Answer<SyncGroupResponse> synced = scene.sync(joined.get(), Map.of(member, "x".repeat(100 * KIB)));

        assertThat(error(synced.get())).isEqualTo(ErrorCode.POLICY_VIOLATION);
    }

    @Test
    void anOffsetForWhichThereIsNoMemoryIsRefusedAndOneThatReplacesAnotherIsNot() {
        GroupScene scene = scene(64 * KIB);
        int committed = 0;
        while (errorOf(scene.commit("", -1, "orders", committed, 1).get()) == ErrorCode.NONE) {
            committed++;
        }
        assertThat(committed).isBetween(100, 1_000);
        assertThat(errorOf(scene.commit("", -1, "orders", committed, 1).get())).isEqualTo(ErrorCode.POLICY_VIOLATION);
        OffsetCommitRequest again = commitRequest("", -1, "orders", 0, 2);
        assertThat(errorOf(scene.commit(again).get())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void groupsThatOnlyCommitCountAndThoseWithMembersCountOnce() {
        GroupConfig defaults = GroupConfig.defaults();
        GroupScene scene =
                new GroupScene(new GroupConfig(defaults.offsetsTopic(), defaults.offsets(), defaults.members(), 3));
        scene.stable(1);
        assertThat(errorOf(scene.commit(commitRequest("", -1, "orders", 0, 1).groupId("a"))
                        .get()))
                .isEqualTo(ErrorCode.NONE);
        assertThat(errorOf(scene.commit(commitRequest("", -1, "orders", 0, 1).groupId("b"))
                        .get()))
                .isEqualTo(ErrorCode.NONE);

        assertThat(errorOf(scene.commit(commitRequest("", -1, "orders", 0, 1).groupId("c"))
                        .get()))
                .isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(error(scene.join(joinRequest("").groupId("d")).get())).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(scene.join(joinRequest("").groupId("a")).came()).isFalse();
        assertThat(errorOf(scene.commit(commitRequest("", -1, "orders", 1, 1).groupId("b"))
                        .get()))
                .isEqualTo(ErrorCode.NONE);
    }
}
