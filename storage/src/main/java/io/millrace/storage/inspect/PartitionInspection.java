package io.millrace.storage.inspect;

import io.millrace.protocol.Uuid;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.engine.PartitionFolder;
import io.millrace.storage.inspect.Fault.Weight;
import io.millrace.storage.segment.SegmentAudit;
import io.millrace.storage.segment.SegmentFiles;
import io.millrace.storage.segment.SegmentNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The folder of one partition. Used once. */
final class PartitionInspection {

    private final Disk disk;
    private final Path folder;
    private final String log;
    private final @Nullable LogRow row;
    private final boolean rowsKnown;
    private final boolean clean;
    private final Consumer<InspectedFile> listener;
    private final List<Fault> faults = new ArrayList<>();
    private final List<long[]> swaps = new ArrayList<>();

    /**
     * @param row what the checkpoint says of the log; null when it does not
     * @param rowsKnown whether the absence of a row means anything
     * @param clean whether everything that was written was synced
     */
    PartitionInspection(
            Disk disk,
            Path folder,
            @Nullable LogRow row,
            boolean rowsKnown,
            boolean clean,
            Consumer<InspectedFile> listener) {
        this.disk = disk;
        this.folder = folder;
        this.log = String.valueOf(folder.getFileName());
        this.row = row;
        this.rowsKnown = rowsKnown;
        this.clean = clean;
        this.listener = listener;
    }

    void run() throws DiskException {
        identity();
        long endOffset = -1;
        List<String> names = disk.list(folder);
        for (String name : names) {
            long[] swap = SegmentNames.swapOf(name);
            if (swap != null) {
                swaps.add(swap);
            }
        }
        List<Long> bases = SegmentFiles.baseOffsets(names);
        if (!bases.isEmpty() && row != null && bases.getFirst() > row.logStartOffset()) {
            add(
                    Weight.DAMAGE,
                    SegmentNames.log(folder, bases.getFirst()),
                    0,
                    row.logStartOffset(),
                    "is the first" + " segment, but the log starts at offset " + row.logStartOffset());
        }
        for (long base : bases) {
            endOffset = segment(base, endOffset);
        }
        LogRow known = row;
        if (known != null
                && known.segmentBaseOffset() >= 0
                && known.segmentEndOffset() > known.logStartOffset()
                && !bases.contains(known.segmentBaseOffset())) {
            Path missing = SegmentNames.log(folder, known.segmentBaseOffset());
            add(Weight.DAMAGE, missing, 0, known.segmentBaseOffset(), "is missing");
            listener.accept(new InspectedFile(missing, log, 0, "missing", take(missing)));
        }
    }

    private void identity() throws DiskException {
        Path file = folder.resolve(PartitionFolder.METADATA);
        Uuid id = PartitionFolder.topicId(disk, folder);
        LogRow known = row;
        if (id == null) {
            add(Weight.DAMAGE, file, 0, -1, "names no topic id");
        } else if (known != null && !known.identity().topicId().equals(id)) {
            add(
                    Weight.DAMAGE,
                    file,
                    0,
                    -1,
                    "names topic id " + id + ", the checkpoint "
                            + known.identity().topicId());
        } else if (known == null && rowsKnown && clean) {
            add(Weight.LEFT_OVER, file, 0, -1, "no checkpoint names this partition: its topic was deleted");
        }
        if (known != null && !known.damage().isEmpty()) {
            add(Weight.DAMAGE, file, 0, -1, "a start found this log damaged: " + known.damage());
        }
        listener.accept(new InspectedFile(file, log, disk.length(file), "topic id " + id, take(file)));
    }

    /** The end of the segment. */
    private long segment(long base, long expectedOffset) throws DiskException {
        SegmentAudit audit = new SegmentAudit(
                disk,
                folder,
                base,
                (file, position, offset, what) -> add(weight(base, file, position), file, position, offset, what));
        SegmentAudit.Found found = audit.run(expectedOffset);
        LogRow known = row;
        if (known != null && known.segmentBaseOffset() == base && found.lengthBytes() < known.segmentBytes()) {
            add(
                    Weight.DAMAGE,
                    SegmentNames.log(folder, base),
                    found.lengthBytes(),
                    found.endOffset(),
                    "ends there; " + known.segmentBytes() + " bytes up to offset " + known.segmentEndOffset()
                            + " were written and synced");
        }
        boolean good = faults.isEmpty();
        if (good
                && clean
                && known != null
                && known.segmentBaseOffset() == base
                && found.endOffset() != known.segmentEndOffset()) {
            // Base offsets are in no batch's CRC, and the last one is followed by none that would contradict it.
            add(
                    Weight.DAMAGE,
                    SegmentNames.log(folder, base),
                    found.lengthBytes(),
                    found.endOffset(),
                    "ends at offset " + found.endOffset() + ", the checkpoint says " + known.segmentEndOffset());
        }
        for (Path file : audit.files()) {
            String name = String.valueOf(file.getFileName());
            String content = name.endsWith(SegmentNames.LOG)
                    ? found.batches() + (found.batches() == 1 ? " batch" : " batches") + ", offsets " + base + " to "
                            + found.endOffset()
                    : name.endsWith(SegmentNames.INDEX) ? audit.entriesSeen() + " entries" : "of a sealed segment";
            listener.accept(new InspectedFile(file, log, disk.length(file), content, take(file)));
        }
        return found.endOffset();
    }

    /** After a crash, what was not synced may be anything: indexes, what lies behind the checkpoint, a swap half done. */
    private Weight weight(long base, Path file, long position) {
        LogRow known = row;
        if (clean || !rowsKnown) {
            return Weight.DAMAGE;
        }
        for (long[] swap : swaps) {
            if (base >= swap[0] && base < swap[1]) {
                return Weight.LEFT_OVER;
            }
        }
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(SegmentNames.INDEX) || known == null || base > known.segmentBaseOffset()) {
            return Weight.LEFT_OVER;
        }
        boolean behind = base == known.segmentBaseOffset()
                && (known.segmentBytes() == LogRow.TO_BE_CUT || position >= known.segmentBytes());
        return behind && name.endsWith(SegmentNames.LOG) ? Weight.LEFT_OVER : Weight.DAMAGE;
    }

    private void add(Weight weight, Path file, long position, long offset, String what) {
        faults.add(new Fault(weight, file, position, log, offset, what));
    }

    /** The faults of one file, which are told with it. */
    private List<Fault> take(Path file) {
        List<Fault> own =
                faults.stream().filter(fault -> fault.file().equals(file)).toList();
        faults.removeAll(own);
        return own;
    }
}
