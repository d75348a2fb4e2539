package io.millrace.tools.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.protocol.record.RecordHeader;
import io.millrace.protocol.record.TimestampType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordPrinterTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private RecordPrinter printer(@Nullable String key, boolean showKey, long max) {
        return new RecordPrinter(
                new PrintStream(printed),
                key == null ? null : key.getBytes(UTF_8),
                new RecordForm.Plain(showKey, "\t".getBytes(UTF_8)),
                max);
    }

    private static ConsumerRecord record(@Nullable String key, @Nullable String value) {
        return new ConsumerRecord(
                new TopicPartition("t", 0),
                0,
                0,
                TimestampType.CREATE_TIME,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : value.getBytes(UTF_8),
                List.of(),
                -1);
    }

    @Test
    void valuesArePrintedOnePerLine() {
        assertThat(printer(null, false, 10).print(List.of(record("k", "a"), record(null, ""), record("k", null))))
                .isTrue();
        assertThat(printed.toString(UTF_8)).isEqualTo("a\n\nnull\n");
    }

    @Test
    void keysComeBeforeTheirValueWhenAskedFor() {
        printer(null, true, 10).print(List.of(record("k", "a"), record(null, "b")));
        assertThat(printed.toString(UTF_8)).isEqualTo("k\ta\nnull\tb\n");
    }

    @Test
    void onlyTheKeyAskedForIsPrintedAndCounted() {
        RecordPrinter printer = printer("k", false, 2);
        printer.print(List.of(record("other", "x"), record("k", "1"), record(null, "x")));
        assertThat(printer.isDone()).isFalse();
        printer.print(List.of(record("k", "2"), record("k", "3")));
        assertThat(printer.isDone()).isTrue();
        assertThat(printed.toString(UTF_8)).isEqualTo("1\n2\n");
    }

    @Test
    void jsonIsOneDocumentPerLineAndKeepsWhatIsNoText() {
        ConsumerRecord bytes = new ConsumerRecord(
                new TopicPartition("t", 3),
                7,
                11,
                TimestampType.CREATE_TIME,
                new byte[] {(byte) 0xff},
                "line\nfeed".getBytes(UTF_8),
                List.of(new RecordHeader("h", null)),
                -1);
        new RecordPrinter(new PrintStream(printed), null, new RecordForm.AsJson(), 10)
                .print(List.of(bytes, record(null, null)));
        assertThat(printed.toString(UTF_8).lines())
                .containsExactly(
                        "{\"topic\":\"t\",\"partition\":3,\"offset\":7,\"timestamp\":11,\"key\":null,"
                                + "\"keyBase64\":\"/w==\",\"value\":\"line\\nfeed\",\"valueBase64\":null,"
                                + "\"headers\":[{\"name\":\"h\",\"value\":null,\"valueBase64\":null}]}",
                        "{\"topic\":\"t\",\"partition\":0,\"offset\":0,\"timestamp\":0,\"key\":null,"
                                + "\"keyBase64\":null,\"value\":null,\"valueBase64\":null,\"headers\":[]}");
    }

    @Test
    void aReaderThatLeftIsNoticed() {
        PrintStream broken = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        RecordPrinter printer = new RecordPrinter(broken, null, new RecordForm.Plain(false, new byte[0]), 10);
        assertThat(printer.print(List.of(record(null, "a")))).isFalse();
    }
}
