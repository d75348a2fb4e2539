package io.millrace.storage.segment;

import java.nio.file.Path;

/**
 * Names one segment for as long as its log keeps it: the key under which readers hold its files open. Immutable. Identity is
 * the object, not the name: after a reset another segment may bear the same one.
 */
public final class Segment {

    private final Path directory;
    private final long baseOffset;

    /** {@code directory} is shared by the segments of a log. */
    public Segment(Path directory, long baseOffset) {
        this.directory = directory;
        this.baseOffset = baseOffset;
    }

    public Path directory() {
        return directory;
    }

    public long baseOffset() {
        return baseOffset;
    }

    @Override
    public String toString() {
        return SegmentNames.log(directory, baseOffset).toString();
    }
}
