package io.millrace.broker.coordinator.group;

import static io.millrace.broker.coordinator.group.GroupScene.GROUP;
import static io.millrace.broker.coordinator.group.GroupScene.RETENTION_MS;
import static io.millrace.broker.coordinator.group.GroupScene.SESSION_MS;
import static io.millrace.broker.coordinator.group.GroupScene.bytes;
import static io.millrace.broker.coordinator.group.GroupScene.commitRequest;
import static io.millrace.broker.coordinator.group.GroupScene.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.coordinator.group.GroupScene.Answer;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MessageBytes;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.ConsumerProtocolSubscription;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetDeleteRequest;
import io.millrace.protocol.message.OffsetDeleteResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commit, fetch, delete and end of offsets. */
class OffsetsTest {

    private final GroupScene scene = new GroupScene();

    @Test
    void aSimpleConsumerCommitsWithoutBeingAMember() {
        assertThat(scene.fetched("orders")).isEqualTo(-1);
        assertThat(scene.commitError("", -1)).isEqualTo(ErrorCode.NONE);
        assertThat(scene.fetched("orders")).isEqualTo(1);
        assertThat(scene.describe().groupState()).isEqualTo("Empty");
        assertThat(scene.groups().classic().list()).singleElement().satisfies(group -> {
            assertThat(group.groupId()).isEqualTo(GROUP);
            assertThat(group.groupType()).isEqualTo("classic");
            assertThat(group.protocolType()).isEmpty();
        });
    }

