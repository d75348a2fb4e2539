package io.millrace.tools.log;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.RecordHeader;
import io.millrace.protocol.record.RecordView;
import io.millrace.tools.shell.RecordText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.StringJoiner;

/** A line per batch, {@code name=value} in it; records are indented below. */
final class TextBatchPrinter implements BatchPrinter {

    private final PrintWriter out;
    private final boolean records;
    private final long from;
    private final long to;
    private final RecordCursor cursor = new RecordCursor();

    TextBatchPrinter(PrintWriter out, boolean records, long from, long to) {
        this.out = out;
        this.records = records;
        this.from = from;
        this.to = to;
    }

    @Override
    public void file(Path file) {
        out.println("file " + file);
    }

    @Override
    public void batch(RecordBatchView batch, long filePosition) {
        Codec codec = batch.codec();
        StringJoiner line = new StringJoiner(" ");
        line.add("position=" + filePosition)
                .add("offsets=" + batch.baseOffset() + ".." + batch.lastOffset())
                .add("records=" + batch.recordCount())
                .add("bytes=" + batch.sizeBytes())
                .add("codec=" + (codec == null ? "unknown-" + batch.codecId() : codec.configName()))
                .add("timestamps=" + time(batch.baseTimestampMs()) + ".." + time(batch.maxTimestampMs()))
                .add("leaderEpoch=" + batch.partitionLeaderEpoch());
        if (batch.hasProducerId()) {
            line.add("producer=" + batch.producerId() + "/" + batch.producerEpoch())
                    .add("sequence=" + batch.baseSequence() + ".." + batch.lastSequence());
        }
        if (batch.isTransactional()) {
            line.add("transactional");
        }
        if (batch.isControl()) {
            line.add("control");
        }
        out.println(line.add("crc=ok"));
        if (records) {
            records(batch);
        }
    }

    private void records(RecordBatchView batch) {
        try {
            cursor.reset(batch);
            while (cursor.next()) {
                RecordView record = cursor.record();
                if (record.offset() < from || record.offset() >= to) {
                    continue;
                }
                StringJoiner line = new StringJoiner(" ", "  ", "");
                line.add("offset=" + record.offset())
                        .add("time=" + time(record.timestampMs()))
                        .add("key=" + RecordText.shown(record.copyKey()))
                        .add("value=" + RecordText.shown(record.copyValue()));
                for (RecordHeader header : record.headers()) {
                    line.add("header " + RecordText.quoted(header.name()) + "=" + RecordText.shown(header.value()));
                }
                out.println(line);
            }
        } catch (CorruptBatchException e) {
            out.println("  the records cannot be read: " + e.getMessage());
        }
    }

    private static String time(long timestampMs) {
        return timestampMs < 0 ? "none" : Instant.ofEpochMilli(timestampMs).toString();
    }

    @Override
    public void damaged(long filePosition, long endOffset, long resumesAt, String message) {
        out.println("position=" + filePosition + " DAMAGED behind offset " + endOffset + ": " + message
                + (resumesAt < 0 ? "; the rest cannot be read" : "; goes on at " + resumesAt));
    }
}
