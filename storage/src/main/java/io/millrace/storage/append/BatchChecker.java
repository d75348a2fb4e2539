package io.millrace.storage.append;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.BatchValidation;
import io.millrace.protocol.record.BatchValidator;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Checks the structure of every batch in a buffer, before anything is appended. One owner at a time: a shard, or a worker for large
 * compressed batches.
 */
public final class BatchChecker implements AutoCloseable {

    private final BatchValidator validator;
    private final RecordBatchView batch = new RecordBatchView();

    /** @param validator owned and closed by this checker */
    public BatchChecker(BatchValidator validator) {
        this.validator = validator;
    }

    /**
     * Checks {@code batches}, {@code position..limit}, and changes nothing in them.
     *
     * @param nowMs wall clock, for the timestamp window
     * @param found filled and returned
     */
    public CheckedBatches check(ByteBuffer batches, ValidationRules rules, long nowMs, CheckedBatches found) {
        found.start(rules);
        int position = batches.position();
        int end = batches.limit();
        if (position == end) {
            return found.refuse(
                    new AppendResult.Refused(ErrorCode.INVALID_RECORD, "there is no record batch to append", List.of()),
                    null);
        }
        while (position < end) {
            batch.wrap(batches, position);
            int left = end - position;
            int size = left < RecordBatchView.LOG_OVERHEAD_BYTES ? -1 : batch.sizeBytes();
            int available = size > 0 && size <= left ? size : left;
            switch (validator.validate(batch, available, rules, nowMs)) {
                case BatchValidation.Invalid invalid -> {
                    batch.release();
                    return found.refuse(refused(invalid, found.count()), invalid.fault());
                }
                case BatchValidation.Valid valid -> found.add(valid.maxTimestampMs());
            }
            position += available;
        }
        batch.release();
        return found;
    }

    @Override
    public void close() {
        validator.close();
    }

    private static AppendResult.Refused refused(BatchValidation.Invalid invalid, int batchNumber) {
        ErrorCode error = invalid.fault().errorCode();
        String message = batchNumber == 0 ? invalid.message() : "batch " + batchNumber + ": " + invalid.message();
        List<AppendResult.RecordError> records = invalid.recordIndex() < 0
                ? List.of()
                : List.of(new AppendResult.RecordError(invalid.recordIndex(), invalid.message()));
        return new AppendResult.Refused(error, message, records);
    }
}
