package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;

/** Told of every good batch of a scan, in order. */
@FunctionalInterface
public interface BatchVisitor {

    /**
     * The next good batch.
     *
     * @param batch whole and with a right CRC; valid during the call
     */
    void batch(RecordBatchView batch, long filePosition);
}
