package io.millrace.replication.metadatalog;

import io.millrace.protocol.Message;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.SnapshotRecords;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The files of a local metadata log and the order in which they are made durable. Owned by one disk lane; every method
 * blocks.
 *
 * <pre>
 * metadata/&lt;base offset&gt;.log        records from that offset on; the newest is the active one
 * metadata/&lt;end offset&gt;.snapshot    the state at that offset
 *
 * snapshot: write &lt;end&gt;.snapshot.tmp, sync, rename, sync folder -> create &lt;end&gt;.log, sync, sync folder -> remove the older files
 * </pre>
 *
 * <p>A crash between any two of these steps leaves a snapshot and a log that reach as far as the ones before.
 */
final class LocalLogFiles {

    static final String LOG = ".log";
    static final String SNAPSHOT = ".snapshot";
    static final String TEMPORARY = ".tmp";
    private static final int RECORDS_PER_SNAPSHOT_FRAME = 500;

    private final Disk disk;
    private final Path directory;
    private @Nullable DiskFile active;
    private int lastCrc;
    private long logBytes;

    LocalLogFiles(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Reads everything, cuts a torn tail, and opens the active log for appends. What it answers is durable. */
    LocalLogRecovery open(long wallMs) throws DiskException, MetadataLogException {
        disk.createDirectories(directory);
        LocalLogRecovery found = LocalLogRecovery.read(disk, directory);
        // Before a log of the same name is created, and after everything was checked.
        for (String stale : found.staleNames()) {
            disk.delete(directory.resolve(stale));
        }
        if (found.activeName() == null) {
            createLog(found.endOffset(), found.lastCrc(), wallMs);
        } else {
            DiskFile file = disk.open(directory.resolve(found.activeName()));
            active = file;
            lastCrc = found.lastCrc();
            logBytes = found.logBytes();
            if (found.tornBytes() > 0) {
                file.truncate(logBytes);
            }
            // What a killed process wrote may still be in the page cache only: durable before anybody builds on it.
            file.sync();
        }
        disk.syncDirectory(directory);
        return found;
    }

    /** Writes and syncs one frame; answers the log file's new length in bytes. */
    long append(long baseOffset, List<Message> records, long wallMs) throws DiskException {
        DiskFile file = active();
        ByteBuffer frame = Frame.encode(
                Frame.Kind.RECORDS, lastCrc, baseOffset, wallMs, records.size(), RecordCodec.encode(records));
        int crc = Frame.crcOf(frame);
        int frameBytes = frame.remaining();
        try {
            file.write(logBytes, frame);
        } catch (DiskException e) {
            if (e.kind() == DiskException.Kind.FULL) {
                // Nothing of it may be found at the next start: the caller is told that it did not happen.
                file.truncate(logBytes);
                file.sync();
            }
            throw e;
        }
        file.sync();
        lastCrc = crc;
        logBytes += frameBytes;
        return logBytes;
    }

    /** Writes a snapshot, starts a new log behind it and removes the older files; answers the snapshot's size. */
    long snapshot(MetadataImage image, long wallMs) throws DiskException {
        long endOffset = image.endOffset();
        Path temporary = directory.resolve(name(endOffset, SNAPSHOT) + TEMPORARY);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        long sizeBytes;
        try (DiskFile file = disk.create(temporary)) {
            sizeBytes = writeSnapshot(file, image, wallMs);
            file.sync();
        } catch (DiskException e) {
            disk.delete(temporary);
            throw e;
        }
        disk.rename(temporary, directory.resolve(name(endOffset, SNAPSHOT)));
        disk.syncDirectory(directory);
        DiskFile old = active();
        createLogOrNothing(endOffset, wallMs);
        disk.syncDirectory(directory);
        old.close();
        for (String each : disk.list(directory)) {
            if ((each.endsWith(LOG) || each.endsWith(SNAPSHOT)) && offset(each) >= 0 && offset(each) < endOffset) {
                disk.delete(directory.resolve(each));
            }
        }
        return sizeBytes;
    }

    /**
     * A new log that is there only half must go before the old one takes another record: a start would take the new one
     * for the newest.
     */
    private void createLogOrNothing(long baseOffset, long wallMs) throws DiskException {
        try {
            createLog(baseOffset, lastCrc, wallMs);
        } catch (DiskException e) {
            Path path = directory.resolve(name(baseOffset, LOG));
            if (disk.exists(path)) {
                disk.delete(path);
            }
            disk.syncDirectory(directory);
            throw e;
        }
    }

    void close() throws DiskException {
        if (active != null) {
            active.close();
        }
    }

    private void createLog(long baseOffset, int previousCrc, long wallMs) throws DiskException {
        DiskFile file = disk.create(directory.resolve(name(baseOffset, LOG)));
        ByteBuffer start =
                Frame.encode(Frame.Kind.LOG_START, previousCrc, baseOffset, wallMs, 0, ByteBuffer.allocate(0));
        int crc = Frame.crcOf(start);
        try {
            file.write(0, start);
            file.sync();
        } catch (DiskException e) {
            file.close();
            throw e;
        }
        active = file;
        lastCrc = crc;
        logBytes = Frame.HEADER_BYTES;
    }

    private long writeSnapshot(DiskFile file, MetadataImage image, long wallMs) throws DiskException {
        List<Message> records = new ArrayList<>();
        SnapshotRecords.write(image, records::add);
        long endOffset = image.endOffset();
        ByteBuffer start =
                Frame.encode(Frame.Kind.SNAPSHOT_START, lastCrc, endOffset, wallMs, 0, ByteBuffer.allocate(0));
        int crc = Frame.crcOf(start);
        long position = start.remaining();
        file.write(0, start);
        for (int from = 0; from < records.size(); from += RECORDS_PER_SNAPSHOT_FRAME) {
            List<Message> chunk = records.subList(from, Math.min(from + RECORDS_PER_SNAPSHOT_FRAME, records.size()));
            ByteBuffer frame = Frame.encode(
                    Frame.Kind.SNAPSHOT_RECORDS, crc, endOffset, wallMs, chunk.size(), RecordCodec.encode(chunk));
            crc = Frame.crcOf(frame);
            int frameBytes = frame.remaining();
            file.write(position, frame);
            position += frameBytes;
        }
        ByteBuffer digest =
                ByteBuffer.allocate(Long.BYTES).putLong(image.digest()).flip();
        ByteBuffer end = Frame.encode(Frame.Kind.SNAPSHOT_END, crc, endOffset, wallMs, records.size(), digest);
        int endBytes = end.remaining();
        file.write(position, end);
        return position + endBytes;
    }

    private DiskFile active() {
        if (active == null) {
            throw new IllegalStateException("the metadata log " + directory + " is not open");
        }
        return active;
    }

    static String name(long offset, String suffix) {
        return String.format(Locale.ROOT, "%020d", offset) + suffix;
    }

    /** The offset in a file name of ours, or -1. */
    static long offset(String name) {
        int dot = name.indexOf('.');
        if (dot != 20) {
            return -1;
        }
        long offset = 0;
        for (int i = 0; i < dot; i++) {
            char digit = name.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            offset = offset * 10 + (digit - '0');
        }
        return offset;
    }
}
