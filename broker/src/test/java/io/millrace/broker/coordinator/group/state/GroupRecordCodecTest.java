package io.millrace.broker.coordinator.group.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.OffsetCommitValue;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Kafka's layout of the records, byte by byte where other tools read them. */
class GroupRecordCodecTest {

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    private static GroupRecord again(GroupRecord record) {
        return Objects.requireNonNull(
                GroupRecordCodec.read(GroupRecordCodec.key(record), GroupRecordCodec.value(record)));
    }

    @Test
    void anOffsetsKeyIsTypeOneGroupTopicAndPartition() {
        GroupRecord record = new GroupRecord.OffsetCommitted("g", "t", 2, null);
        assertThat(hex(GroupRecordCodec.key(record))).isEqualTo("0001" + "000167" + "000174" + "00000002");
        assertThat(GroupRecordCodec.value(record)).isNull();
        assertThat(again(record)).isEqualTo(record);
    }

    @Test
    void anOffsetOfATopicWithoutIdIsVersionThree() {
        GroupRecord record = new GroupRecord.OffsetCommitted(
                "g",
                "t",
                2,
                new OffsetCommitValue().offset(5).leaderEpoch(1).metadata("m").commitTimestamp(7));
        assertThat(hex(Objects.requireNonNull(GroupRecordCodec.value(record))))
                .isEqualTo("0003" + "0000000000000005" + "00000001" + "00016d" + "0000000000000007");
        assertThat(again(record)).isEqualTo(record);
    }

    @Test
    void topicIdsAndTimesOfEndSurvive() {
        OffsetCommitValue withId = new OffsetCommitValue()
                .offset(5)
                .metadata("")
                .topicId(new Uuid(3, 4))
                .commitTimestamp(7);
        OffsetCommitValue withEnd = new OffsetCommitValue()
                .offset(5)
                .metadata("")
                .expireTimestamp(99)
                .commitTimestamp(7);
        for (OffsetCommitValue value : List.of(withId, withEnd)) {
            GroupRecord record = new GroupRecord.OffsetCommitted("g", "t", 0, value);
            assertThat(again(record)).isEqualTo(record);
        }
    }

    @Test
    void aGroupsRecordIsTypeTwoVersionThree() {
        GroupMetadataValue value = new GroupMetadataValue()
                .protocolType("consumer")
                .generation(4)
                .protocol("range")
                .leader("m")
                .currentStateTimestamp(7)
                .members(List.of(new GroupMetadataValue.MemberMetadata()
                        .memberId("m")
                        .groupInstanceId("i")
                        .clientId("c")
                        .clientHost("/h")
                        .rebalanceTimeout(1)
                        .sessionTimeout(2)
                        .subscription(new byte[] {1})
                        .assignment(new byte[] {2, 3})));
        GroupRecord record = new GroupRecord.GroupChanged("g", value);
        assertThat(hex(GroupRecordCodec.key(record))).isEqualTo("0002" + "000167");
        assertThat(hex(Objects.requireNonNull(GroupRecordCodec.value(record))))
                .startsWith("0003" + "0008" + "636f6e73756d6572" + "00000004");
        assertThat(again(record)).isEqualTo(record);
    }

    @Test
    void recordsOfOtherKindsOfGroupsAreLeftAlone() {
        assertThat(GroupRecordCodec.read(ByteBuffer.wrap(new byte[] {0, 3, 0, 0}), null))
                .isNull();
    }

    @Test
    void aNewerVersionIsNotGuessed() {
        ByteBuffer key = GroupRecordCodec.key(new GroupRecord.GroupChanged("g", null));
        assertThatThrownBy(() -> GroupRecordCodec.read(key, ByteBuffer.wrap(new byte[] {0, 99})))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("a newer broker wrote it");
    }
}
