package io.millrace.storage.tail;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.TailSlice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The batches of one log that are not in a segment yet, in offset order. Owned by the shard loop of its partition; only the
 * slices it hands out leave it, and those may be released from any thread.
 *
 * <pre>
 *        segments          |  tail                       |
 *   ----------------------- startOffset ------- endOffset (= log end offset)
 *                           entries: firstEntry .. endEntry - 1, one per batch
 * </pre>
 *
 * <p>Invariants: entries are in rising offset order and do not overlap; the first begins at or after {@code startOffset}, the
 * last ends at {@code endOffset} (after an append); {@code startOffset == endOffset} when there is none. Entry numbers stay
 * valid when older entries are dropped, and are given again after a truncation.
 */
public final class TailLog {

    private final TailEntries entries = new TailEntries();
    private final RecordBatchView scratch = new RecordBatchView();
    private long startOffset;
    private long endOffset;
    private long sizeBytes;

    public TailLog(long startOffset) {
        this.startOffset = startOffset;
        this.endOffset = startOffset;
    }

    /** Everything below is in a segment. */
    public long startOffset() {
        return startOffset;
    }

    /** The log end offset: what the next record gets. */
    public long endOffset() {
        return endOffset;
    }

    /** Bytes of batches held. */
    public long sizeBytes() {
        return sizeBytes;
    }

    public int batchCount() {
        return entries.count();
    }

    public boolean isEmpty() {
        return entries.count() == 0;
    }

    public long firstEntry() {
        return entries.first();
    }

    /** Exclusive. */
    public long endEntry() {
        return entries.end();
    }

    public long baseOffsetAt(long entry) {
        return entries.baseOffset(entry);
    }

    /** Exclusive. */
    public long endOffsetAt(long entry) {
        return entries.endOffset(entry);
    }

    public int sizeAt(long entry) {
        return entries.size(entry);
    }

    public long maxTimestampAt(long entry) {
        return entries.maxTimestampMs(entry);
    }

    public TailChunk chunkAt(long entry) {
        return entries.chunk(entry);
    }

    /** Place of the batch in its chunk. */
    public int positionAt(long entry) {
        return entries.position(entry);
    }

    /** Puts {@code view} on an entry's batch, which must not be changed and stays valid until the entry is dropped. */
    public RecordBatchView batchAt(long entry, RecordBatchView view) {
        return view.wrap(entries.chunk(entry).memory(), entries.position(entry));
    }

