package io.millrace.realinput;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files of a zip as records: key = file name, value = one line. A file is split at every newline and joined again with
 * newlines, so a final newline is a last, empty record, and an empty file is one empty record: nothing is lost.
 */
final class SourceLines {

    /** Receives each record; the value is {@code bytes[from, to)}. */
    interface Sink {
        void line(String file, byte[] bytes, int from, int to) throws IOException;
    }

    private SourceLines() {}

    /**
     * Feeds at most {@code limit} lines, whole files first to last in zip order; the last file may be cut at the limit.
     *
     * @return lines fed
     */
    static long feed(Path zip, long limit, Sink sink) throws IOException {
        long lines = 0;
        try (ZipFile file = new ZipFile(zip.toFile())) {
            Enumeration<? extends ZipEntry> entries = file.entries();
            while (entries.hasMoreElements() && lines < limit) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory()) {
                    lines += feed(entry.getName(), file.getInputStream(entry).readAllBytes(), limit - lines, sink);
                }
            }
        }
        return lines;
    }

    private static long feed(String name, byte[] bytes, long limit, Sink sink) throws IOException {
        long lines = 0;
        int from = 0;
        for (int i = 0; i <= bytes.length && lines < limit; i++) {
            if (i == bytes.length || bytes[i] == '\n') {
                sink.line(name, bytes, from, i);
                from = i + 1;
                lines++;
            }
        }
        return lines;
    }

    /** {@code SourceLines ZIP LIMIT}: writes {@code key TAB value NEWLINE} for kcat and console producers. */
    public static void main(String[] arguments) throws IOException {
        Path zip = Path.of(arguments[0]);
        long limit = Long.parseLong(arguments[1]);
        OutputStream out = new BufferedOutputStream(System.out, 1 << 20);
        long lines = feed(zip, limit, (file, bytes, from, to) -> {
            out.write(file.getBytes(StandardCharsets.UTF_8));
            out.write('\t');
            out.write(bytes, from, to - from);
            out.write('\n');
        });
        out.flush();
        System.err.println("lines=" + lines);
    }
}
