package io.millrace.storage.journal;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.journal.GroupLayout.Group;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One journal file while it is read at start: finds and verifies groups. Single-threaded. */
final class ScannedFile {

    private static final int WINDOW_BYTES = 256 * 1024;
    private static final int START_GROUP_BYTES = 16 * 1024;
    /** Above it one batch fills the group: not on the heap, of which it may be a large part. */
    private static final int LARGE_GROUP_BYTES = 8 << 20;

    private final DiskFile file;
    private final long journalId;
    private final long lengthBytes;
    private final ByteBuffer window;
    private ByteBuffer groupBytes = ByteBuffer.allocate(START_GROUP_BYTES);
    private long generation = JournalFile.FREE;
    private long windowStart;
    private int windowBytes;

    ScannedFile(DiskFile file, long journalId) throws DiskException {
        this.file = file;
        this.journalId = journalId;
        this.lengthBytes = file.length();
        this.window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, lengthBytes));
    }

    DiskFile file() {
        return file;
    }

    /** Generation that the file belongs to, {@link JournalFile#FREE} when it holds nothing of this journal. */
    long generation() {
        return generation;
    }

    /**
     * Finds the generation. The first block tells, unless it is neither a group nor zeros: then the whole file is looked
     * through, because one bad block must not hide all that lies behind it.
     */
    void identify() throws DiskException, JournalFormatException {
        Group first = groupAt(0);
        if (first != null) {
            generation = first.generation();
            return;
        }
        long position = 0;
        while (true) {
            position = nextHeader(position, JournalFile.FREE);
            if (position < 0) {
                return;
            }
            Group found = groupAt(position);
            if (found != null) {
                generation = Math.max(generation, found.generation());
            }
            position += GroupLayout.BLOCK_BYTES;
        }
    }

    /** The valid group of this journal at a position, its bytes in {@link #groupBytes}; null when there is none. */
    @Nullable
    Group groupAt(long position) throws DiskException, JournalFormatException {
        if (position + GroupLayout.HEADER_BYTES > lengthBytes) {
            return null;
        }
        groupBytes.clear().limit(GroupLayout.HEADER_BYTES);
        if (file.read(position, groupBytes) < GroupLayout.HEADER_BYTES || !GroupLayout.hasMagic(groupBytes, 0)) {
            return null;
        }
        Group group = GroupLayout.group(groupBytes, 0);
        if (group.journalId() != journalId) {
            return null;
        }
        if (GroupLayout.version(groupBytes, 0) != GroupLayout.VERSION) {
            throw new JournalFormatException("journal " + file.path() + " has version "
                    + GroupLayout.version(groupBytes, 0) + ", this build reads version " + GroupLayout.VERSION
                    + ": start the build that wrote it, or stop that build cleanly first");
        }
        int recordBytes = GroupLayout.length(groupBytes, 0);
        if (recordBytes < 0 || recordBytes > lengthBytes - position - GroupLayout.HEADER_BYTES) {
            return null;
        }
        int groupLength = GroupLayout.HEADER_BYTES + recordBytes;
        if (groupBytes.capacity() < groupLength) {
            groupBytes = groupLength <= LARGE_GROUP_BYTES
                    ? ByteBuffer.allocate(Integer.highestOneBit(groupLength) * 2)
                    : ByteBuffer.allocateDirect(groupLength);
        }
        groupBytes.clear().limit(groupLength);
        if (file.read(position, groupBytes) < groupLength) {
            return null;
        }
        groupBytes.flip();
        return GroupLayout.computeCrc(groupBytes, 0) == GroupLayout.crc(groupBytes, 0) ? group : null;
    }

    /** The bytes of the group that {@link #groupAt} found last, header at 0. */
    ByteBuffer groupBytes() {
        return groupBytes;
    }

    /** Position of the next valid group of this file's generation at or behind {@code from} numbered at least {@code number}; -1 when none. */
    long lookAhead(long from, long number) throws DiskException, JournalFormatException {
        long position = from;
        while (true) {
            position = nextHeader(position, generation);
            if (position < 0) {
                return -1;
            }
            Group found = groupAt(position);
            if (found != null && found.generation() == generation && found.number() >= number) {
                return position;
            }
            position += GroupLayout.BLOCK_BYTES;
        }
    }

    /**
     * Position of the next block at or behind {@code from} that begins a group of this journal, and of this generation unless
     * it is FREE; -1 when none. A reused file is full of other groups' headers: they are told apart here, in memory, and every
     * byte of the file is read once.
     */
    private long nextHeader(long from, long wantedGeneration) throws DiskException {
        for (long at = from; at + GroupLayout.HEADER_BYTES <= lengthBytes; at += GroupLayout.BLOCK_BYTES) {
            if (at < windowStart || at + GroupLayout.HEADER_BYTES > windowStart + windowBytes) {
                window.clear();
                windowStart = at;
                windowBytes = file.read(at, window);
                if (windowBytes < GroupLayout.HEADER_BYTES) {
                    return -1;
                }
            }
            int place = (int) (at - windowStart);
            if (GroupLayout.hasMagic(window, place)) {
                Group group = GroupLayout.group(window, place);
                if (group.journalId() == journalId
                        && (wantedGeneration == JournalFile.FREE || group.generation() == wantedGeneration)) {
                    return at;
                }
            }
        }
        return -1;
    }
}
