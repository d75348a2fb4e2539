package io.millrace.storage.segment;

import io.millrace.protocol.record.Crc32c;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.observer.SideSection;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .side} file of a sealed segment: everything derived that is kept of it. Immutable once written; lane jobs only.
 * All of it can be made again from the log, so whoever finds it missing or damaged rebuilds it.
 *
 * <pre>
 *  header     magic (8) "MRSIDE01" | version (4) | sections (4) | base offset (8) | end offset (8) | log bytes (8)
 *             | max timestamp ms (8) | digest (4) | crc32c of header without this field and table (4)
 *  table      sections x { type (4) | version (4) | file position (8) | bytes (4) | crc32c (4) }
 *  sections   one after another
 * </pre>
 */
public final class SideFile {

    private static final long MAGIC = 0x4D52534944453031L;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 56;
    private static final int ROW_BYTES = 24;
    private static final int CRC_AT = 52;
    private static final int MAX_SECTIONS = 64;
    private static final int COPY_BYTES = 64 * 1024;
    private static final int INDEX_VERSION = 1;

    /** The segment that the file belongs to. Immutable. */
    public record Header(long baseOffset, long endOffset, long logBytes, long maxTimestampMs, int digest) {}

    /** Index entries that lie one after another from {@code filePosition} on, to be copied. */
    record IndexSource(DiskFile file, long filePosition, int entries) {}

    /** Where a section lies. */
    record Located(int type, int version, long filePosition, int sizeBytes, int crc) {}

    private final Path path;
    private final Header header;
    private final List<Located> table;

    private SideFile(Path path, Header header, List<Located> table) {
        this.path = path;
        this.header = header;
        this.table = List.copyOf(table);
    }

    /** Null when there is none, or its header is damaged or of a newer version. */
    public static @Nullable SideFile read(Disk disk, Path directory, long baseOffset) throws DiskException {
        return readAt(disk, SegmentNames.side(directory, baseOffset), baseOffset);
    }

    /** The same by the file's name. */
    static @Nullable SideFile readAt(Disk disk, Path path, long baseOffset) throws DiskException {
        if (!disk.exists(path)) {
            return null;
        }
        try (DiskFile file = disk.open(path)) {
            return parse(file, baseOffset);
        }
    }

    public Header header() {
        return header;
    }

    /**
     * Reads every section but the index, those of unknown type included, and checks them; null when one is damaged.
     */
    public @Nullable List<SideSection> sections(Disk disk) throws DiskException {
        List<SideSection> sections = new ArrayList<>(table.size());
        try (DiskFile file = disk.open(path)) {
            for (Located row : table) {
                if (row.type == SideSection.INDEX) {
                    continue;
                }
                SideSection section = readSection(file, row);
                if (section == null) {
                    return null;
                }
                sections.add(section);
            }
        }
        return sections;
    }

    /** Where sections lie that do not match their checksums, the index included. */
    List<Located> damagedSections(Disk disk) throws DiskException {
        List<Located> damaged = new ArrayList<>();
        try (DiskFile file = disk.open(path)) {
            for (Located row : table) {
                if (readSection(file, row) == null) {
                    damaged.add(row);
                }
            }
        }
        return damaged;
    }

    /**
     * Writes a copy with one section added, or put in the place of the one of its type, and syncs it; the name is not synced.
     *
     * @return false when the file is damaged: then the copy is of no use
     */
    boolean copyTo(Disk disk, Path target, SideSection section) throws DiskException {
        List<SideSection> sections = sections(disk);
        Located index = indexRow();
        if (sections == null || index == null) {
            return false;
        }
        sections.removeIf(known -> known.type() == section.type());
        sections.add(section);
        try (DiskFile file = disk.open(path)) {
            IndexSource source = new IndexSource(file, index.filePosition, index.sizeBytes / IndexEntry.BYTES);
            writeTo(disk, target, header, source, sections);
        }
        SideFile copy = readAt(disk, target, header.baseOffset);
        Located copied = copy == null ? null : copy.indexRow();
        return copied != null && copied.sizeBytes == index.sizeBytes && copied.crc == index.crc;
    }

    private @Nullable Located indexRow() {
        for (Located row : table) {
            if (row.type == SideSection.INDEX && row.version == INDEX_VERSION) {
                return row;
            }
        }
        return null;
    }

    /** Where the index of an open {@code .side} file is, null when the file is of no use. */
    static @Nullable Located locateIndex(DiskFile file, long baseOffset) throws DiskException {
        SideFile side = parse(file, baseOffset);
        return side == null ? null : side.indexRow();
    }

    /** Writes a new file under a temporary name, syncs it, gives it its name and syncs the folder. */
    static void write(Disk disk, Path directory, Header header, IndexSource index, List<SideSection> sections)
            throws DiskException {
        Path path = SegmentNames.side(directory, header.baseOffset);
        Path temporary = SegmentNames.temporary(path);
        writeTo(disk, temporary, header, index, sections);
        disk.rename(temporary, path);
        disk.syncDirectory(directory);
    }