    /** The first entry that ends above {@code offset}; {@link #endEntry()} when none does. */
    public long entryHolding(long offset) {
        long low = entries.first();
        long high = entries.end();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (entries.endOffset(middle) > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** End of the batches that take {@code bytes}, from the one that holds {@code fromOffset} on. */
    public long offsetAfter(long fromOffset, int bytes) {
        if (bytes == 0) {
            return fromOffset;
        }
        long entry = entryHolding(fromOffset);
        int left = bytes;
        while (true) {
            left -= entries.size(entry);
            if (left <= 0) {
                return entries.endOffset(entry);
            }
            entry++;
        }
    }

    /**
     * Copies one batch to the end. The copy's base offset is set to {@code baseOffset} and its leader epoch to {@code
     * leaderEpoch}; the source is left as it is.
     *
     * @param baseOffset at least {@link #endOffset()}; above it only for what compaction has thinned out
     * @param offsetCount offsets that the batch spans, at least 1
     * @return false when the tail's budget is used up; nothing was changed then
     */
    public boolean append(
            TailWriter writer,
            RecordBatchView source,
            long baseOffset,
            int offsetCount,
            int leaderEpoch,
            long maxTimestampMs) {
        if (baseOffset < endOffset || offsetCount < 1) {
            throw new IllegalArgumentException("batch of " + offsetCount + " offsets from " + baseOffset
                    + " does not follow log end " + endOffset);
        }
        int size = source.sizeBytes();
        if (!writer.reserve(size)) {
            return false;
        }
        TailChunk chunk = writer.chunk();
        int position = writer.position();
        ByteBuffer memory = chunk.memory();
        memory.put(position, source.buffer(), source.position(), size);
        scratch.wrap(memory, position);
        scratch.baseOffset(baseOffset);
        scratch.partitionLeaderEpoch(leaderEpoch);
        entries.addLast(baseOffset, offsetCount, size, maxTimestampMs, chunk, position);
        endOffset = baseOffset + offsetCount;
        sizeBytes += size;
        return true;
    }

    /** The same for a batch that keeps the base offset, epoch and timestamps it has: as a follower or in replay. */
    public boolean append(TailWriter writer, RecordBatchView source) {
        return append(
                writer,
                source,
                source.baseOffset(),
                source.lastOffsetDelta() + 1,
                source.partitionLeaderEpoch(),
                source.maxTimestampMs());
    }

    /**
     * Adds slices of whole batches, from the one that holds {@code fromOffset} on, in order; neighbours in memory share a
     * slice. Each is to be released once, by any thread.
     *
     * @param limitOffset no batch that ends above it
     * @param maxBytes bound on the bytes added; the first batch may exceed it when {@code wholeFirstBatch}
     * @return bytes added
     */
    public int slices(
            long fromOffset, long limitOffset, int maxBytes, boolean wholeFirstBatch, List<? super TailSlice> out) {
        return runs(fromOffset, limitOffset, maxBytes, wholeFirstBatch, out);
    }

    /** As {@link #slices}, for readers that may be slow: these can move to the segment when it has been written. */
    public int readerSlices(
            long fromOffset, long limitOffset, int maxBytes, boolean wholeFirstBatch, List<? super ReaderSlice> out) {
        List<ChunkSlice> runs = new ArrayList<>(2);
        int added = runs(fromOffset, limitOffset, maxBytes, wholeFirstBatch, runs);
        long entry = entryHolding(fromOffset);
        for (int i = 0; i < runs.size(); i++) {
            long first = entry;
            for (int left = runs.get(i).sizeBytes(); left > 0; entry++) {
                left -= entries.size(entry);
            }
            out.add(new ReaderSlice(runs.get(i), entries.baseOffset(first), entries.endOffset(entry - 1)));
        }
        return added;
    }

    private int runs(
            long fromOffset, long limitOffset, int maxBytes, boolean wholeFirstBatch, List<? super ChunkSlice> out) {
        int added = 0;
        TailChunk runChunk = null;
        int runPosition = 0;
        int runBytes = 0;
        for (long e = entryHolding(fromOffset); e < entries.end() && entries.endOffset(e) <= limitOffset; e++) {
            int size = entries.size(e);
            if (added + (long) size > maxBytes && !(added == 0 && wholeFirstBatch)) {
                break;
            }
            TailChunk chunk = entries.chunk(e);
            int position = entries.position(e);
            if (chunk == runChunk && position == runPosition + runBytes) {
                runBytes += size;
            } else {
                if (runChunk != null) {
                    out.add(new ChunkSlice(runChunk, runPosition, runBytes));
                }
                runChunk = chunk;
                runPosition = position;
                runBytes = size;
            }
            added += size;
        }
        if (runChunk != null) {
            out.add(new ChunkSlice(runChunk, runPosition, runBytes));
        }
        return added;
    }

    /**
     * Forgets what is in a segment now.
     *
     * @param offset a batch boundary between {@link #startOffset()} and {@link #endOffset()}
     */
    public void dropBelow(long offset) {
        if (offset > endOffset) {
            throw new IllegalArgumentException("cannot drop below " + offset + ": the log ends at " + endOffset);
        }
        while (entries.count() > 0 && entries.endOffset(entries.first()) <= offset) {
            sizeBytes -= entries.size(entries.first());
            entries.removeFirst();
        }
        if (entries.count() > 0 && entries.baseOffset(entries.first()) < offset) {
            throw new IllegalArgumentException("offset " + offset + " lies inside a batch");
        }
        startOffset = Math.max(startOffset, offset);
    }

    /** Cuts every batch that holds {@code offset} or more; the tail then ends at {@code offset} or the batch end below. */
    public void truncateTo(long offset) {
        if (offset >= endOffset) {
            return;
        }
        while (entries.count() > 0 && entries.endOffset(entries.end() - 1) > offset) {
            sizeBytes -= entries.size(entries.end() - 1);
            entries.removeLast();
        }
        if (entries.count() > 0) {
            endOffset = entries.endOffset(entries.end() - 1);
        } else {
            startOffset = Math.min(startOffset, offset);
            endOffset = startOffset;
        }
    }

    /** Drops everything and starts again, empty, at {@code offset}. */
    public void resetTo(long offset) {
        close();
        startOffset = offset;
        endOffset = offset;
    }

    /** Lets go of all memory. Slices handed out stay valid. */
    public void close() {
        while (entries.count() > 0) {
            entries.removeFirst();
        }
        sizeBytes = 0;
        startOffset = endOffset;
    }

    /** {@link TailChunk#number()} of the chunk that holds the oldest batch, {@link Long#MAX_VALUE} when empty. */
    public long oldestChunk() {
        return entries.count() == 0
                ? Long.MAX_VALUE
                : entries.chunk(entries.first()).number();
    }

    /**
     * Copies batches out of chunks older than {@code chunkNumber}, so that a small remnant does not pin a whole chunk.
     *
     * @return false when the budget was used up first; what was moved stays moved
     */
    public boolean moveBelow(long chunkNumber, TailWriter writer) {
        for (long e = entries.first(); e < entries.end(); e++) {
            if (entries.chunk(e).number() >= chunkNumber) {
                continue;
            }
            int size = entries.size(e);
            if (!writer.reserve(size)) {
                return false;
            }
            TailChunk target = writer.chunk();
            target.memory().put(writer.position(), entries.chunk(e).memory(), entries.position(e), size);
            entries.move(e, target, writer.position());
        }
        return true;
    }
}
