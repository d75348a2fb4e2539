package io.millrace.tools.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.ConfigException;
import io.millrace.tools.server.ConfigSources.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourcesTest {

    @TempDir
    private Path folder;

    @Test
    void laterSourcesWin() throws IOException {
        Path file = Files.writeString(folder.resolve("m.yaml"), "num.partitions: 1\nnode.id: 7\nlog.dirs: a\n");
        ConfigSources sources = ConfigSources.read(
                file,
                Map.of("MILLRACE_NUM_PARTITIONS", "2", "MILLRACE_LOG_DIRS", "b", "HOME", "/root"),
                Map.of("num.partitions", "3"));
        assertThat(sources.values())
                .containsOnly(Map.entry("num.partitions", "3"), Map.entry("node.id", "7"), Map.entry("log.dirs", "b"));
        assertThat(sources.origins().get("num.partitions")).isEqualTo(new Setting("3", "command line"));
        assertThat(sources.origins().get("log.dirs")).isEqualTo(new Setting("b", "environment MILLRACE_LOG_DIRS"));
        assertThat(sources.origins().get("node.id")).isEqualTo(new Setting("7", file.toString()));
    }

    @Test
    void ourOwnKeysNeedNoSecondPrefixInTheEnvironment() {
        assertThat(ConfigSources.read(null, Map.of("MILLRACE_DURABILITY", "written"), Map.of())
                        .values())
                .containsOnly(Map.entry("millrace.durability", "written"));
    }

    /** Kubernetes gives every container MILLRACE_PORT and the like once a service is called millrace. */
    @Test
    void environmentThatNamesNoKeyIsReportedNotRefused() {
        ConfigSources sources = ConfigSources.read(
                null, Map.of("MILLRACE_PORT", "tcp://10.0.0.1:9092", "MILLRACE_JAVA_OPTS", "-Xmx1g"), Map.of());
        assertThat(sources.values()).isEmpty();
        assertThat(sources.ignored()).containsExactly("MILLRACE_PORT");
    }

    @Test
    void aMistakeIsNamedWithItsSource() throws IOException {
        Path file = Files.writeString(folder.resolve("m.yaml"), "num.partition: 1\n");
        assertThatThrownBy(() -> ConfigSources.read(file, Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("did you mean 'num.partitions'?")
                .hasMessageEndingWith("(" + file + ")");
        assertThatThrownBy(() -> ConfigSources.read(null, Map.of("MILLRACE_NODE_ID", "x"), Map.of()))
                .hasMessageContaining("node.id")
                .hasMessageEndingWith("(environment MILLRACE_NODE_ID)");
    }
}
