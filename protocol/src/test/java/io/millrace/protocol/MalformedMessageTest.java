package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.message.ApiVersionsRequest;
import io.millrace.protocol.message.ApiVersionsResponse;
import io.millrace.protocol.message.FetchRequest;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.protocol.message.SaslAuthenticateRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What the reader refuses, one cause a test. */
final class MalformedMessageTest {
    private static final short FLEXIBLE = 3;

    /** ApiVersionsRequest version 3: two compact strings, then tags. */
    private static ByteBuf apiVersions(int... tags) {
        ByteBuf in = Unpooled.buffer().writeByte(2).writeByte('a').writeByte(2).writeByte('b');
        for (int value : tags) {
            in.writeByte(value);
        }
        return in;
    }

    private static void refused(ByteBuf in, String what) {
        assertThatThrownBy(() -> ApiVersionsRequest.read(in, FLEXIBLE))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(what);
        assertThat(in.readerIndex()).isZero();
    }

    @Test
    void unknown_tags_are_skipped() {
        ByteBuf in = apiVersions(2, 5, 1, 0x7F, 9, 0);
        assertThat(ApiVersionsRequest.read(in, FLEXIBLE).clientSoftwareName()).isEqualTo("a");
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void a_tag_twice_is_refused() {
        refused(apiVersions(2, 5, 0, 5, 0), "tag 5 after tag 5");
    }

    @Test
    void falling_tags_are_refused() {
        refused(apiVersions(2, 5, 0, 4, 0), "tag 4 after tag 5");
    }

    @Test
    void a_tag_longer_than_the_message_is_refused() {
        refused(apiVersions(1, 5, 9, 0), "tagged field of 9 bytes, 1 left");
    }

    @Test
    void more_unknown_tags_than_the_limit_are_refused_and_the_limit_itself_is_not() {
        int most = MessageReader.MAX_UNKNOWN_TAGS;
        assertThat(ApiVersionsRequest.read(manyTags(most), FLEXIBLE)).isNotNull();
        refused(manyTags(most + 1), "more than 1000 unknown tagged fields");
    }

    private static ByteBuf manyTags(int count) {
        ByteBuf in = apiVersions();
        MessageWriter out = new MessageWriter(in);
        out.writeUnsignedVarint(count);
        for (int tag = 0; tag < count; tag++) {
            out.writeUnsignedVarint(tag);
            out.writeUnsignedVarint(0);
        }
        return in;
    }

    @Test
    void more_tags_than_bytes_are_refused_before_reading_them() {
        refused(apiVersions(0xFF, 0xFF, 0xFF, 0xFF, 0x07), "2147483647 tagged fields, 0 bytes left");
    }

    @Test
    void a_known_tag_with_bytes_left_over_is_refused() {
        // Version 3 of the response: error, empty array, throttle time, then tag 1 (an int64) in nine bytes.
        ByteBuf in = Unpooled.buffer().writeShort(0).writeByte(1).writeInt(0);
        in.writeByte(1).writeByte(1).writeByte(9).writeLong(7).writeByte(0);
        assertThatThrownBy(() -> ApiVersionsResponse.read(in, FLEXIBLE))
                .hasMessageContaining("1 bytes of a tagged field are left over");
    }

    @Test
    void a_known_tag_cannot_read_past_its_own_end() {
        ByteBuf in = Unpooled.buffer().writeShort(0).writeByte(1).writeInt(0);
        in.writeByte(1).writeByte(1).writeByte(4).writeLong(7);
        assertThatThrownBy(() -> ApiVersionsResponse.read(in, FLEXIBLE)).hasMessageContaining("needs 8 bytes, 4 left");
    }

    @Test
    void null_is_refused_where_a_value_is_needed() {
        refused(Unpooled.buffer().writeByte(0), "null where a string is needed");
    }

    @Test
    void a_string_longer_than_the_message_is_refused() {
        refused(Unpooled.buffer().writeByte(100).writeByte('a'), "needs 99 bytes, 1 left");
    }

    @Test
    void a_string_over_32767_bytes_is_refused() {
        ByteBuf in = Unpooled.buffer();
        new MessageWriter(in).writeUnsignedVarint(Short.MAX_VALUE + 2);
        refused(in.writeZero(40_000), "string length 32768 is not in 0-32767");
    }

    @Test
    void a_varint_without_an_end_is_refused() {
        refused(Unpooled.buffer().writeInt(-1).writeInt(-1), "varint is over 31 bits");
    }

    @Test
    void an_array_that_cannot_fit_is_refused_before_it_is_allocated() {
        ByteBuf in = Unpooled.buffer().writeInt(Integer.MAX_VALUE).writeZero(64);
        assertThatThrownBy(() -> MetadataRequest.read(in, (short) 1))
                .hasMessageContaining("2147483647 elements of at least 2 bytes, 64 bytes left");
    }

    @Test
    void bytes_of_a_negative_length_are_refused() {
        ByteBuf in = Unpooled.buffer().writeInt(-2).writeZero(64);
        assertThatThrownBy(() -> SaslAuthenticateRequest.read(in, (short) 0))
                .hasMessageContaining("negative length -2");
    }

    @Test
    void a_version_that_does_not_exist_is_refused() {
        assertThatThrownBy(() -> FetchRequest.read(Unpooled.EMPTY_BUFFER, (short) 3))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("version 3 is not in 4-18");
        assertThatThrownBy(() -> new FetchRequest().size((short) 3)).isInstanceOf(UnencodableMessageException.class);
    }

    @Test
    void record_slices_taken_before_the_fault_are_given_back() {
        ProduceRequest request = new ProduceRequest().acks((short) -1);
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData().name("t");
        topic.partitionData()
                .add(new ProduceRequest.PartitionProduceData().records(BufferRecords.wrap(ByteBuffer.allocate(9))));
        request.topicData().add(topic);
        ByteBuf frame = Unpooled.buffer();
        request.write(new MessageWriter(frame), (short) 9);
        frame.writerIndex(frame.writerIndex() - 1);

        assertThatThrownBy(() -> ProduceRequest.read(frame, (short) 9)).isInstanceOf(MalformedMessageException.class);
        assertThat(frame.refCnt()).isEqualTo(1);
    }

    @Test
    void the_text_names_field_and_place_and_no_content() {
        ByteBuf in =
                Unpooled.buffer().writeInt(4).writeBytes("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        in.setInt(0, 100);
        assertThatThrownBy(() -> SaslAuthenticateRequest.read(in, (short) 0))
                .hasMessage("SaslAuthenticateRequest.authBytes at byte 4: needs 100 bytes, 6 left");
        String printed = new SaslAuthenticateRequest()
                .authBytes(new byte[] {115, 101, 99})
                .toString();
        assertThat(printed).isEqualTo("SaslAuthenticateRequest{authBytes=[3 bytes]}");
    }

    private static ByteBuf namelessTopics(int count) {
        return Unpooled.buffer().writeInt(count).writeZero(2 * count);
    }

    @Test
    void a_request_of_few_bytes_does_not_become_millions_of_objects() {
        assertThat(MetadataRequest.read(namelessTopics(50_000), (short) 1).topics())
                .hasSize(50_000);
        assertThatThrownBy(() -> MetadataRequest.read(namelessTopics(100_000), (short) 1))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("more entries than a message of this size may have");
    }
}
