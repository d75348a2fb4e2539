package io.millrace.storage.checkpoint;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Which journals and checkpoints of a log directory are in force: one per shard of the start numbered {@code number}. Replacing
 * this file is the single step at which a start takes over from the one before; files that it does not name are leftovers.
 *
 * <pre>
 * int magic "MRBT", int crc32c of all that follows, short format version, short reserved,
 * long number, long brokerEpoch (-1 none), byte clean, int n, n x long journal id
 * </pre>
 *
 * @param brokerEpoch of the last registration
 * @param clean whether the process stopped with empty journals; taken back before the first write of the next one
 */
public record BootRecord(long number, long brokerEpoch, boolean clean, List<Long> journalIds) {

    public BootRecord {
        journalIds = List.copyOf(journalIds);
    }

    public static final String NAME = "boot";
    static final short VERSION = 2;
    private static final int MAGIC = 0x4D524254;
    private static final int FIXED_BYTES = 12 + 8 + 8 + 1 + 4;
    private static final int MAX_BYTES = 64 * 1024;

    /** What was found. */
    public sealed interface Found {
        record Valid(BootRecord record) implements Found {}

        record Absent() implements Found {}

        record OtherVersion(short version) implements Found {}

        record Damaged(String message) implements Found {}
    }

    public BootRecord withBrokerEpoch(long epoch) {
        return new BootRecord(number, epoch, clean, journalIds);
    }

    public BootRecord withClean(boolean stoppedCleanly) {
        return new BootRecord(number, brokerEpoch, stoppedCleanly, journalIds);
    }

    /** Replaces the file: written and synced beside it, renamed, folder synced. Blocking. */
    public void store(Disk disk, Path folder) throws DiskException {
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + journalIds.size() * Long.BYTES);
        bytes.putInt(MAGIC)
                .putInt(0)
                .putShort(VERSION)
                .putShort((short) 0)
                .putLong(number)
                .putLong(brokerEpoch)
                .put((byte) (clean ? 1 : 0))
                .putInt(journalIds.size());
        for (long id : journalIds) {
            bytes.putLong(id);
        }
        bytes.flip().putInt(4, crc(bytes));
        Path fresh = folder.resolve(NAME + ".new");
        if (disk.exists(fresh)) {
            disk.delete(fresh);
        }
        try (DiskFile file = disk.create(fresh)) {
            file.write(0, bytes);
            file.sync();
        }
        disk.rename(fresh, folder.resolve(NAME));
        disk.syncDirectory(folder);
    }

    public static Found load(Disk disk, Path folder) throws DiskException {
        Path path = folder.resolve(NAME);
        if (!disk.exists(path)) {
            return new Found.Absent();
        }
        ByteBuffer bytes;
        try (DiskFile file = disk.open(path)) {
            bytes = ByteBuffer.allocate((int) Math.min(file.length(), MAX_BYTES));
            file.read(0, bytes);
        }
        bytes.flip();
        if (bytes.limit() < FIXED_BYTES || bytes.getInt(0) != MAGIC || crc(bytes) != bytes.getInt(4)) {
            return new Found.Damaged(path + " is damaged: length " + bytes.limit());
        }
        if (bytes.getShort(8) != VERSION) {
            return new Found.OtherVersion(bytes.getShort(8));
        }
        int count = bytes.getInt(29);
        List<Long> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(bytes.getLong(FIXED_BYTES + i * Long.BYTES));
        }
        return new Found.Valid(new BootRecord(bytes.getLong(12), bytes.getLong(20), bytes.get(28) == 1, ids));
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(8));
        return (int) crc.getValue();
    }
}
