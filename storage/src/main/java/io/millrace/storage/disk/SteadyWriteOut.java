package io.millrace.storage.disk;

import org.jspecify.annotations.Nullable;

/**
 * Has what a job writes carried to the device piece by piece while it writes, instead of all at once by the sync at its end.
 * A sync of another file (a journal's) waits behind what the device was given before, so that one sync of 32 MiB makes a pause of
 * 20 ms, where a piece makes none that is seen. Owned by one lane job at a time.
 *
 * <pre>
 *   file: |-- carried --|-- under way: one piece --|-- written, not begun yet --|
 * </pre>
 *
 * A piece is begun when the one before it has arrived: the device never has more than one of them to do. What is too small to be
 * worth a call of its own is left to the sync. A hint all the way: the sync stays what makes bytes durable.
 */
public final class SteadyWriteOut {

    static final int PIECE_BYTES = 512 * 1024;
    static final int MIN_PIECE_BYTES = 64 * 1024;
    private static final int PAGE_BYTES = 4096;

    private @Nullable DiskFile written;
    private long fromPosition;
    private long endPosition;
    private @Nullable DiskFile begun;
    private long begunPosition;
    private long begunBytes;

    /** {@code sizeBytes} were written to {@code file} from {@code filePosition} on. */
    @SuppressWarnings("ReferenceEquality") // the very file
    public void wrote(DiskFile file, long filePosition, long sizeBytes) {
        if (file != written || filePosition != endPosition) {
            if (endPosition - fromPosition >= MIN_PIECE_BYTES) {
                begin();
            }
            written = file;
            fromPosition = filePosition;
        }
        endPosition = filePosition + sizeBytes;
        if (endPosition - fromPosition >= PIECE_BYTES) {
            begin();
        }
    }

    /** Whole pages only: the last one is written to again. */
    private void begin() {
        DiskFile file = written;
        long end = endPosition - endPosition % PAGE_BYTES;
        if (file == null || end <= fromPosition) {
            return;
        }
        DiskFile before = begun;
        if (before != null) {
            before.awaitWriteOut(begunPosition, begunBytes);
        }
        file.startWriteOut(fromPosition, end - fromPosition);
        begun = file;
        begunPosition = fromPosition;
        begunBytes = end - fromPosition;
        fromPosition = end;
    }
}
