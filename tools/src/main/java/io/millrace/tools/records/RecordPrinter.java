package io.millrace.tools.records;

import io.millrace.client.consumer.ConsumerRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes records to a stream, bytes as they are, and counts them. */
final class RecordPrinter {

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final PrintStream out;
    private final byte @Nullable [] onlyKey;
    private final boolean showKey;
    private final byte[] separator;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private long left;

    /**
     * @param onlyKey null: all records
     * @param max records to print before {@link #isDone}
     */
    RecordPrinter(PrintStream out, byte @Nullable [] onlyKey, boolean showKey, byte[] separator, long max) {
        this.out = out;
        this.onlyKey = onlyKey;
        this.showKey = showKey;
        this.separator = separator;
        this.left = max;
    }

    boolean isDone() {
        return left == 0;
    }

    /** Prints until it is done; false when nobody reads the stream any more. */
    boolean print(List<ConsumerRecord> records) {
        lines.reset();
        for (ConsumerRecord record : records) {
            if (left == 0) {
                break;
            }
            if (onlyKey == null || Arrays.equals(onlyKey, record.key())) {
                if (showKey) {
                    lines.writeBytes(orNull(record.key()));
                    lines.writeBytes(separator);
                }
                lines.writeBytes(orNull(record.value()));
                lines.write('\n');
                left--;
            }
        }
        out.write(lines.toByteArray(), 0, lines.size());
        return !out.checkError(); // flushes too
    }

    private static byte[] orNull(byte @Nullable [] bytes) {
        return bytes == null ? NULL : bytes;
    }
}
