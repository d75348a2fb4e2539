package io.millrace.replication.metadatalog;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;

/** Reads a metadata folder as a start would, for those who only look at it. Stateless. */
public final class MetadataCheck {

    private MetadataCheck() {}

    /**
     * What is there and good. Immutable.
     *
     * @param endOffset after the last record
     * @param activeName the log file that the next record would go to; empty when there is none
     * @param intactBytes of that file
     * @param tornBytes behind them, which a start cuts off
     */
    public record Found(long endOffset, String activeName, long intactBytes, long tornBytes) {}

    /**
     * Reads every frame of the newest snapshot and the log behind it; nothing is changed.
     *
     * @throws MetadataLogException naming file and byte, when something that was synced is damaged
     */
    public static Found read(Disk disk, Path metadataFolder) throws DiskException, MetadataLogException {
        LocalLogRecovery found = LocalLogRecovery.read(disk, metadataFolder);
        String active = found.activeName();
        return new Found(found.endOffset(), active == null ? "" : active, found.logBytes(), found.tornBytes());
    }
}
