package io.millrace.simulation.recovery;

import io.millrace.storage.LogConfig;
import io.millrace.storage.engine.StorageConfig;
import io.millrace.storage.journal.JournalSettings;
import io.millrace.storage.producer.ProducerLimits;
import java.nio.file.Path;

/** Small sizes, so that every bound of the engine is met within a few dozen steps. Stateless. */
final class StoreSettings {

    private StoreSettings() {}

    static StorageConfig config(WorkloadShape shape) {
        // A huge batch may be larger than a file, which is made larger then.
        int fileBytes = shape.journalFileBytes();
        JournalSettings journal = new JournalSettings(fileBytes, fileBytes, shape.journalFiles(), fileBytes / 2);
        return new StorageConfig(
                journal, ProducerLimits.defaults(), shape.maxDirtyBytes(), 3, 2, shape.syncFileSystemFrom(), 0);
    }

    static LogConfig logConfig(WorkloadShape shape) {
        LogConfig.BatchRules rules = LogConfig.BatchRules.DEFAULT;
        return new LogConfig(
                shape.hugeBatches() ? 128 << 10 : shape.segmentBytes(),
                LogConfig.DEFAULT.segmentMs(),
                512,
                10 << 20,
                shape.retention().ms(),
                shape.retention().bytes(),
                cleanup(shape),
                new LogConfig.Compaction(
                        shape.compaction().minDirtyRatio(),
                        0,
                        Long.MAX_VALUE,
                        shape.compaction().tombstonesGo() ? 0 : Long.MAX_VALUE / 2),
                new LogConfig.BatchRules(
                        4 << 20,
                        rules.timestampType(),
                        rules.timestampBeforeMaxMs(),
                        rules.timestampAfterMaxMs(),
                        false));
    }

    private static LogConfig.Cleanup cleanup(WorkloadShape shape) {
        if (!shape.compaction().isOn()) {
            return LogConfig.Cleanup.DELETE;
        }
        boolean deletes = shape.retention().ms() >= 0 || shape.retention().bytes() >= 0;
        return deletes ? LogConfig.Cleanup.COMPACT_AND_DELETE : LogConfig.Cleanup.COMPACT;
    }

    /** Whether recovery must do as well without this file (R5). */
    static boolean isDerived(Path path) {
        String name = path.toString();
        return name.endsWith(".idx") || name.endsWith(".side");
    }
}
