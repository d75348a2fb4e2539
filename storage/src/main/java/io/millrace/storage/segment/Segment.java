package io.millrace.storage.segment;

import java.nio.file.Path;

/**
 * One segment as its log knows it: a row, no open file. Owned by the shard loop of the log. Identity is the object: a log
 * that was reset may have another segment of the same name.
 */
public final class Segment {

    private final Path directory;
    private final long baseOffset;
    private long endOffset;
    private long lengthBytes;
    private long maxTimestampMs = -1;
    private int indexEntries;
    private boolean sealed;

    /** An empty one. {@code directory} is shared by the segments of a log. */
    public Segment(Path directory, long baseOffset) {
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.endOffset = baseOffset;
    }

    /** One that was found on disk, sealed; what it does not say here is in its {@code .side} file. */
    public static Segment found(Path directory, long baseOffset, long endOffset, long lengthBytes) {
        Segment segment = new Segment(directory, baseOffset);
        segment.endOffset = endOffset;
        segment.lengthBytes = lengthBytes;
        segment.sealed = true;
        return segment;
    }

    public Path directory() {
        return directory;
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** Exclusive: what has been written. */
    public long endOffset() {
        return endOffset;
    }

    public long lengthBytes() {
        return lengthBytes;
    }

    /** Largest timestamp of its batches, -1 when empty or not known. */
    public long maxTimestampMs() {
        return maxTimestampMs;
    }

    /** Entries of the {@code .idx} file that look-ups may use; a sealed segment's count is in its {@code .side} file. */
    public int indexEntries() {
        return indexEntries;
    }

    public boolean sealed() {
        return sealed;
    }

    /** A write or truncation of the active segment has ended. */
    public void wrote(WriteOutcome outcome) {
        if (sealed) {
            throw new IllegalStateException("segment " + baseOffset + " is sealed");
        }
        endOffset = outcome.endOffset();
        lengthBytes = outcome.lengthBytes();
        maxTimestampMs = outcome.maxTimestampMs();
        indexEntries = outcome.indexEntries();
    }

    /** No more writes. */
    public void seal() {
        sealed = true;
    }

    /** Writes again, because a truncation ends inside it. */
    public void unseal() {
        sealed = false;
    }

    /** What a sealed segment's {@code .side} file says, once somebody has read it. */
    public void maxTimestampMs(long knownMaxTimestampMs) {
        maxTimestampMs = knownMaxTimestampMs;
    }

    @Override
    public String toString() {
        return "Segment[" + baseOffset + ".." + endOffset + ", " + lengthBytes + " bytes"
                + (sealed ? ", sealed]" : "]");
    }
}
