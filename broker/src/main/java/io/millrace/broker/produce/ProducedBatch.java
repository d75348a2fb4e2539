package io.millrace.broker.produce;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchView;
import io.netty.buffer.ByteBuf;

/**
 * What can be seen of a produced batch before it is checked; never trusted further. Stateless. Read from the buffer as it is: views
 * of it for three numbers were a tenth of what a request allocates.
 */
final class ProducedBatch {

    private ProducedBatch() {}

    static boolean isCompressed(ByteBuf records) {
        return codecId(records) != Codec.NONE.id();
    }

    static boolean isZstd(ByteBuf records) {
        return codecId(records) == Codec.ZSTD.id();
    }

    private static int codecId(ByteBuf records) {
        return records.readableBytes() < RecordBatchView.HEADER_BYTES
                ? Codec.NONE.id()
                : RecordBatchView.codecIdOf(
                        records.getShort(records.readerIndex() + RecordBatchView.ATTRIBUTES_POSITION));
    }

    /** Whether another whole batch seems to follow the first. */
    static boolean isSeveral(ByteBuf records) {
        if (records.readableBytes() < RecordBatchView.HEADER_BYTES) {
            return false;
        }
        int first = RecordBatchView.LOG_OVERHEAD_BYTES
                + records.getInt(records.readerIndex() + RecordBatchView.LENGTH_POSITION);
        return first >= RecordBatchView.HEADER_BYTES && records.readableBytes() - first >= RecordBatchView.HEADER_BYTES;
    }
}
