package io.millrace.tools.shell;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;

/** Makes and prints JSON. Field names are those of docs/reference/json.md: camel case, as in Kafka's message schemas. */
public final class Json {

    private static final ObjectMapper MAPPER =
            new ObjectMapper(new JsonFactory().enable(JsonGenerator.Feature.ESCAPE_NON_ASCII));

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** One document, over several lines, as the whole output of a verb. */
    public static void print(PrintWriter out, JsonNode document) {
        out.println(document.toPrettyString());
    }

    /** One document on one line, of as many as a verb prints. */
    public static void printLine(PrintWriter out, JsonNode document) {
        try {
            out.println(MAPPER.writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain nodes does not print", e);
        }
    }
}
