package io.millrace.storage.log;

import io.millrace.storage.LogIdentity;
import io.millrace.storage.TailSlice;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.segment.Segment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing to do to the files of one log, planned on the loop and done on the write-behind lane. Immutable. */
public sealed interface FileWork {

    /** Which log's files. */
    Place place();

    /**
     * The log whose files are meant.
     *
     * @param makeFolder whether the folder has to be made first
     */
    record Place(int logId, LogIdentity identity, Path folder, boolean makeFolder) {}

    /**
     * Appends batches to a segment; before that, perhaps, seals the one below.
     *
     * @param sealed the segment to seal first, or null
     * @param baseOffset of the segment to write to
     * @param lengthBytes of that segment before, 0 when it has to be made
     * @param slices whole batches; released when the outcome is delivered
     * @param indexIntervalBytes of record batches between two entries of the segment's index
     * @param plan number of the tail's contents that the slices were taken from
     */
    record Write(
            Place place,
            @Nullable Sealing sealed,
            long baseOffset,
            long lengthBytes,
            List<TailSlice> slices,
            int sizeBytes,
            long endOffset,
            int indexIntervalBytes,
            int plan)
            implements FileWork {}

    /** The segment to seal, with what the observers knew at its end. */
    record Sealing(long baseOffset, long lengthBytes, List<SideSection> sections) {}

    /**
     * Finds where the batch that holds an offset begins, for a truncation inside it.
     *
     * @param plan number of the log's contents that this is about
     */
    record Boundary(Place place, SegmentRow segment, long offset, int plan) implements FileWork {}

    /**
     * Removes whole segments and shortens one.
     *
     * @param removedBases segments to remove
     * @param cutBase segment to shorten so that it ends at {@code endOffset}; -1 none
     * @param cutLengthBytes its present length
     * @param plan number of the log's contents that this is about
     */
    record Cut(Place place, List<Long> removedBases, long cutBase, long cutLengthBytes, long endOffset, int plan)
            implements FileWork {}

    /**
     * Computes the derived state of a log again, from its newest usable snapshot and the segments behind it.
     *
     * @param endOffset where the segments end
     * @param plan number of the log's contents that this is about
     */
    record Rebuild(Place place, List<SegmentRow> segments, long endOffset, LogRow.@Nullable Snapshot snapshot, int plan)
            implements FileWork {}

    /** Removes whole segments: those below the log start, or, for a {@code reset}, all. */
    record Remove(Place place, List<Long> bases, boolean reset) implements FileWork {}

    /** Puts a compacted segment in the place of those from its base to its end offset. */
    record Swap(Place place, long baseOffset, long endOffset) implements FileWork {}

    /** Notes of a segment that stays as it is how far it was compacted: its new {@code .side} file gets its name. */
    record MarkCompacted(Place place, long baseOffset) implements FileWork {}

    /**
     * Gives a {@code .side} file that was made again its name.
     *
     * @param stands false when the segment is another one by now, or gone: the file is removed
     */
    record PlaceSide(Place place, Segment segment, boolean stands) implements FileWork {}

    /** Renames the folder, then removes it. */
    record Delete(Place place) implements FileWork {}
}
