package io.millrace.verbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.tools.Millrace;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Runs verbs in this process, as somebody types them. Not thread-safe: it replaces the process's streams. */
final class CommandLines {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final List<String> ending;

    /** @param ending what every line ends with, e.g. {@code --server} and an address */
    CommandLines(String... ending) {
        this.ending = List.of(ending);
    }

    /** What a command printed and returned. */
    record Ran(int exitCode, String out, String err) {

        /** The output as one JSON document; fails the test when it is none. */
        JsonNode json() {
            try {
                return MAPPER.readTree(out);
            } catch (JsonProcessingException e) {
                throw new AssertionError("no JSON: " + out + err, e);
            }
        }

        /** Each line of the output as a JSON document. */
        List<JsonNode> jsonLines() {
            return out.lines().map(line -> new Ran(exitCode, line, err).json()).toList();
        }
    }

    Ran run(String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(ending);
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, UTF_8));
            System.setErr(new PrintStream(errBytes, true, UTF_8));
            int exitCode = Millrace.run(line.toArray(String[]::new));
            System.out.flush();
            return new Ran(exitCode, outBytes.toString(UTF_8), errBytes.toString(UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** Runs a line that succeeds. */
    Ran succeed(String... arguments) {
        Ran ran = run(arguments);
        assertThat(ran.exitCode())
                .as("%s: %s%s", List.of(arguments), ran.out(), ran.err())
                .isZero();
        return ran;
    }
}
