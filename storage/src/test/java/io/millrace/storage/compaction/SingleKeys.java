package io.millrace.storage.compaction;

import java.nio.ByteBuffer;

/** An {@link OffsetMap} asked key by key. */
final class SingleKeys {

    private SingleKeys() {}

    /** False when there is no room. */
    static boolean put(OffsetMap map, ByteBuffer key, long offset) {
        return map.putAll(one(map, key, offset)) == OffsetMap.NONE;
    }

    static long get(OffsetMap map, ByteBuffer key) {
        long[] found = new long[1];
        map.getAll(one(map, key, 0), found);
        return found[0];
    }

    private static HashedKeys one(OffsetMap map, ByteBuffer key, long offset) {
        HashedKeys keys = map.newKeys();
        keys.add(key, key.position(), key.remaining(), offset);
        return keys;
    }
}