    @Test
    void anUnknownGroupTakesNoCommitOfAGeneration() {
        assertThat(scene.commitError("somebody", 3)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(scene.fetched("orders")).isEqualTo(-1);
    }

    @Test
    void aGroupWithMembersTakesCommitsOfItsPresentGenerationOnly() {
        JoinGroupResponse member = scene.stable(1).getFirst();
        assertThat(scene.commitError(member.memberId(), 1)).isEqualTo(ErrorCode.NONE);
        assertThat(scene.commitError(member.memberId(), 0)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(scene.commitError("nobody", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.commitError("", -1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void membersCommitBeforeTheyJoinAnewAndNotBetweenJoinAndAssignment() {
        JoinGroupResponse member = scene.stable(1).getFirst();
        scene.join("");
        assertThat(scene.commitError(member.memberId(), 1)).isEqualTo(ErrorCode.NONE);
        JoinGroupResponse again = scene.join(member.memberId()).get();
        assertThat(scene.commitError(member.memberId(), again.generationId()))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.commitError(member.memberId(), 1)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void aCommitIsAsGoodAsAHeartbeat() {
        JoinGroupResponse member = scene.stable(1).getFirst();
        scene.loop.advanceMs(SESSION_MS - 1);
        scene.commitError(member.memberId(), 1);
        scene.loop.advanceMs(SESSION_MS - 1);
        assertThat(scene.heartbeat(member.memberId(), 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void textThatIsTooLongIsRefusedAndTheRestOfTheRequestTaken() {
        OffsetCommitRequest request = commitRequest("", -1, "orders", 0, 7);
        request.topics()
                .getFirst()
                .partitions()
                .add(new OffsetCommitRequest.OffsetCommitRequestPartition()
                        .partitionIndex(1)
                        .committedOffset(8)
                        .committedMetadata("x".repeat(4097)));
        assertThat(scene.commit(request).get().topics().getFirst().partitions())
                .extracting(each -> ErrorCode.of(each.errorCode()))
                .containsExactly(ErrorCode.NONE, ErrorCode.OFFSET_METADATA_TOO_LARGE);
        assertThat(scene.state().offsets(GROUP))
                .isNotNull()
                .satisfies(offsets -> assertThat(offsets.of("orders")).containsOnlyKeys(0));
    }

    @Test
    void offsetsOfATopicThatWasCreatedAgainAreNotInherited() {
        OffsetCommitRequest request = commitRequest("", -1, "orders", 0, 7);
        request.topics().getFirst().topicId(new Uuid(1, 2));
        scene.commit(request);
        // The image knows no topic of that id.
        assertThat(scene.fetched("orders")).isEqualTo(-1);
    }

    @Test
    void deletingATopicDeletesItsOffsetsAndNotThoseOfItsSuccessor() {
        OffsetCommitRequest old = commitRequest("", -1, "orders", 0, 7);
        old.topics().getFirst().topicId(new Uuid(1, 2));
        scene.commit(old);
        scene.partition().topicDeleted("orders", new Uuid(9, 9));
        assertThat(scene.state().offsets(GROUP)).isNotNull();
        scene.partition().topicDeleted("orders", new Uuid(1, 2));
        assertThat(scene.state().offsets(GROUP)).isNull();
        assertThat(scene.describe().groupState()).isEqualTo("Dead");
    }

    @Test
    void offsetsOfSimpleConsumersEndTheRetentionAfterTheirCommit() {
        scene.commitError("", -1);
        scene.loop.advanceMs(RETENTION_MS - 1_000);
        assertThat(scene.fetched("orders")).isEqualTo(1);
        scene.commit("", -1, "later", 0, 2);
        scene.loop.advanceMs(600_000 + 1_000);
        assertThat(scene.fetched("orders")).isEqualTo(-1);
        assertThat(scene.fetched("later")).isEqualTo(2);
        scene.loop.advanceMs(RETENTION_MS + 600_000);
        assertThat(scene.describe().groupState()).isEqualTo("Dead");
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void offsetsOfAGroupEndTheRetentionAfterItsLastMemberLeftAndTheGroupWithThem() {
        JoinGroupResponse member = scene.stable(1).getFirst();
        scene.commitError(member.memberId(), 1);
        for (long ms = 0; ms < RETENTION_MS + 1_000; ms += SESSION_MS / 2) {
            scene.heartbeat(member.memberId(), 1);
            scene.loop.advanceMs(SESSION_MS / 2);
        }
        assertThat(scene.fetched("orders")).as("the group has members").isEqualTo(1);
        scene.leave(member.memberId());
        scene.loop.advanceMs(RETENTION_MS - 1_000);
        assertThat(scene.fetched("orders")).isEqualTo(1);
        scene.loop.advanceMs(601_000);
        assertThat(scene.fetched("orders")).isEqualTo(-1);
        assertThat(scene.describe().groupState()).isEqualTo("Dead");
        assertThat(scene.loop.timers()).isZero();
    }

    @Test
    void retentionThatAnOldClientAsksForIsKept() {
        scene.commit(commitRequest("", -1, "orders", 0, 7).retentionTimeMs(3_600_000));
        scene.restart();
        assertThat(scene.fetched("orders")).isEqualTo(7);
        scene.loop.advanceMs(3_600_000 + 600_000);
        assertThat(scene.fetched("orders")).isEqualTo(-1);
    }

    @Test
    void expiryGoesOnAfterARestartOfTheCoordinator() {
        scene.commitError("", -1);
        scene.loop.advanceMs(RETENTION_MS / 2);
        scene.restart();
        scene.loop.advanceMs(RETENTION_MS / 2 + 600_000);
        assertThat(scene.fetched("orders")).isEqualTo(-1);
    }

    private static byte[] subscription(String topic) {
        ByteBuffer encoded =
                MessageBytes.encodeVersioned(new ConsumerProtocolSubscription().topics(List.of(topic)), (short) 1);
        byte[] copy = new byte[encoded.remaining()];
        encoded.get(copy);
        return copy;
    }

    @Test
    void offsetsOfTopicsThatMembersReadAreNotDeleted() {
        scene.commit("", -1, "orders", 0, 7);
        scene.commit("", -1, "dropped", 0, 8);
        JoinGroupRequest request = GroupScene.joinRequest("");
        request.protocols().getFirst().metadata(subscription("orders"));
        Answer<JoinGroupResponse> joined = scene.join(request);
        scene.loop.advanceMs(10_000);
        scene.sync(joined.get(), Map.of(joined.get().memberId(), "x"));

        OffsetDeleteResponse answer = delete("orders", "dropped");

        assertThat(answer.topics())
                .extracting(topic -> ErrorCode.of(topic.partitions().getFirst().errorCode()))
                .containsExactly(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC, ErrorCode.NONE);
        assertThat(scene.fetched("orders")).isEqualTo(7);
        assertThat(scene.fetched("dropped")).isEqualTo(-1);
    }

    @Test
    void unreadableSubscriptionsProtectEveryTopic() {
        scene.commit("", -1, "orders", 0, 7);
        JoinGroupRequest request = GroupScene.joinRequest("");
        request.protocols().getFirst().metadata(bytes("\0\1 not a subscription"));
        scene.join(request);
        assertThat(ErrorCode.of(delete("orders").errorCode())).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    }

    @Test
    void offsetsOfAnUnknownGroupCannotBeDeleted() {
        assertThat(ErrorCode.of(delete("orders").errorCode())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    private OffsetDeleteResponse delete(String... topics) {
        OffsetDeleteRequest request = new OffsetDeleteRequest().groupId(GROUP);
        for (String topic : topics) {
            OffsetDeleteRequest.OffsetDeleteRequestTopic named =
                    new OffsetDeleteRequest.OffsetDeleteRequestTopic().name(topic);
            named.partitions().add(new OffsetDeleteRequest.OffsetDeleteRequestPartition());
            request.topics().add(named);
        }
        Answer<OffsetDeleteResponse> answer = new Answer<>();
        scene.groups().offsets().delete(request, answer::accept);
        return answer.get();
    }

    @Test
    void aGroupIsDeletedWithItsOffsetsOnceItHasNoMembers() {
        JoinGroupResponse member = scene.stable(1).getFirst();
        scene.commitError(member.memberId(), 1);
        assertThat(deleteGroup()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        scene.leave(member.memberId());
        assertThat(deleteGroup()).isEqualTo(ErrorCode.NONE);
        assertThat(deleteGroup()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        scene.restart();
        assertThat(scene.state().knows(GROUP)).isFalse();
    }

    private ErrorCode deleteGroup() {
        Answer<ErrorCode> answer = new Answer<>();
        scene.groups().delete(GROUP, answer::accept);
        return answer.get();
    }

    @Test
    void moreOffsetsThanABatchHoldsAreCommittedTogether() {
        OffsetCommitRequest request = commitRequest("", -1, "orders", 0, 1);
        for (int partition = 1; partition < 2_500; partition++) {
            request.topics()
                    .getFirst()
                    .partitions()
                    .add(new OffsetCommitRequest.OffsetCommitRequestPartition()
                            .partitionIndex(partition)
                            .committedOffset(partition)
                            .committedMetadata(""));
        }
        assertThat(errorOf(scene.commit(request).get())).isEqualTo(ErrorCode.NONE);
        scene.restart();
        assertThat(scene.state().offsets(GROUP))
                .isNotNull()
                .satisfies(offsets -> assertThat(offsets.of("orders")).hasSize(2_500));
    }

    @Test
    void aGroupThatIsDeletedLeavesNoDeadlineBehind() {
        int before = scene.deadlines.size();
        for (int i = 0; i < 100; i++) {
            String group = "short-lived-" + i;
            scene.commit(GroupScene.commitRequest("", -1, "orders", 0, 1).groupId(group));
            scene.groups().delete(group, error -> assertThat(error).isEqualTo(ErrorCode.NONE));
        }
        assertThat(scene.deadlines.size()).isEqualTo(before);
    }
}
