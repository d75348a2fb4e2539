package io.millrace.storage.compaction;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.segment.ScanOutcome;
import io.millrace.storage.segment.SegmentDamagedException;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScan;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One segment that a pass reads, batch by batch, every CRC checked. Owned by the pass. */
final class SourceScan {

    private final DiskFile file;
    private final SegmentScan scan;

    private SourceScan(DiskFile file, SegmentScan scan) {
        this.file = file;
        this.scan = scan;
    }

    /** @param window lent until it is closed */
    static SourceScan open(Disk disk, Path folder, Source source, ByteBuffer window) throws DiskException {
        DiskFile file = disk.open(SegmentNames.log(folder, source.baseOffset()));
        return new SourceScan(file, SegmentScan.from(file, 0, source.lengthBytes(), source.baseOffset(), window));
    }

    /**
     * The next batch, valid until the next call; null behind the last.
     *
     * @throws DiskException with a {@link SegmentDamagedException} as cause when bytes are no good batch
     */
    @Nullable
    RecordBatchView next() throws DiskException {
        RecordBatchView batch = scan.next();
        if (batch == null) {
            ScanOutcome outcome = scan.outcome();
            if (outcome.stop() != ScanOutcome.Stop.END) {
                throw SegmentDamagedException.at(file.path(), outcome.endPosition(), outcome.message());
            }
        }
        return batch;
    }

    /** Where the batch behind the last one given begins. */
    long filePosition() {
        return scan.outcome().endPosition();
    }

    boolean isAtEnd() {
        return scan.isAtEnd();
    }

    void close() throws DiskException {
        file.close();
    }
}
