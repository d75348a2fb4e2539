package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeyHashTest {

    /** Of 00 01 02 .. 0f. */
    private static KeyHash withTheSecretOfThePaper() {
        return new KeyHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    }

    private static String hex(KeyHash hash) {
        return HexFormat.of()
                .formatHex(ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(hash.low())
                        .putLong(hash.high())
                        .array());
    }

    private static ByteBuffer counting(int length) {
        ByteBuffer key = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            key.put((byte) i);
        }
        return key.flip();
    }

    /** What openssl gives: {@code openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 SIPHASH}. */
    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "8, 3b62a9ba6258f5610f83e264f31497b4",
        "15, 5493e99933b0a8117e08ec0f97cfc3d9",
        "17, 473d06e8738db89854c066c47ae47740",
        "21, 568e495abe525a218a2214cd3e071d12",
    })
    void isSipHashOf128Bits(int length, String expected) {
        KeyHash hash = withTheSecretOfThePaper();
        hash.of(counting(length), 0, length);
        assertThat(hex(hash)).isEqualTo(expected);
    }

    @Test
    void isTheSameWhereverTheKeyLies() {
        KeyHash hash = withTheSecretOfThePaper();
        hash.of(counting(21), 0, 21);
        String expected = hex(hash);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            ByteBuffer around = ByteBuffer.allocateDirect(40).order(order);
            around.position(3).put(counting(21)).flip().position(3);
            hash.of(around, 3, 21);
            assertThat(hex(hash)).isEqualTo(expected);
            assertThat(around.position()).isEqualTo(3);
        }
    }

    @Test
    void anotherSecretIsAnotherHash() {
        Set<String> seen = new HashSet<>();
        for (int bit = 0; bit < 64; bit++) {
            KeyHash first = new KeyHash(1L << bit, 0);
            KeyHash second = new KeyHash(0, 1L << bit);
            first.of(counting(16), 0, 16);
            second.of(counting(16), 0, 16);
            assertThat(seen.add(hex(first))).isTrue();
            assertThat(seen.add(hex(second))).isTrue();
        }
    }
}
