package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OffsetMapTest {

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theLastOffsetOfAKeyCounts() {
        OffsetMap map = new OffsetMap(1 << 20);
        assertThat(map.put(key("a"), 1)).isTrue();
        assertThat(map.put(key("b"), 2)).isTrue();
        assertThat(map.put(key("a"), 3)).isTrue();
        assertThat(map.put(key(""), 4)).isTrue();
        assertThat(map.get(key("a"))).isEqualTo(3);
        assertThat(map.get(key("b"))).isEqualTo(2);
        assertThat(map.get(key(""))).isEqualTo(4);
        assertThat(map.get(key("c"))).isEqualTo(OffsetMap.NONE);
        assertThat(map.size()).isEqualTo(3);
    }

    @Test
    void aFullMapTakesSomeFiftyBytesOfItsLimitForAKey() {
        long limitBytes = 4 << 20;
        try (OffsetMap map = new OffsetMap(limitBytes)) {
            long offset = 0;
            while (map.put(key("key-" + offset), offset)) {
                offset++;
            }
            // What the configuration's reference says of log.cleaner.dedupe.buffer.size.
            assertThat(limitBytes / map.size()).isBetween(45L, 55L);
        }
    }

    @Test
    void growsAsAMapDoes() {
        OffsetMap map = new OffsetMap(16 << 20);
        Map<String, Long> model = new HashMap<>();
        Random random = new Random(7);
        for (long offset = 0; offset < 200_000; offset++) {
            String key = "key-" + random.nextInt(100_000);
            assertThat(map.put(key(key), offset)).isTrue();
            model.put(key, offset);
        }
        assertThat(map.size()).isEqualTo(model.size());
        model.forEach((key, offset) -> assertThat(map.get(key(key))).isEqualTo(offset));
    }

    @Test
    void aFullMapTakesKnownKeysOnly() {
        OffsetMap map = new OffsetMap(OffsetMap.MIN_LIMIT_BYTES);
        int keys = 0;
        while (map.put(key("key-" + keys), keys)) {
            keys++;
        }
        assertThat(map.tableBytes()).isLessThanOrEqualTo(OffsetMap.MIN_LIMIT_BYTES);
        assertThat(keys).isGreaterThan(1000);
        assertThat(map.put(key("key-5"), 1_000_000)).isTrue();
        assertThat(map.put(key("other"), 1_000_001)).isFalse();
        assertThat(map.get(key("key-5"))).isEqualTo(1_000_000);
        assertThat(map.get(key("other"))).isEqualTo(OffsetMap.NONE);
    }

    @Test
    void aKeyIsLookedAtAndNotMoved() {
        ByteBuffer key = ByteBuffer.allocateDirect(8).putLong(42).flip();
        OffsetMap map = new OffsetMap(1 << 20);
        map.put(key, 9);
        assertThat(key.remaining()).isEqualTo(8);
        assertThat(map.get(key)).isEqualTo(9);
    }

    @Test
    void refusesALimitThatHoldsNothing() {
        assertThatThrownBy(() -> new OffsetMap(100)).isInstanceOf(IllegalArgumentException.class);
    }
}
