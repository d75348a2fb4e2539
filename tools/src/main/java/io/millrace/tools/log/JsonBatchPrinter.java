package io.millrace.tools.log;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.RecordHeader;
import io.millrace.protocol.record.RecordView;
import io.millrace.tools.shell.Json;
import java.io.PrintWriter;
import java.nio.file.Path;

/** A line with one JSON document per batch. */
final class JsonBatchPrinter implements BatchPrinter {

    private final PrintWriter out;
    private final boolean records;
    private final long from;
    private final long to;
    private final RecordCursor cursor = new RecordCursor();
    private String file = "";

    JsonBatchPrinter(PrintWriter out, boolean records, long from, long to) {
        this.out = out;
        this.records = records;
        this.from = from;
        this.to = to;
    }

    @Override
    public void file(Path path) {
        file = path.toString();
    }

    @Override
    public void batch(RecordBatchView batch, long filePosition) {
        Codec codec = batch.codec();
        boolean idempotent = batch.hasProducerId();
        ObjectNode document = Json.object()
                .put("file", file)
                .put("position", filePosition)
                .put("bytes", batch.sizeBytes())
                .put("crcValid", true)
                .put("baseOffset", batch.baseOffset())
                .put("lastOffset", batch.lastOffset())
                .put("recordCount", batch.recordCount())
                .put("codec", codec == null ? null : codec.configName())
                .put("timestampType", batch.timestampType().name())
                .put("baseTimestamp", batch.baseTimestampMs())
                .put("maxTimestamp", batch.maxTimestampMs())
                .put("leaderEpoch", batch.partitionLeaderEpoch())
                .put("producerId", idempotent ? Long.valueOf(batch.producerId()) : null)
                .put("producerEpoch", idempotent ? Integer.valueOf(batch.producerEpoch()) : null)
                .put("baseSequence", idempotent ? Integer.valueOf(batch.baseSequence()) : null)
                .put("lastSequence", idempotent ? Integer.valueOf(batch.lastSequence()) : null)
                .put("transactional", batch.isTransactional())
                .put("control", batch.isControl())
                .putNull("error");
        if (records) {
            records(batch, document);
        }
        Json.printLine(out, document);
    }

    private void records(RecordBatchView batch, ObjectNode document) {
        ArrayNode array = document.putArray("records");
        try {
            cursor.reset(batch);
            while (cursor.next()) {
                RecordView record = cursor.record();
                if (record.offset() < from || record.offset() >= to) {
                    continue;
                }
                ObjectNode node =
                        array.addObject().put("offset", record.offset()).put("timestamp", record.timestampMs());
                Json.bytes(node, "key", record.copyKey());
                Json.bytes(node, "value", record.copyValue());
                ArrayNode headers = node.putArray("headers");
                for (RecordHeader header : record.headers()) {
                    Json.bytes(headers.addObject().put("name", header.name()), "value", header.value());
                }
            }
        } catch (CorruptBatchException e) {
            document.put("error", "the records cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void damaged(long filePosition, long endOffset, long resumesAt, String message) {
        Json.printLine(
                out,
                Json.object()
                        .put("file", file)
                        .put("position", filePosition)
                        .put("crcValid", false)
                        .put("endOffset", endOffset)
                        .put("resumesAt", resumesAt < 0 ? null : Long.valueOf(resumesAt))
                        .put("error", message));
    }
}
