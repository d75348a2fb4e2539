package io.millrace.tools.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Map<String, String> read(String name, String text) throws IOException {
        return ConfigFile.read(file(name, text));
    }

    @Test
    void yamlMayNestDotAndList() throws IOException {
        assertThat(read("a.yaml", """
                # one broker
                num.partitions: 6
                log:
                  dirs: /var/lib/millrace
                listeners:
                  - IN://localhost:9092
                  - OUT://localhost:9093
                auto.create.topics.enable: false
                """))
                .containsExactly(
                        Map.entry("num.partitions", "6"),
                        Map.entry("log.dirs", "/var/lib/millrace"),
                        Map.entry("listeners", "IN://localhost:9092,OUT://localhost:9093"),
                        Map.entry("auto.create.topics.enable", "false"));
    }

    @Test
    void propertiesAreReadAsKafkasAre() throws IOException {
        assertThat(read("server.properties", "# comment\nnum.partitions = 3 \nlog.dirs=a\\\n  b\n"))
                .containsOnly(Map.entry("num.partitions", "3"), Map.entry("log.dirs", "ab"));
    }

    @Test
    void anEmptyFileIsNoConfiguration() throws IOException {
        assertThat(read("a.yml", "")).isEmpty();
        assertThat(read("b.yml", "# only a comment\n")).isEmpty();
        assertThat(read("c.properties", "")).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidWithTheFile() {
        assertThatThrownBy(() -> read("bad.yaml", "a: [1, 2\nb: 3\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bad.yaml is not good YAML, line ");
        assertThatThrownBy(() -> read("twice.yaml", "a: 1\na: 2\n")).hasMessageContaining("twice.yaml");
        assertThatThrownBy(() -> read("nested.yaml", "a.b: 1\na:\n  b: 2\n")).hasMessageContaining("gives a.b twice");
        assertThatThrownBy(() -> read("null.yaml", "log.dirs:\n")).hasMessageContaining("no value for log.dirs");
        assertThatThrownBy(() -> read("list.yaml", "- a\n")).hasMessageContaining("holds no mapping");
        assertThatThrownBy(() -> read("a.toml", "a = 1\n")).hasMessageContaining("call it .yaml or .properties");
        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("missing.yaml")))
                .hasMessageContaining("There is no configuration file");
        assertThatThrownBy(() -> ConfigFile.read(folder)).hasMessageContaining("is a folder");
    }
}
