package io.millrace.tools.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tools.shell.VerbException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    private static List<String> lines(InputStream in) throws IOException {
        LineReader reader = new LineReader(in, 1_000_000);
        List<String> lines = new ArrayList<>();
        byte[] line;
        while ((line = reader.next()) != null) {
            lines.add(new String(line, UTF_8));
        }
        assertThat(reader.lines()).isEqualTo(lines.size());
        return lines;
    }

    private static List<String> lines(String text) throws IOException {
        return lines(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    @Test
    void everyLineIsReadWhateverItsEnd() throws IOException {
        assertThat(lines("")).isEmpty();
        assertThat(lines("\n")).containsExactly("");
        assertThat(lines("a")).containsExactly("a");
        assertThat(lines("a\n")).containsExactly("a");
        assertThat(lines("a\n\nb")).containsExactly("a", "", "b");
        assertThat(lines("a\r\n\n")).containsExactly("a\r", "");
    }

    @Test
    void linesMayCrossTheBuffersEnd() throws IOException {
        String longLine = "é".repeat(100_000);
        assertThat(lines("x\n" + longLine + "\ny")).containsExactly("x", longLine, "y");
    }

    @Test
    void piecesThatArriveByteByByteMakeTheSameLines() throws IOException {
        InputStream slow = new ByteArrayInputStream("ab\n\ncd".getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(1, length));
            }
        };
        assertThat(lines(slow)).containsExactly("ab", "", "cd");
    }

    @Test
    void aLineOverTheBoundIsNamedByNumber() {
        LineReader reader = new LineReader(new ByteArrayInputStream("ok\ntoo long\n".getBytes(UTF_8)), 5);
        assertThatThrownBy(() -> {
                    while (reader.next() != null) {
                        assertThat(reader.lines()).isEqualTo(1);
                    }
                })
                .isInstanceOf(VerbException.class)
                .hasMessage("line 2 is longer than 5 bytes");
    }
}