    /** Writes and syncs a file of that very name, in the place of one that is there. The name is not synced. */
    static void writeTo(Disk disk, Path path, Header header, IndexSource index, List<SideSection> sections)
            throws DiskException {
        int count = sections.size() + 1;
        if (count > MAX_SECTIONS) {
            throw new IllegalArgumentException(count + " sections, at most " + MAX_SECTIONS);
        }
        if (disk.exists(path)) {
            disk.delete(path);
        }
        try (DiskFile file = disk.create(path)) {
            List<Located> table = new ArrayList<>(count);
            long position = HEADER_BYTES + (long) count * ROW_BYTES;
            table.add(copyIndex(file, position, index));
            position += table.getFirst().sizeBytes;
            for (SideSection section : sections) {
                ByteBuffer payload = section.payload();
                int bytes = payload.remaining();
                int crc = Crc32c.of(payload, payload.position(), bytes);
                table.add(new Located(section.type(), section.version(), position, bytes, crc));
                file.write(position, payload);
                position += bytes;
            }
            file.write(0, encode(header, table));
            file.sync();
        }
    }

    private static Located copyIndex(DiskFile target, long position, IndexSource source) throws DiskException {
        int bytes = Math.multiplyExact(source.entries, IndexEntry.BYTES);
        ByteBuffer buffer = ByteBuffer.allocate(Math.max(1, Math.min(bytes, COPY_BYTES)));
        CRC32C crc = new CRC32C();
        int done = 0;
        while (done < bytes) {
            buffer.clear().limit(Math.min(buffer.capacity(), bytes - done));
            if (source.file.read(source.filePosition + done, buffer) == 0) {
                throw SegmentDamagedException.at(
                        source.file.path(), source.filePosition + done, "the index ends early");
            }
            buffer.flip();
            crc.update(buffer.duplicate());
            int read = buffer.remaining();
            target.write(position + done, buffer);
            done += read;
        }
        return new Located(SideSection.INDEX, INDEX_VERSION, position, bytes, (int) crc.getValue());
    }

    private static ByteBuffer encode(Header header, List<Located> table) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + table.size() * ROW_BYTES);
        out.putLong(MAGIC).putInt(VERSION).putInt(table.size());
        out.putLong(header.baseOffset).putLong(header.endOffset).putLong(header.logBytes);
        out.putLong(header.maxTimestampMs).putInt(header.digest).putInt(0);
        for (Located row : table) {
            out.putInt(row.type)
                    .putInt(row.version)
                    .putLong(row.filePosition)
                    .putInt(row.sizeBytes)
                    .putInt(row.crc);
        }
        out.putInt(CRC_AT, headerCrc(out));
        return out.flip();
    }

    /** Over header and table, with the field that holds it as 0. */
    private static int headerCrc(ByteBuffer bytes) {
        return Crc32c.of(bytes, 0, bytes.capacity());
    }

    private static @Nullable SideFile parse(DiskFile file, long baseOffset) throws DiskException {
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES);
        if (file.read(0, head) < HEADER_BYTES || head.getLong(0) != MAGIC || head.getInt(8) != VERSION) {
            return null;
        }
        int count = head.getInt(12);
        if (count < 0 || count > MAX_SECTIONS) {
            return null;
        }
        ByteBuffer all = ByteBuffer.allocate(HEADER_BYTES + count * ROW_BYTES);
        if (file.read(0, all) < all.capacity()) {
            return null;
        }
        int crc = all.getInt(CRC_AT);
        all.flip().putInt(CRC_AT, 0);
        Header header = new Header(all.getLong(16), all.getLong(24), all.getLong(32), all.getLong(40), all.getInt(48));
        if (headerCrc(all) != crc || header.baseOffset != baseOffset) {
            return null;
        }
        long fileBytes = file.length();
        List<Located> table = new ArrayList<>(count);
        for (int at = HEADER_BYTES; at < all.capacity(); at += ROW_BYTES) {
            Located row = new Located(
                    all.getInt(at), all.getInt(at + 4), all.getLong(at + 8), all.getInt(at + 16), all.getInt(at + 20));
            if (row.sizeBytes < 0 || row.filePosition < HEADER_BYTES || row.filePosition + row.sizeBytes > fileBytes) {
                return null;
            }
            table.add(row);
        }
        return new SideFile(file.path(), header, table);
    }

    private static @Nullable SideSection readSection(DiskFile file, Located row) throws DiskException {
        ByteBuffer payload = ByteBuffer.allocate(row.sizeBytes);
        int read = file.read(row.filePosition, payload);
        payload.flip();
        if (read < row.sizeBytes || Crc32c.of(payload, 0, row.sizeBytes) != row.crc) {
            return null;
        }
        return new SideSection(row.type, row.version, payload);
    }
}
