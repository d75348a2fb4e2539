package io.millrace.storage.inspect;

import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.checkpoint.BootRecord;
import io.millrace.storage.checkpoint.CheckpointLog;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.inspect.Fault.Weight;
import io.millrace.storage.journal.JournalFile;
import io.millrace.storage.journal.JournalFormatException;
import io.millrace.storage.journal.JournalRecord;
import io.millrace.storage.journal.JournalScan;
import io.millrace.storage.journal.JournalVisitor;
import io.millrace.storage.journal.RecordKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The checkpoints and journals that a boot record names. Used once. */
final class JournalInspection {

    private final Disk disk;
    private final Path folder;
    private final BootRecord boot;
    private final Consumer<InspectedFile> listener;

    JournalInspection(Disk disk, Path folder, BootRecord boot, Consumer<InspectedFile> listener) {
        this.disk = disk;
        this.folder = folder;
        this.boot = boot;
        this.listener = listener;
    }

    /** Tells the newest row of each log; false when some could not be read, so that logs without a row mean nothing. */
    boolean run(Consumer<LogRow> rows) throws DiskException {
        boolean whole = true;
        for (int shard = 0; shard < boot.journalIds().size(); shard++) {
            Path path = folder.resolve(CheckpointLog.name(boot.number(), shard));
            if (!disk.exists(path)) {
                String what = "is missing, although the boot record names it";
                tell(path, 0, "missing", List.of(new Fault(Weight.DAMAGE, path, 0, null, -1, what)));
                whole = false;
                continue;
            }
            CheckpointLog.Loaded checkpoint = CheckpointLog.load(disk, path);
            whole &= !checkpoint.damaged();
            checkpoint.state().rows().forEach(rows);
            tell(
                    path,
                    checkpoint.lengthBytes(),
                    count(checkpoint.state().rows().size(), "log"),
                    faults(path, checkpoint));
            if (!boot.clean()) {
                scan(shard, checkpoint.state().liveGeneration());
            }
        }
        return whole;
    }

    private List<Fault> faults(Path path, CheckpointLog.Loaded checkpoint) {
        if (checkpoint.damaged()) {
            return List.of(new Fault(Weight.DAMAGE, path, checkpoint.endPosition(), null, -1, checkpoint.message()));
        }
        if (checkpoint.endPosition() < checkpoint.lengthBytes()) {
            // A clean stop has synced it to its last byte.
            return List.of(new Fault(
                    boot.clean() ? Weight.DAMAGE : Weight.LEFT_OVER,
                    path,
                    checkpoint.endPosition(),
                    null,
                    -1,
                    "the last " + (checkpoint.lengthBytes() - checkpoint.endPosition()) + " bytes are no whole batch"));
        }
        return List.of();
    }

    private void scan(int shard, long liveGeneration) throws DiskException {
        List<DiskFile> files = new ArrayList<>();
        try {
            for (String name : disk.list(folder)) {
                if (JournalFile.isName(name) && JournalFile.shardOf(name) == shard) {
                    files.add(disk.open(folder.resolve(name)));
                }
            }
            Visit visit = new Visit();
            try {
                new JournalScan(files, boot.journalIds().get(shard), liveGeneration, visit).run();
            } catch (JournalFormatException e) {
                visit.damaged(String.valueOf(e.getMessage()));
            }
            for (DiskFile file : files) {
                visit.report(file);
            }
        } finally {
            for (DiskFile file : files) {
                file.close();
            }
        }
    }

    /** Counts what a journal holds and checks the batches in it by themselves. */
    private final class Visit implements JournalVisitor {

        private final List<Fault> faults = new ArrayList<>();
        private final RecordBatchScanner batches = new RecordBatchScanner();
        private final Map<Path, Long> records = new HashMap<>();

        @Override
        public void record(JournalRecord record) {
            records.merge(record.file().path(), 1L, Long::sum);
            if (record.kind() != RecordKind.APPEND) {
                return;
            }
            batches.reset(record.group(), record.position(), record.position() + record.lengthBytes());
            while (batches.next()) {
                RecordBatchView batch = batches.batch();
                if (!batch.crcValid()) {
                    damaged(
                            record.file(),
                            record.filePosition() + batch.position() - record.position(),
                            "the batch at offset " + batch.baseOffset() + " does not match its CRC");
                }
            }
        }

        @Override
        public void damaged(String message) {
            faults.add(new Fault(Weight.DAMAGE, folder, 0, null, -1, message));
        }

        @Override
        public void damaged(DiskFile file, long filePosition, String message) {
            faults.add(new Fault(
                    Weight.DAMAGE,
                    file.path(),
                    filePosition,
                    null,
                    -1,
                    message + "; every log of this journal may lack records"));
        }

        void report(DiskFile file) throws DiskException {
            List<Fault> own = faults.stream()
                    .filter(fault ->
                            fault.file().equals(file.path()) || fault.file().equals(folder))
                    .toList();
            tell(file.path(), file.length(), count(records.getOrDefault(file.path(), 0L), "record"), own);
        }
    }

    private static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private void tell(Path file, long lengthBytes, String content, List<Fault> faults) {
        listener.accept(new InspectedFile(file, null, lengthBytes, content, faults));
    }
}
