package io.millrace.storage.engine;

import io.millrace.runtime.Clock;
import io.millrace.storage.LogConfig;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.log.SegmentRow;
import io.millrace.storage.producer.ProducerLimits;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.SegmentDamagedException;
import io.millrace.storage.segment.SegmentFiles;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScrub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the {@code .side} files of a folder again that are missing or wrong, while no process uses it: what the scrubber does in a
 * running broker, at full speed. Reads every sealed segment to its end. Used by one thread.
 *
 * <p>The last segment of a log is left alone: its index is made at each start.
 */
public final class SideRebuild {

    private static final int STEP_BYTES = 8 << 20;

    /** Told of each sealed segment. */
    public interface Listener {

        /** Its {@code .side} file was whole. */
        void sound(Path side);

        /** It was made again. */
        void made(Path side);

        /** The segment itself is damaged: nothing is made from it. */
        void damaged(Path log, String what);
    }

    private final Disk disk;
    private final StateReplay replay;
    private final Listener listener;

    public SideRebuild(Disk disk, Clock clock, Listener listener) {
        this.disk = disk;
        this.replay = new StateReplay(disk, ProducerLimits.defaults(), clock);
        this.listener = listener;
    }

    /**
     * Goes through all partitions.
     *
     * @param directory whose last process stopped cleanly: otherwise recovery has the first word
     */
    public void run(Path directory) throws DiskException {
        for (String name : disk.list(directory)) {
            Path folder = directory.resolve(name);
            if (disk.isDirectory(folder) && disk.exists(folder.resolve(PartitionFolder.METADATA))) {
                partition(folder);
            }
        }
    }

    private void partition(Path folder) throws DiskException {
        List<Long> bases = SegmentFiles.baseOffsets(disk.list(folder));
        List<SegmentRow> rows = new ArrayList<>();
        for (int i = 0; i + 1 < bases.size(); i++) {
            long base = bases.get(i);
            rows.add(new SegmentRow(
                    new Segment(folder, base),
                    bases.get(i + 1),
                    disk.length(SegmentNames.log(folder, base)),
                    0,
                    SegmentRow.UNKNOWN_TIME,
                    true));
        }
        for (int i = 0; i < rows.size(); i++) {
            segment(folder, rows, i);
        }
    }

    private void segment(Path folder, List<SegmentRow> rows, int index) throws DiskException {
        SegmentRow row = rows.get(index);
        SegmentScrub scrub = new SegmentScrub(
                disk,
                row.segment(),
                row.endOffset(),
                row.lengthBytes(),
                LogConfig.DEFAULT.indexIntervalBytes(),
                replay.below(folder, rows.subList(0, index), row, rows.subList(index + 1, rows.size())),
                false);
        Path side = SegmentNames.side(folder, row.baseOffset());
        try {
            SegmentScrub.State state = scrub.step(STEP_BYTES);
            while (state == SegmentScrub.State.MORE) {
                state = scrub.step(STEP_BYTES);
            }
            if (state == SegmentScrub.State.SIDE_MADE) {
                SegmentScrub.place(disk, folder, row.baseOffset());
                listener.made(side);
            } else {
                listener.sound(side);
            }
        } catch (DiskException e) {
            if (!SegmentDamagedException.isCauseOf(e)) {
                throw e;
            }
            listener.damaged(SegmentNames.log(folder, row.baseOffset()), String.valueOf(e.getMessage()));
        } finally {
            scrub.close();
        }
    }
}
