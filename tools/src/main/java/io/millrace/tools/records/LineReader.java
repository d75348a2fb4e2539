package io.millrace.tools.records;

import io.millrace.tools.shell.VerbException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a stream as bytes, without their line feed; nothing else is changed, so a carriage return stays. A last line without line feed
 * counts; an input that ends with a line feed has no empty line after it.
 */
final class LineReader {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long lines;

    LineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /** The next line; null at the end of the input. */
    byte @Nullable [] next() throws IOException {
        byte[] begun = new byte[0];
        boolean any = false;
        while (true) {
            if (position == limit) {
                limit = Math.max(0, in.read(buffer, 0, buffer.length));
                position = 0;
                if (limit == 0) {
                    lines += any ? 1 : 0;
                    return any ? begun : null;
                }
            }
            any = true;
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            byte[] line = Arrays.copyOf(begun, begun.length + end - position);
            System.arraycopy(buffer, position, line, begun.length, end - position);
            if (line.length > maxLineBytes) {
                throw new VerbException("line " + (lines + 1) + " is longer than " + maxLineBytes + " bytes");
            }
            position = end;
            if (end < limit) {
                position++;
                lines++;
                return line;
            }
            begun = line;
        }
    }

    /** How many lines were read. */
    long lines() {
        return lines;
    }
}
