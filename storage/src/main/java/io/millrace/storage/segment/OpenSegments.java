package io.millrace.storage.segment;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The segments that a shard keeps open for readers: bounded, least recently used first out. Owned by the shard loop. Holds
 * one reference to each; what is thrown out stays open until its last slice is released.
 */
public final class OpenSegments {

    private final int maxOpen;
    private final Map<Segment, OpenSegment> open = new LinkedHashMap<>(16, 0.75f, true);
    private long evictions;

    /** @param maxOpen at least 1; each takes up to two file descriptors */
    public OpenSegments(int maxOpen) {
        if (maxOpen < 1) {
            throw new IllegalArgumentException("at least one segment must be kept open, not " + maxOpen);
        }
        this.maxOpen = maxOpen;
    }

    public int size() {
        return open.size();
    }

    /** Segments closed to make room. */
    public long evictions() {
        return evictions;
    }

    /** Without a reference of its own: retain it to use it outside this turn of the loop. */
    public @Nullable OpenSegment get(Segment segment) {
        return open.get(segment);
    }

    /** Takes over the caller's reference; the one kept is returned, which is the older if two jobs opened the same segment. */
    public OpenSegment put(Segment segment, OpenSegment opened) {
        OpenSegment earlier = open.get(segment);
        if (earlier != null) {
            opened.release();
            return earlier;
        }
        open.put(segment, opened);
        if (open.size() > maxOpen) {
            Iterator<OpenSegment> oldest = open.values().iterator();
            OpenSegment evicted = oldest.next();
            oldest.remove();
            evictions++;
            evicted.release();
        }
        return opened;
    }

    /** Forgets a segment that was deleted, or whose files changed under it (sealed, truncated). */
    public void drop(Segment segment) {
        OpenSegment dropped = open.remove(segment);
        if (dropped != null) {
            dropped.release();
        }
    }

    /** Forgets all. */
    public void close() {
        open.values().forEach(OpenSegment::release);
        open.clear();
    }
}
