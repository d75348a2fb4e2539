package io.millrace.realinput;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code CompareStream NAME ZIP LIMIT}: rebuilds every file from {@code key TAB value} lines on standard input, as some
 * client consumed them, and compares with the zip. Exits with 1 on any difference.
 */
final class CompareStream {

    private CompareStream() {}

    public static void main(String[] arguments) throws IOException {
        FileDigests expected = new FileDigests();
        SourceLines.feed(Path.of(arguments[1]), Long.parseLong(arguments[2]), expected::line);
        FileDigests found = new FileDigests();
        read(new BufferedInputStream(System.in, 1 << 20), found);
        long expectedLines = expected.lines();
        long foundLines = found.lines();
        Map<String, String> expectedHex = expected.finish();
        boolean same = expectedHex.equals(found.finish()) && expectedLines == foundLines;
        System.out.printf(
                "consumer=%s files=%d lines=%d read=%d equal=%s%n",
                arguments[0], expectedHex.size(), expectedLines, foundLines, same);
        System.exit(same ? 0 : 1);
    }

    private static void read(InputStream in, FileDigests digests) throws IOException {
        byte[] line = new byte[1 << 16];
        int length = 0;
        int tab = -1;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                String file = new String(line, 0, tab, StandardCharsets.UTF_8);
                digests.line(file, line, tab + 1, length);
                length = 0;
                tab = -1;
                continue;
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            if (next == '\t' && tab < 0) {
                tab = length;
            }
            line[length++] = (byte) next;
        }
    }
}
