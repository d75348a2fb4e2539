package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.SystemRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OffsetMapTest {

    private static OffsetMap map(long limitBytes) {
        return new OffsetMap(limitBytes, new SystemRandomness());
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theLastOffsetOfAKeyCounts() {
        OffsetMap map = map(1 << 20);
        assertThat(SingleKeys.put(map, key("a"), 1)).isTrue();
        assertThat(SingleKeys.put(map, key("b"), 2)).isTrue();
        assertThat(SingleKeys.put(map, key("a"), 3)).isTrue();
        assertThat(SingleKeys.put(map, key(""), 4)).isTrue();
        assertThat(SingleKeys.get(map, key("a"))).isEqualTo(3);
        assertThat(SingleKeys.get(map, key("b"))).isEqualTo(2);
        assertThat(SingleKeys.get(map, key(""))).isEqualTo(4);
        assertThat(SingleKeys.get(map, key("c"))).isEqualTo(OffsetMap.NONE);
        assertThat(map.size()).isEqualTo(3);
    }

    @Test
    void aFullMapTakesSomeFiftyBytesOfItsLimitForAKey() {
        long limitBytes = 4 << 20;
        try (OffsetMap map = map(limitBytes)) {
            long offset = 0;
            while (SingleKeys.put(map, key("key-" + offset), offset)) {
                offset++;
            }
            // What the configuration's reference says of log.cleaner.dedupe.buffer.size.
            assertThat(limitBytes / map.size()).isBetween(45L, 55L);
        }
    }

    @Test
    void growsAsAMapDoes() {
        OffsetMap map = map(16 << 20);
        Map<String, Long> model = new HashMap<>();
        Random random = new Random(7);
        for (long offset = 0; offset < 200_000; offset++) {
            String key = "key-" + random.nextInt(100_000);
            assertThat(SingleKeys.put(map, key(key), offset)).isTrue();
            model.put(key, offset);
        }
        assertThat(map.size()).isEqualTo(model.size());
        model.forEach((key, offset) -> assertThat(SingleKeys.get(map, key(key))).isEqualTo(offset));
    }

    @Test
    void aFullMapTakesKnownKeysOnly() {
        OffsetMap map = map(OffsetMap.MIN_LIMIT_BYTES);
        int keys = 0;
        while (SingleKeys.put(map, key("key-" + keys), keys)) {
            keys++;
        }
        assertThat(map.tableBytes()).isLessThanOrEqualTo(OffsetMap.MIN_LIMIT_BYTES);
        assertThat(keys).isGreaterThan(1000);
        assertThat(SingleKeys.put(map, key("key-5"), 1_000_000)).isTrue();
        assertThat(SingleKeys.put(map, key("other"), 1_000_001)).isFalse();
        assertThat(SingleKeys.get(map, key("key-5"))).isEqualTo(1_000_000);
        assertThat(SingleKeys.get(map, key("other"))).isEqualTo(OffsetMap.NONE);
    }

    @Test
    void manyKeysAtOnceAreAsOneByOne() {
        OffsetMap map = map(1 << 20);
        HashedKeys keys = map.newKeys();
        // One of them twice: the later offset counts.
        for (int i = 0; i < HashedKeys.MAX; i++) {
            ByteBuffer key = key("key-" + i % (HashedKeys.MAX - 1));
            keys.add(key, 0, key.limit(), i);
        }
        assertThat(keys.isFull()).isTrue();
        assertThat(map.putAll(keys)).isEqualTo(OffsetMap.NONE);
        assertThat(map.size()).isEqualTo(HashedKeys.MAX - 1);
        assertThat(SingleKeys.get(map, key("key-0"))).isEqualTo(HashedKeys.MAX - 1);
        long[] found = new long[HashedKeys.MAX];
        map.getAll(keys, found);
        assertThat(found[0]).isEqualTo(HashedKeys.MAX - 1);
        assertThat(found[1]).isEqualTo(1);
        assertThat(found[HashedKeys.MAX - 1]).isEqualTo(HashedKeys.MAX - 1);
    }

    @Test
    void theFirstKeyWithoutRoomIsNamedAndNoneBehindItIsNoted() {
        OffsetMap map = map(OffsetMap.MIN_LIMIT_BYTES);
        HashedKeys keys = map.newKeys();
        long refused = OffsetMap.NONE;
        for (long offset = 0; refused == OffsetMap.NONE; offset += HashedKeys.MAX) {
            keys.clear();
            for (long each = offset; !keys.isFull(); each++) {
                ByteBuffer key = key("key-" + each);
                keys.add(key, 0, key.limit(), each);
            }
            refused = map.putAll(keys);
        }
        assertThat(refused).isEqualTo(map.size());
        assertThat(SingleKeys.get(map, key("key-" + (refused - 1)))).isEqualTo(refused - 1);
        assertThat(SingleKeys.get(map, key("key-" + refused))).isEqualTo(OffsetMap.NONE);
        // Nor a known one, though there would be room for it: it may not overtake one that is not.
        keys.clear();
        for (String each : new String[] {"key-0", "key-" + refused, "key-1"}) {
            ByteBuffer key = key(each);
            keys.add(key, 0, key.limit(), 1_000_000 + keys.size());
        }
        assertThat(map.putAll(keys)).isEqualTo(1_000_001);
        assertThat(SingleKeys.get(map, key("key-0"))).isEqualTo(1_000_000);
        assertThat(SingleKeys.get(map, key("key-1"))).isEqualTo(1);
    }

    @Test
    void anotherMapHasAnotherSecret() {
        HashedKeys first = map(1 << 20).newKeys();
        HashedKeys second = map(1 << 20).newKeys();
        first.add(key("a"), 0, 1, 0);
        second.add(key("a"), 0, 1, 0);
        assertThat(first.high(0)).isNotEqualTo(second.high(0));
    }

    @Test
    void aKeyIsLookedAtAndNotMoved() {
        ByteBuffer key = ByteBuffer.allocateDirect(8).putLong(42).flip();
        OffsetMap map = map(1 << 20);
        SingleKeys.put(map, key, 9);
        assertThat(key.remaining()).isEqualTo(8);
        assertThat(SingleKeys.get(map, key)).isEqualTo(9);
    }

    @Test
    void refusesALimitThatHoldsNothing() {
        assertThatThrownBy(() -> map(100)).isInstanceOf(IllegalArgumentException.class);
    }
}
