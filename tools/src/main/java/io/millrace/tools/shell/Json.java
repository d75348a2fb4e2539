package io.millrace.tools.shell;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Makes and prints JSON. Field names are those of docs/reference/json.md: camel case, as in Kafka's message schemas. */
public final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper(
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build());

    private Json() {}

    /** One document as one line of bytes, without line feed. */
    public static byte[] lineBytes(JsonNode document) {
        try {
            return MAPPER.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw unprintable(e);
        }
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** One document, over several lines, as the whole output of a verb. */
    public static void print(PrintWriter out, JsonNode document) {
        try {
            out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw unprintable(e);
        }
    }

    /** Text as text, other bytes as base64; the field that does not apply is null, and both are when there are no bytes. */
    public static void bytes(ObjectNode node, String name, byte @Nullable [] bytes) {
        String text = bytes == null ? null : RecordText.utf8(bytes);
        node.put(name, text).put(name + "Base64", bytes == null || text != null ? null : RecordText.base64(bytes));
    }

    /** One document on one line, of as many as a verb prints. */
    public static void printLine(PrintWriter out, JsonNode document) {
        try {
            out.println(MAPPER.writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw unprintable(e);
        }
    }

    private static IllegalStateException unprintable(JsonProcessingException cause) {
        return new IllegalStateException("a tree of plain nodes does not print", cause);
    }
}
