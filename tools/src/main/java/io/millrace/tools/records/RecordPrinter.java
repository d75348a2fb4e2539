package io.millrace.tools.records;

import io.millrace.client.consumer.ConsumerRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes records to a stream, a line each, and counts them. */
final class RecordPrinter {

    private final PrintStream out;
    private final byte @Nullable [] onlyKey;
    private final RecordForm form;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private long left;
    private int lookedAt;

    /**
     * @param onlyKey null: all records
     * @param max records to print before {@link #isDone}
     */
    RecordPrinter(PrintStream out, byte @Nullable [] onlyKey, RecordForm form, long max) {
        this.out = out;
        this.onlyKey = onlyKey;
        this.form = form;
        this.left = max;
    }

    boolean isDone() {
        return left == 0;
    }

    /** How many records of the last {@link #print} it printed or passed over. */
    int lookedAt() {
        return lookedAt;
    }

    /** Prints until it is done; false when nobody reads the stream any more. */
    boolean print(List<ConsumerRecord> records) {
        lines.reset();
        lookedAt = 0;
        for (ConsumerRecord record : records) {
            if (left == 0) {
                break;
            }
            lookedAt++;
            if (onlyKey == null || Arrays.equals(onlyKey, record.key())) {
                form.write(record, lines);
                lines.write('\n');
                left--;
            }
        }
        out.write(lines.toByteArray(), 0, lines.size());
        return !out.checkError(); // flushes too
    }
}
