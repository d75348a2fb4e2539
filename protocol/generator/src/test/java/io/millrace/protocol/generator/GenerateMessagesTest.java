package io.millrace.protocol.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GenerateMessagesTest {
    private static final String TOPIC_RECORD = """
            // A record of our own.
            { "apiKey": 2, "type": "metadata", "name": "TopicRecord", "validVersions": "0-1", "flexibleVersions": "0+",
              "fields": [
                { "name": "Name", "type": "string", "versions": "0+", "about": "The <name>." },
                { "name": "Owner", "type": "string", "versions": "1+", "nullableVersions": "1+", "taggedVersions": "1+", "tag": 0 }
              ] }
            """;

    @TempDir
    private Path temp;

    private Path schemas;
    private Path out;

    @BeforeEach
    void folders() throws IOException {
        schemas = Files.createDirectory(temp.resolve("schemas"));
        out = temp.resolve("out");
    }

    private void generate(Path... sources) {
        java.util.List<String> arguments =
                new java.util.ArrayList<>(java.util.List.of("--package", "demo.record", "--out", out.toString()));
        for (Path source : sources) {
            arguments.add("--source");
            arguments.add(source.toString());
        }
        GenerateMessages.main(arguments.toArray(String[]::new));
    }

    private Path generated(String name) {
        return out.resolve("demo/record").resolve(name + ".java");
    }

    @Test
    void a_folder_of_schemas_becomes_a_class_per_message() throws IOException {
        Files.writeString(schemas.resolve("TopicRecord.json"), TOPIC_RECORD);
        generate(schemas);
        assertThat(Files.readString(generated("TopicRecord")))
                .contains("package demo.record;")
                .contains("public static final short API_KEY = 2;")
                .contains("The &lt;name&gt;.")
                .contains("public @Nullable String owner()");
    }

    @Test
    void a_second_run_over_the_same_schemas_touches_nothing() throws IOException {
        Files.writeString(schemas.resolve("TopicRecord.json"), TOPIC_RECORD);
        generate(schemas);
        FileTime old = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(generated("TopicRecord"), old);
        generate(schemas);
        assertThat(Files.getLastModifiedTime(generated("TopicRecord"))).isEqualTo(old);
    }

    @Test
    void a_class_whose_schema_is_gone_is_removed() throws IOException {
        Files.writeString(schemas.resolve("TopicRecord.json"), TOPIC_RECORD);
        Files.writeString(schemas.resolve("OtherRecord.json"), TOPIC_RECORD.replace("TopicRecord", "OtherRecord"));
        generate(schemas);
        Files.delete(schemas.resolve("OtherRecord.json"));
        generate(schemas);
        assertThat(generated("TopicRecord")).exists();
        assertThat(generated("OtherRecord")).doesNotExist();
    }

    @Test
    void a_later_source_replaces_a_schema_of_the_same_name() throws IOException {
        Path overlay = Files.createDirectory(temp.resolve("overlay"));
        Files.writeString(schemas.resolve("TopicRecord.json"), TOPIC_RECORD);
        Files.writeString(overlay.resolve("TopicRecord.json"), TOPIC_RECORD.replace("\"Name\"", "\"Label\""));
        generate(schemas, overlay);
        assertThat(Files.readString(generated("TopicRecord")))
                .contains("String label()")
                .doesNotContain("String name()");
    }

    @Test
    void schemas_that_make_no_sense_are_refused_by_name() throws IOException {
        refused(TOPIC_RECORD.replace("\"0-1\"", "\"0+\""), "must name a highest version");
        refused(
                TOPIC_RECORD.replace("\"string\", \"versions\": \"0+\"", "\"text\", \"versions\": \"0+\""),
                "unknown type 'text'");
        refused(TOPIC_RECORD.replace(", \"tag\": 0", ""), "tag and taggedVersions belong together");
        refused(
                TOPIC_RECORD.replace("\"flexibleVersions\": \"0+\"", "\"flexibleVersions\": \"none\""),
                "its message flexible");
        refused(TOPIC_RECORD.replace("\"metadata\"", "\"novel\""), "message type 'novel'");
        refused(TOPIC_RECORD.replace("\"Owner\"", "\"name\""), "two fields named name");
        refused("{ nonsense", "not valid JSON");
    }

    private void refused(String schema, String why) throws IOException {
        Files.writeString(schemas.resolve("Broken.json"), schema);
        assertThatThrownBy(() -> generate(schemas))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("Broken.json")
                .hasMessageContaining(why);
    }

    @Test
    void missing_or_unknown_options_are_named() {
        assertThatThrownBy(() -> GenerateMessages.main(new String[] {"--package", "x"}))
                .hasMessageContaining("--out")
                .hasMessageContaining("--source");
        assertThatThrownBy(() -> GenerateMessages.main(new String[] {"--speed", "9"}))
                .hasMessage("unknown option --speed");
        assertThatThrownBy(() -> generate(temp.resolve("nowhere")))
                .hasMessageContaining("neither a jar nor a directory");
    }
}
