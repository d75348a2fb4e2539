package io.millrace.storage.checkpoint;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The checkpoint of one journal: batches of changed rows, appended and synced; rewritten when more than half of it is dead.
 * Used by one lane job at a time.
 *
 * <pre>
 * batch:  int magic "MRCP", int crc32c of all that follows, int length of the rows, long sequence from 0, rows ({@link RowCodec})
 * </pre>
 *
 * Order at every update: segment bytes are synced first, then the batch, then journal files are reused.
 */
public final class CheckpointLog implements AutoCloseable {

    static final int MAGIC = 0x4D524350;
    static final int HEADER_BYTES = 20;
    private static final int COMPACT_FROM_BYTES = 256 * 1024;
    private static final String SUFFIX = ".checkpoint";
    private static final String NEW_SUFFIX = ".new";

    private final Disk disk;
    private final Path path;
    private final CheckpointState state;
    private DiskFile file;
    private long lengthBytes;
    private long sequence;
    // The state has rows that the file lacks.
    private boolean behind;

    private CheckpointLog(Disk disk, Path path, CheckpointState state, DiskFile file) {
        this.disk = disk;
        this.path = path;
        this.state = state;
        this.file = file;
    }

    /** Name of the checkpoint that belongs to a shard's journal since the start numbered {@code boot}. */
    public static String name(long boot, int shard) {
        return boot + "-" + shard + SUFFIX;
    }

    public static boolean isName(String name) {
        return name.endsWith(SUFFIX) || name.endsWith(SUFFIX + NEW_SUFFIX);
    }

    /** Makes a checkpoint with these rows, synced with its name. Replaces what a start that did not finish left there. */
    public static CheckpointLog create(Disk disk, Path path, List<LogRow> rows) throws DiskException {
        CheckpointState state = new CheckpointState();
        rows.forEach(state::put);
        DiskFile file = writeWhole(disk, path, state);
        CheckpointLog log = new CheckpointLog(disk, path, state, file);
        log.lengthBytes = file.length();
        log.sequence = 1;
        return log;
    }

    /** Sum of the bytes that the newest rows alone would take. */
    private long aliveBytes() {
        long bytes = HEADER_BYTES + RowCodec.JOURNAL_BYTES;
        for (LogRow row : state.rows()) {
            bytes += RowCodec.logBytes(row);
        }
        return bytes;
    }

    public CheckpointState state() {
        return state;
    }

    /**
     * Appends the changed rows and syncs; a failure leaves it unusable, as every failed sync does.
     *
     * @return false when there was no space: what is on the disk is as before. The next update writes all rows, these included.
     */
    public boolean update(List<LogRow> changed, List<Integer> removedLogIds, long liveGeneration) throws DiskException {
        int bytes = HEADER_BYTES + RowCodec.JOURNAL_BYTES + removedLogIds.size() * RowCodec.REMOVED_BYTES;
        for (LogRow row : changed) {
            bytes += RowCodec.onlyState(state.row(row.logId()), row) ? RowCodec.STATE_BYTES : RowCodec.logBytes(row);
        }
        ByteBuffer batch = ByteBuffer.allocate(bytes).position(HEADER_BYTES);
        for (LogRow row : changed) {
            if (RowCodec.onlyState(state.row(row.logId()), row)) {
                RowCodec.writeState(batch, row);
            } else {
                RowCodec.writeLog(batch, row);
            }
            state.put(row);
        }
        for (int logId : removedLogIds) {
            RowCodec.writeRemoved(batch, logId);
            state.remove(logId);
        }
        RowCodec.writeJournal(batch, liveGeneration);
        state.liveGeneration(liveGeneration);
        if (behind || (lengthBytes + bytes > COMPACT_FROM_BYTES && aliveBytes() * 2 < lengthBytes + bytes)) {
            return compact();
        }
        try {
            file.write(lengthBytes, seal(batch, sequence));
        } catch (DiskException e) {
            return noSpace(e);
        }
        file.sync();
        sequence++;
        lengthBytes += bytes;
        return true;
    }

    /** Only for a failed write: nothing was synced, so nothing was relied on. */
    private boolean noSpace(DiskException failure) throws DiskException {
        if (failure.kind() != DiskException.Kind.FULL) {
            throw failure;
        }
        behind = true;
        return false;
    }

    private boolean compact() throws DiskException {
        DiskFile compacted;
        try {
            compacted = writeWhole(disk, path, state);
        } catch (DiskException e) {
            // The new file is not in force before its rename.
            return noSpace(e);
        }
        behind = false;
        file.close();
        file = compacted;
        lengthBytes = compacted.length();
        sequence = 1;
        return true;
    }

