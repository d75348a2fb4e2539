package io.millrace.replication.metadatalog;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A metadata file read as a whole: its chained frames, and what stands behind the last good one. Immutable.
 *
 * <p>Frame n+1 is written only after frame n is synced, and files are never reused. So bytes behind the last good frame
 * are a torn tail if no intact frame follows anywhere, and damage to durable bytes if one does.
 *
 * @param frames intact, each naming the crc of the one before
 * @param intactBytes where the first byte stands that belongs to no intact frame
 * @param lengthBytes of the file
 */
record FrameFile(Path path, List<Frame> frames, long intactBytes, long lengthBytes) {

    /** What one file may hold at most; far above what snapshots let it grow to. */
    private static final long MAX_BYTES = 1L << 30;

    boolean torn() {
        return intactBytes < lengthBytes;
    }

    /** Reads and checks; nothing is changed. Disk lane. */
    static FrameFile read(Disk disk, Path path) throws DiskException, MetadataLogException {
        ByteBuffer bytes = readAll(disk, path);
        List<Frame> frames = new ArrayList<>();
        int position = 0;
        while (position < bytes.limit()) {
            Frame frame = Frame.parse(bytes, position);
            if (frame == null) {
                break;
            }
            if (Frame.version(bytes, frame) > Frame.VERSION) {
                throw new MetadataLogException(
                        MetadataLogException.Kind.NEWER_FORMAT,
                        "the metadata file " + path + " has format version " + Frame.version(bytes, frame)
                                + ", this build reads up to " + Frame.VERSION
                                + "; start the newer build that wrote it");
            }
            if (!frames.isEmpty() && frame.previousCrc() != frames.getLast().crc()) {
                throw damaged(
                        path,
                        position,
                        "a frame that follows " + hex(frames.getLast().crc()),
                        "one that follows " + hex(frame.previousCrc()));
            }
            frames.add(frame);
            position = (int) frame.endPosition();
        }
        refuseDamage(path, bytes, position);
        return new FrameFile(path, List.copyOf(frames), position, bytes.limit());
    }

    private static void refuseDamage(Path path, ByteBuffer bytes, int bad) throws MetadataLogException {
        for (int later = bad + 1; later <= bytes.limit() - Frame.HEADER_BYTES; later++) {
            if (bytes.getInt(later) == Frame.MAGIC && Frame.parse(bytes, later) != null) {
                throw damaged(path, bad, "an intact frame", "none, although one follows at " + later);
            }
        }
    }

    private static ByteBuffer readAll(Disk disk, Path path) throws DiskException, MetadataLogException {
        try (DiskFile file = disk.open(path)) {
            long lengthBytes = file.length();
            if (lengthBytes > MAX_BYTES) {
                throw new MetadataLogException(
                        MetadataLogException.Kind.CORRUPT,
                        "the metadata file " + path + " has " + lengthBytes + " bytes, more than " + MAX_BYTES);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) lengthBytes);
            file.read(0, bytes);
            return bytes.flip();
        }
    }

    static MetadataLogException damaged(Path path, long position, String expected, String found) {
        return new MetadataLogException(
                MetadataLogException.Kind.CORRUPT,
                "the metadata file " + path + " is damaged at byte " + position + ": expected " + expected + ", found "
                        + found + ". Nothing was changed; restore the metadata folder from a copy");
    }

    private static String hex(int crc) {
        return Integer.toHexString(crc);
    }
}
