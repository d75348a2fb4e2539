package io.millrace.storage.journal;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.journal.GroupLayout.Group;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one journal at start: its files by generation, its groups by number, each checked against the chain.
 *
 * <p>Where the chain breaks it looks ahead, in the rest of the file and in the next file. A later valid group of the same chain
 * means that the broken one had been synced: it was damaged, and is reported. No later group means the end: the last write was
 * torn, nothing in it was ever reported durable, and it is ignored. (Rot in exactly the last synced group looks the same; only
 * another replica can tell.)
 */
public final class JournalScan {

    private final List<ScannedFile> files = new ArrayList<>();
    private final JournalVisitor visitor;
    private final long firstGeneration;

    private long expectedNumber = -1;
    private int expectedPreviousCrc;
    private long groups;

    /**
     * @param opened every file that may hold groups of this journal, open; they stay open and stay the caller's
     * @param firstGeneration the oldest generation not yet released, as the checkpoint says
     */
    public JournalScan(List<DiskFile> opened, long journalId, long firstGeneration, JournalVisitor visitor)
            throws DiskException, JournalFormatException {
        this.visitor = visitor;
        this.firstGeneration = firstGeneration;
        for (DiskFile file : opened) {
            ScannedFile scanned = new ScannedFile(file, journalId);
            scanned.identify();
            if (scanned.generation() >= firstGeneration) {
                files.add(scanned);
            }
        }
        files.sort(Comparator.comparingLong(ScannedFile::generation));
    }

    /** Visits every record; returns how many groups were read. */
    public long run() throws DiskException, JournalFormatException {
        long generation = firstGeneration;
        for (int i = 0; i < files.size(); i++) {
            ScannedFile file = files.get(i);
            if (file.generation() != generation) {
                visitor.damaged(
                        file.file(),
                        0,
                        "journal file of generation " + generation + " is missing; next is "
                                + file.file().path() + " with " + file.generation());
                expectedNumber = -1;
            }
            generation = file.generation() + 1;
            scan(file);
        }
        return groups;
    }

    private void scan(ScannedFile file) throws DiskException, JournalFormatException {
        long position = 0;
        while (true) {
            Group group = file.groupAt(position);
            if (group != null && group.generation() == file.generation() && continuesChain(group)) {
                visit(file, position, group);
                position += GroupLayout.blockedBytes(GroupLayout.length(file.groupBytes(), 0));
                continue;
            }
            long later = file.lookAhead(position, Math.max(expectedNumber, 0));
            if (later < 0) {
                return;
            }
            visitor.damaged(
                    file.file(),
                    position,
                    "journal group " + (expectedNumber < 0 ? "at the start" : "" + expectedNumber) + " of "
                            + file.file().path() + " at " + position + " is damaged; a valid group follows at "
                            + later);
            expectedNumber = -1;
            position = later;
        }
    }

    private boolean continuesChain(Group group) {
        return expectedNumber < 0 || (group.number() == expectedNumber && group.previousCrc() == expectedPreviousCrc);
    }

    private void visit(ScannedFile file, long position, Group group) {
        ByteBuffer bytes = file.groupBytes();
        expectedNumber = group.number() + 1;
        expectedPreviousCrc = GroupLayout.crc(bytes, 0);
        groups++;
        int at = GroupLayout.HEADER_BYTES;
        while (at < bytes.limit()) {
            at = visitRecord(group.number(), file, position, bytes, at);
        }
    }

    private int visitRecord(long groupNumber, ScannedFile file, long position, ByteBuffer bytes, int at) {
        int lengthBytes = at + RecordLayout.HEADER_BYTES <= bytes.limit() ? RecordLayout.length(bytes, at) : -1;
        int recordAt = at + RecordLayout.HEADER_BYTES;
        if (lengthBytes < 0 || lengthBytes > bytes.limit() - recordAt) {
            visitor.damaged(
                    file.file(),
                    position + at,
                    "record at " + (position + at) + " of " + file.file().path() + " does not fit its group");
            return bytes.limit();
        }
        @Nullable RecordKind kind = RecordKind.byId(RecordLayout.kindId(bytes, at));
        if (kind == null) {
            visitor.damaged(
                    file.file(),
                    position + at,
                    "record at " + (position + at) + " of " + file.file().path() + " has the unknown kind "
                            + RecordLayout.kindId(bytes, at));
        } else {
            visitor.record(new JournalRecord(
                    groupNumber,
                    kind,
                    RecordLayout.logId(bytes, at),
                    RecordLayout.leaderEpoch(bytes, at),
                    RecordLayout.baseOffset(bytes, at),
                    RecordLayout.endOffset(bytes, at),
                    lengthBytes,
                    bytes,
                    recordAt,
                    file.file(),
                    position + recordAt));
        }
        return recordAt + lengthBytes;
    }
}