    private static DiskFile writeWhole(Disk disk, Path path, CheckpointState state) throws DiskException {
        int bytes = HEADER_BYTES + RowCodec.JOURNAL_BYTES;
        for (LogRow row : state.rows()) {
            bytes += RowCodec.logBytes(row);
        }
        ByteBuffer batch = ByteBuffer.allocate(bytes).position(HEADER_BYTES);
        for (LogRow row : state.rows()) {
            RowCodec.writeLog(batch, row);
        }
        RowCodec.writeJournal(batch, state.liveGeneration());
        Path fresh = path.resolveSibling(path.getFileName() + NEW_SUFFIX);
        if (disk.exists(fresh)) {
            disk.delete(fresh);
        }
        DiskFile written = disk.create(fresh);
        try {
            written.write(0, seal(batch, 0));
            written.sync();
        } finally {
            written.close();
        }
        disk.rename(fresh, path);
        Path folder = path.getParent();
        if (folder != null) {
            disk.syncDirectory(folder);
        }
        return disk.open(path);
    }

    private static ByteBuffer seal(ByteBuffer batch, long sequence) {
        batch.flip();
        batch.putInt(0, MAGIC).putInt(8, batch.limit() - HEADER_BYTES).putLong(12, sequence);
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(8));
        batch.putInt(4, (int) crc.getValue());
        return batch;
    }

    /**
     * What the newest synced batches of a checkpoint say, and whether one of them is damaged.
     *
     * @param endPosition file position after the last batch that was believed
     * @param lengthBytes of the file; more than {@code endPosition} when it ends in a torn batch, or is damaged
     */
    public record Loaded(CheckpointState state, boolean damaged, String message, long endPosition, long lengthBytes) {}

    /**
     * Reads a checkpoint at start. A bad batch with nothing valid behind it was torn and never relied on; one with a valid
     * later batch behind it is damage: the rows may be older than the truth.
     */
    public static Loaded load(Disk disk, Path path) throws DiskException {
        ByteBuffer bytes;
        try (DiskFile file = disk.open(path)) {
            bytes = ByteBuffer.allocate(Math.toIntExact(file.length()));
            file.read(0, bytes);
        }
        bytes.flip();
        CheckpointState state = new CheckpointState();
        int at = 0;
        long expected = 0;
        while (at < bytes.limit()) {
            if (!isBatch(bytes, at, expected) || !applyBatch(bytes, at, state)) {
                return ending(path, bytes, at, expected, state);
            }
            at += HEADER_BYTES + bytes.getInt(at + 8);
            expected++;
        }
        if (expected == 0) {
            return new Loaded(state, true, "checkpoint " + path + " is empty", 0, 0);
        }
        return new Loaded(state, false, "", at, bytes.limit());
    }

    private static Loaded ending(Path path, ByteBuffer bytes, int at, long expected, CheckpointState state) {
        if (expected == 0) {
            return new Loaded(state, true, "checkpoint " + path + " is damaged at its start", 0, bytes.limit());
        }
        for (int later = at + 1; later + HEADER_BYTES <= bytes.limit(); later++) {
            if (bytes.getInt(later) == MAGIC
                    && isBatch(bytes, later, bytes.getLong(later + 12))
                    && bytes.getLong(later + 12) >= expected) {
                return new Loaded(
                        state,
                        true,
                        "checkpoint " + path + " is damaged at " + at + "; a valid batch follows at " + later,
                        at,
                        bytes.limit());
            }
        }
        return new Loaded(state, false, "", at, bytes.limit());
    }

    private static boolean isBatch(ByteBuffer bytes, int at, long sequence) {
        if (at + HEADER_BYTES > bytes.limit() || bytes.getInt(at) != MAGIC || bytes.getLong(at + 12) != sequence) {
            return false;
        }
        int length = bytes.getInt(at + 8);
        if (length < 0 || length > bytes.limit() - at - HEADER_BYTES) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(at + HEADER_BYTES + length).position(at + 8));
        return (int) crc.getValue() == bytes.getInt(at + 4);
    }

    private static boolean applyBatch(ByteBuffer bytes, int at, CheckpointState state) {
        int from = at + HEADER_BYTES;
        return RowCodec.apply(
                bytes.duplicate().limit(from + bytes.getInt(at + 8)).position(from), state);
    }

    @Override
    public void close() throws DiskException {
        file.close();
    }
}
