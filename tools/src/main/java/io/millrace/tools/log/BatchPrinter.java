package io.millrace.tools.log;

import io.millrace.protocol.record.RecordBatchView;
import java.nio.file.Path;

/** Prints what a walk through segments meets. */
interface BatchPrinter {

    /** From here on, of this file. */
    void file(Path file);

    /** A good batch; valid during the call. */
    void batch(RecordBatchView batch, long filePosition);

    /**
     * Bytes that are no good batch.
     *
     * @param resumesAt where the next good one begins; -1 when none does
     */
    void damaged(long filePosition, long endOffset, long resumesAt, String message);
}
