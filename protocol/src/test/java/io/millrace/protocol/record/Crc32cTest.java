package io.millrace.protocol.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class Crc32cTest {
    // The check value that RFC 3720's appendix and every catalogue of CRCs give for "123456789".
    private static final int CHECK_VALUE = 0xE3069283;

    @Test
    void givesTheKnownValueForEveryKindOfBuffer() {
        byte[] bytes = "xx123456789yy".getBytes(US_ASCII);
        ByteBuffer heap = ByteBuffer.wrap(bytes);
        ByteBuffer sliced = ByteBuffer.wrap(bytes).position(1).slice();
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        assertThat(Crc32c.of(heap, 2, 9)).isEqualTo(CHECK_VALUE);
        assertThat(Crc32c.of(sliced, 1, 9)).isEqualTo(CHECK_VALUE);
        assertThat(Crc32c.of(heap.asReadOnlyBuffer(), 2, 9)).isEqualTo(CHECK_VALUE);
        assertThat(Crc32c.of(direct, 2, 9)).isEqualTo(CHECK_VALUE);
        assertThat(direct.position()).isEqualTo(bytes.length);
    }

    @Test
    void keepsWithinTheLimitEvenWhereTheArrayGoesOn() {
        ByteBuffer heap = ByteBuffer.allocate(100).limit(10);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Crc32c.of(heap, 5, 6));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Crc32c.of(heap, -1, 6));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Crc32c.of(ByteBuffer.allocateDirect(10), 5, 6));
    }
}
