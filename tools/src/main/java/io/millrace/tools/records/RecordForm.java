package io.millrace.tools.records;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.protocol.record.RecordHeader;
import io.millrace.tools.shell.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a record looks as a line. */
sealed interface RecordForm {

    /** Appends the line without its line feed. */
    void write(ConsumerRecord record, ByteArrayOutputStream out);

    /** The value's bytes as they are, perhaps with the key's before them; {@code null} for those that are missing. */
    @SuppressWarnings("ArrayRecordComponent") // bytes of the command line; nobody compares forms
    record Plain(boolean showKey, byte[] separator) implements RecordForm {

        @Override
        public void write(ConsumerRecord record, ByteArrayOutputStream out) {
            if (showKey) {
                out.writeBytes(orNull(record.key()));
                out.writeBytes(separator);
            }
            out.writeBytes(orNull(record.value()));
        }

        private static byte[] orNull(byte @Nullable [] bytes) {
            return bytes == null ? "null".getBytes(StandardCharsets.US_ASCII) : bytes;
        }
    }

    /** All of a record as a JSON document, see docs/reference/json.md. */
    record AsJson() implements RecordForm {

        @Override
        public void write(ConsumerRecord record, ByteArrayOutputStream out) {
            ObjectNode document = Json.object()
                    .put("topic", record.topic())
                    .put("partition", record.partition().partition())
                    .put("offset", record.offset())
                    .put("timestamp", record.timestampMs());
            Json.bytes(document, "key", record.key());
            Json.bytes(document, "value", record.value());
            ArrayNode headers = document.putArray("headers");
            for (RecordHeader header : record.headers()) {
                Json.bytes(headers.addObject().put("name", header.name()), "value", header.value());
            }
            out.writeBytes(Json.lineBytes(document));
        }
    }
}
