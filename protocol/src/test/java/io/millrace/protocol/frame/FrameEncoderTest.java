package io.millrace.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.RecordsPayload;
import io.millrace.protocol.UnencodableMessageException;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ApiMessages;
import io.millrace.protocol.message.FetchRequest;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.RequestHeader;
import io.millrace.protocol.message.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FrameEncoderTest {
    private static final short VERSION = 12;

    /** Stands for a region of a file. */
    private record Region(byte fill, int sizeBytes) implements RecordsPayload {}

    private static FetchResponse fetchResponse(@Nullable RecordsPayload... payloads) {
        FetchResponse.FetchableTopicResponse topic = new FetchResponse.FetchableTopicResponse().topic("orders");
        for (int i = 0; i < payloads.length; i++) {
            topic.partitions()
                    .add(new FetchResponse.PartitionData()
                            .partitionIndex(i)
                            .highWatermark(7)
                            .records(payloads[i]));
        }
        return new FetchResponse().responses(List.of(topic));
    }

    private static ByteBuf join(EncodedMessage frame) {
        ByteBuf all = Unpooled.buffer();
        for (EncodedMessage.Part part : frame.parts()) {
            switch (part) {
                case EncodedMessage.Bytes(ByteBuf buffer) -> {
                    all.writeBytes(buffer);
                    buffer.release();
                }
                case EncodedMessage.Records(RecordsPayload payload) -> {
                    for (int i = 0; i < payload.sizeBytes(); i++) {
                        all.writeByte(((Region) payload).fill());
                    }
                }
            }
        }
        return all;
    }

    private static byte[] filled(byte fill, int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, fill);
        return bytes;
    }

    @Test
    void payloads_stand_in_order_between_the_buffers_and_make_the_same_frame_as_copied_ones() {
        FetchResponse apart = fetchResponse(
                new Region((byte) 1, 5_000),
                BufferRecords.wrap(ByteBuffer.wrap(filled((byte) 2, 30))),
                new Region((byte) 3, 200),
                null);
        FetchResponse copied = fetchResponse(
                BufferRecords.wrap(ByteBuffer.wrap(filled((byte) 1, 5_000))),
                BufferRecords.wrap(ByteBuffer.wrap(filled((byte) 2, 30))),
                BufferRecords.wrap(ByteBuffer.wrap(filled((byte) 3, 200))),
                null);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

        EncodedMessage frame = FrameEncoder.response(allocator, ApiKey.FETCH, VERSION, 99, apart);
        EncodedMessage whole = FrameEncoder.response(allocator, ApiKey.FETCH, VERSION, 99, copied);

        assertThat(frame.parts()).hasSize(5);
        assertThat(frame.parts().get(1)).isEqualTo(new EncodedMessage.Records(new Region((byte) 1, 5_000)));
        assertThat(frame.parts().get(3)).isEqualTo(new EncodedMessage.Records(new Region((byte) 3, 200)));
        assertThat(whole.parts()).hasSize(1);
        assertThat(frame.sizeBytes()).isEqualTo(whole.sizeBytes());
        assertThat(frame.parts().stream()
                        .mapToInt(EncodedMessage.Part::sizeBytes)
                        .sum())
                .isEqualTo(frame.sizeBytes());
        ByteBuf bytes = join(frame);
        assertThat(bytes).isEqualTo(join(whole));
        assertThat(bytes.readInt()).isEqualTo(bytes.readableBytes());
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isZero();

        ResponseHeader header = ResponseHeader.read(bytes, ApiKey.FETCH.responseHeaderVersion(VERSION));
        assertThat(header.correlationId()).isEqualTo(99);
        FetchResponse read = (FetchResponse) ApiMessages.readResponse(ApiKey.FETCH, bytes, VERSION);
        assertThat(read).isEqualTo(copied);
        read.release();
        assertThat(bytes.refCnt()).isEqualTo(1);
    }

    @Test
    void a_request_frame_carries_its_header() {
        EncodedMessage frame = FrameEncoder.request(
                UnpooledByteBufAllocator.DEFAULT,
                ApiKey.METADATA,
                VERSION,
                5,
                null,
                new MetadataRequest().topics(null));
        ByteBuf bytes = join(frame);
        bytes.skipBytes(4);
        RequestHeader header = RequestHeader.read(bytes, ApiKey.METADATA.requestHeaderVersion(VERSION));
        assertThat(header)
                .isEqualTo(new RequestHeader()
                        .requestApiKey((short) 3)
                        .requestApiVersion(VERSION)
                        .correlationId(5)
                        .clientId(null));
        MetadataRequest body = (MetadataRequest) ApiMessages.readRequest(ApiKey.METADATA, bytes, VERSION);
        assertThat(body.topics()).isNull();
        assertThat(bytes.isReadable()).isFalse();
    }

    @Test
    void a_message_that_cannot_be_encoded_leaks_nothing() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        FetchRequest request = new FetchRequest();
        request.replicaState().replicaId(3);
        assertThatThrownBy(() -> FrameEncoder.request(allocator, ApiKey.FETCH, VERSION, 1, "c", request))
                .isInstanceOf(UnencodableMessageException.class)
                .hasMessageContaining("FetchRequest.replicaState is set, but version 12 has no such field");
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isZero();
    }

    @Test
    void the_message_keeps_its_records_until_it_is_released_and_the_frame_may_go_first() {
        ByteBuf frame = join(FrameEncoder.response(
                UnpooledByteBufAllocator.DEFAULT, ApiKey.FETCH, VERSION, 1, fetchResponse(new Region((byte) 4, 100))));
        ByteBuf received =
                PooledByteBufAllocator.DEFAULT.buffer().writeBytes(frame).skipBytes(9);
        FetchResponse read = FetchResponse.read(received, VERSION);
        received.release();
        BufferRecords records = (BufferRecords) Objects.requireNonNull(
                read.responses().getFirst().partitions().getFirst().records());
        assertThat(records.nioBuffer()).isEqualTo(ByteBuffer.wrap(filled((byte) 4, 100)));
        read.release();
        read.release();
        assertThat(received.refCnt()).isZero();
    }

    @Test
    void the_api_table_is_kafkas() {
        List<ApiKeys> live =
                Arrays.stream(ApiKeys.values()).filter(ApiKeys::hasValidVersion).toList();
        assertThat(ApiKey.values()).hasSameSizeAs(live);
        for (ApiKeys kafka : live) {
            ApiKey ours = Objects.requireNonNull(ApiKey.of(kafka.id), kafka.name());
            assertThat(ours.displayName()).isEqualTo(kafka.name);
            assertThat(ours.name()).isEqualTo(kafka.name());
            assertThat(ours.lowestVersion()).isEqualTo(kafka.messageType.lowestSupportedVersion());
            assertThat(ours.highestVersion()).isEqualTo(kafka.messageType.highestSupportedVersion(true));
            assertThat(ours.highestStableVersion()).isEqualTo(kafka.messageType.highestSupportedVersion(false));
            for (short version = ours.lowestVersion(); version <= ours.highestVersion(); version++) {
                assertThat(ours.requestHeaderVersion(version)).isEqualTo(kafka.requestHeaderVersion(version));
                assertThat(ours.responseHeaderVersion(version)).isEqualTo(kafka.responseHeaderVersion(version));
            }
            assertThat(ours.listeners().stream().map(Enum::name).sorted().toList())
                    .isEqualTo(kafka.messageType.listeners().stream()
                            .map(Enum::name)
                            .sorted()
                            .toList());
        }
        assertThat(ApiKey.of((short) 4)).isNull();
        assertThat(ApiKey.of((short) -1)).isNull();
        assertThat(ApiKey.of((short) 30_000)).isNull();
    }
}
