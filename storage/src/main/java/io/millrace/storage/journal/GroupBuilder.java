package io.millrace.storage.journal;

import io.millrace.storage.TailSlice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gathers the records of one group. Owned by the shard loop until the group is handed to the lane, and again after its write.
 * Large runs of batches are gathered from the tail where they lie; record headers and runs under {@link #COPY_BELOW_BYTES} are
 * laid out in a staging buffer, because a gathering write and a checksum over tiny pieces cost more than the copy.
 */
public final class GroupBuilder {

    static final int COPY_BELOW_BYTES = 4096;
    private static final int STAGING_BYTES = 512 * 1024;
    /** Kept free in staging for the small records of a log that still has to be collected. */
    private static final int STAGING_RESERVE_BYTES = 16 * 1024;

    private final int maxBytes;
    private final ByteBuffer header = ByteBuffer.allocateDirect(GroupLayout.HEADER_BYTES);
    private final ByteBuffer staging;
    private final ByteBuffer padding = ByteBuffer.allocateDirect(GroupLayout.BLOCK_BYTES);
    private ByteBuffer[] pieces = new ByteBuffer[64];
    private int pieceCount = 1;
    private int stagedFrom;
    private int lengthBytes;
    private final List<TailSlice> held = new ArrayList<>();
    private final List<JournalMember> members = new ArrayList<>();
    private long generation;
    private int fileRoomBytes;
    private int unfitBytes;

    GroupBuilder(int maxBytes) {
        this.maxBytes = maxBytes;
        this.staging = ByteBuffer.allocateDirect(Math.min(STAGING_BYTES, maxBytes + 2 * STAGING_RESERVE_BYTES));
    }

    /** Record bytes that may still be added, header included; may be negative. */
    public int roomBytes() {
        return staging.remaining() < STAGING_RESERVE_BYTES ? 0 : maxBytes - lengthBytes - RecordLayout.HEADER_BYTES;
    }

    public boolean isEmpty() {
        return lengthBytes == 0;
    }

    /** Generation of the journal file that this group goes to; what members note as the place of their bytes. */
    public long generation() {
        return generation;
    }

    /** @param fileRoomBytes the largest group that could be written now */
    void begin(long generation, int fileRoomBytes) {
        this.generation = generation;
        this.fileRoomBytes = fileRoomBytes;
        unfitBytes = 0;
    }

    /** Whether there is a file for a group with a batch of that size, be it alone; noted when not. */
    public boolean fits(int batchBytes) {
        int recordBytes = RecordLayout.HEADER_BYTES + batchBytes;
        if (recordBytes <= maxBytes || GroupLayout.blockedBytes(recordBytes) <= fileRoomBytes) {
            return true;
        }
        unfitBytes = GroupLayout.blockedBytes(recordBytes);
        return false;
    }

    /** Size of the group that the last member would need a larger file for, 0 when it is not for that that it is not complete. */
    int unfitBytes() {
        return unfitBytes;
    }

    /** The same, and forgets it: the member stays enlisted. */
    public int takeUnfitBytes() {
        int taken = unfitBytes;
        unfitBytes = 0;
        return taken;
    }

    /** Adds a record without batches. */
    public void control(RecordKind kind, int logId, int epoch, long offset, byte[] bytes) {
        if (staging.remaining() < RecordLayout.HEADER_BYTES + bytes.length) {
            throw new IllegalStateException("no room for a " + kind + " record: ask roomBytes() first");
        }
        RecordLayout.write(staging, staging.position(), kind, bytes.length, logId, epoch, offset);
        staging.position(staging.position() + RecordLayout.HEADER_BYTES);
        staging.put(bytes);
        lengthBytes += RecordLayout.HEADER_BYTES + bytes.length;
    }

    /** Adds batches; takes over the reference to each slice, and gives it back once the bytes are written. */
    public void append(int logId, int epoch, long baseOffset, long endOffset, List<TailSlice> slices, int sizeBytes) {
        int at = staging.position();
        RecordLayout.write(staging, at, RecordKind.APPEND, sizeBytes, logId, epoch, baseOffset);
        RecordLayout.extend(staging, at, sizeBytes, endOffset);
        staging.position(at + RecordLayout.HEADER_BYTES);
        for (int i = 0; i < slices.size(); i++) {
            TailSlice slice = slices.get(i);
            ByteBuffer bytes = slice.bytes();
            int count = bytes.remaining();
            if (count < COPY_BELOW_BYTES && staging.remaining() - STAGING_RESERVE_BYTES / 2 >= count) {
                staging.put(bytes);
                slice.release();
            } else {
                closeStaged();
                addPiece(bytes);
                held.add(slice);
            }
        }
        lengthBytes += RecordLayout.HEADER_BYTES + sizeBytes;
    }

    void member(JournalMember member) {
        members.add(member);
    }

    List<JournalMember> members() {
        return members;
    }

    private void closeStaged() {
        int end = staging.position();
        if (end > stagedFrom) {
            addPiece(staging.duplicate().limit(end).position(stagedFrom));
            stagedFrom = end;
        }
    }

    private void addPiece(ByteBuffer piece) {
        // Two more places stay free: the padding, and nothing is checked there.
        if (pieceCount + 1 >= pieces.length) {
            pieces = Arrays.copyOf(pieces, pieces.length * 2);
        }
        pieces[pieceCount++] = piece;
    }

    int lengthBytes() {
        return lengthBytes;
    }

    int blockedBytes() {
        return GroupLayout.blockedBytes(lengthBytes);
    }

    /** Closes the group; what it returns may be checksummed and written from another thread until {@link #written}. */
    SealedGroup seal(GroupLayout.Group identity) {
        closeStaged();
        GroupLayout.writeHeader(header, identity, lengthBytes);
        pieces[0] = header.duplicate().position(0).limit(GroupLayout.HEADER_BYTES);
        int paddingBytes = blockedBytes() - GroupLayout.HEADER_BYTES - lengthBytes;
        pieces[pieceCount] = padding.duplicate().position(0).limit(paddingBytes);
        return new SealedGroup(header, Arrays.copyOf(pieces, pieceCount + 1));
    }

    /** The bytes are in the file (or never will be): gives the slices back; members stay until {@link #clear}. */
    void written() {
        for (int i = 0; i < held.size(); i++) {
            held.get(i).release();
        }
        held.clear();
        Arrays.fill(pieces, 0, pieceCount + 1, null);
        pieceCount = 1;
        stagedFrom = 0;
        staging.clear();
        lengthBytes = 0;
    }

    void clear() {
        members.clear();
    }
}
