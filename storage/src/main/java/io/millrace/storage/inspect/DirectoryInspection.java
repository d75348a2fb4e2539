package io.millrace.storage.inspect;

import io.millrace.storage.checkpoint.BootRecord;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.engine.LogDirectory;
import io.millrace.storage.engine.PartitionFolder;
import io.millrace.storage.inspect.Fault.Weight;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads everything of a log directory that storage writes: boot record, checkpoints, journals, segments with their indexes and
 * {@code .side} files. By the readers of recovery, so what it calls damaged is what a start would stumble over, and more: a start reads
 * sealed segments only when somebody asks for them.
 *
 * <p>A journal that was not emptied by a clean stop may end in a group that was never synced; recovery cannot tell it from a damaged
 * last group, and neither can this.
 */
public final class DirectoryInspection {

    private final Disk disk;
    private final Path directory;
    private final Consumer<InspectedFile> listener;
    private final Map<String, LogRow> rows = new HashMap<>();
    private boolean rowsKnown = true;
    private boolean clean = true;

    private DirectoryInspection(Disk disk, Path directory, Consumer<InspectedFile> listener) {
        this.disk = disk;
        this.directory = directory;
        this.listener = listener;
    }

    /**
     * Looks at everything, one file after another; memory is bounded by the largest batch and the checkpoints.
     *
     * @param disk need not be able to write
     * @param directory one that no process is using
     * @return whether the last process stopped with an empty journal
     */
    public static boolean run(Disk disk, Path directory, Consumer<InspectedFile> listener) throws DiskException {
        DirectoryInspection inspection = new DirectoryInspection(disk, directory, listener);
        inspection.journals();
        inspection.partitions();
        return inspection.clean;
    }

    private void journals() throws DiskException {
        Path folder = directory.resolve(LogDirectory.JOURNAL_FOLDER);
        if (!disk.exists(folder)) {
            return;
        }
        Path boot = folder.resolve(BootRecord.NAME);
        switch (BootRecord.load(disk, folder)) {
            case BootRecord.Found.Valid valid -> {
                clean = valid.record().clean();
                report(boot, clean ? "stopped cleanly" : "not stopped cleanly", List.of());
                JournalInspection journals = new JournalInspection(disk, folder, valid.record(), listener);
                rowsKnown = journals.run(row -> rows.put(row.identity().toString(), row));
            }
            case BootRecord.Found.Absent ignored -> rowsKnown = false;
            case BootRecord.Found.OtherVersion other -> unreadable(boot, "has format version " + other.version());
            case BootRecord.Found.Damaged damaged -> unreadable(boot, damaged.message());
        }
    }

    private void unreadable(Path boot, String what) throws DiskException {
        rowsKnown = false;
        clean = false;
        String message = what + "; checkpoints and journals cannot be read without it";
        report(boot, "boot record", List.of(new Fault(Weight.DAMAGE, boot, 0, null, -1, message)));
    }

    private void partitions() throws DiskException {
        Set<String> seen = new HashSet<>();
        for (String name : disk.list(directory)) {
            Path folder = directory.resolve(name);
            if (!disk.isDirectory(folder) || !disk.exists(folder.resolve(PartitionFolder.METADATA))) {
                continue;
            }
            seen.add(name);
            new PartitionInspection(disk, folder, rows.get(name), rowsKnown, clean, listener).run();
        }
        for (Map.Entry<String, LogRow> row : rows.entrySet()) {
            if (!seen.contains(row.getKey())) {
                missing(row.getKey(), row.getValue());
            }
        }
    }

    /** A log that only its create record and the checkpoint know has no folder yet: nothing was written to it. */
    private void missing(String name, LogRow row) {
        if (row.segmentBaseOffset() < 0) {
            return;
        }
        Path folder = PartitionFolder.of(directory, row.identity());
        listener.accept(new InspectedFile(
                folder,
                name,
                0,
                "missing",
                List.of(new Fault(
                        Weight.DAMAGE,
                        folder,
                        0,
                        name,
                        row.logStartOffset(),
                        "the folder or its " + PartitionFolder.METADATA + " is gone; the checkpoint says that it holds "
                                + "records up to offset " + row.segmentEndOffset()))));
    }

    private void report(Path file, String content, List<Fault> faults) throws DiskException {
        listener.accept(new InspectedFile(file, null, disk.length(file), content, faults));
    }
}
