package io.millrace.clienttable;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines that drivers read and write: {@code key TAB value} in, {@code [topic TAB] key TAB value} out. */
final class TableLines {

    /** A key and a value; both may be empty. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares lines
    record Line(byte[] key, byte[] value) {}

    private final OutputStream out = new BufferedOutputStream(System.out, 1 << 16);

    /** All of standard input. */
    static List<Line> read() throws IOException {
        byte[] all = System.in.readAllBytes();
        List<Line> lines = new ArrayList<>();
        int from = 0;
        int tab = -1;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == '\t' && tab < 0) {
                tab = i;
            } else if (all[i] == '\n') {
                lines.add(new Line(Arrays.copyOfRange(all, from, tab), Arrays.copyOfRange(all, tab + 1, i)));
                from = i + 1;
                tab = -1;
            }
        }
        return lines;
    }

    void write(@Nullable String topic, byte @Nullable [] key, byte @Nullable [] value) {
        try {
            if (topic != null) {
                out.write(topic.getBytes(StandardCharsets.UTF_8));
                out.write('\t');
            }
            if (key != null) {
                out.write(key);
            }
            out.write('\t');
            if (value != null) {
                out.write(value);
            }
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
