package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody reads whose broker cannot start. */
class DevStartIT {

    @TempDir
    private Path work;

    private static List<String> folders(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).map(Path::toString).toList();
        }
    }

    @Test
    void aPortInUseIsNamedAndTheEphemeralFolderIsGone() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                BrokerProcess broker = BrokerProcess.start(
                        work, List.of(), "--ephemeral", "--port", Integer.toString(other.getLocalPort()))) {
            assertThat(broker.awaitEnd()).isEqualTo(1);
            assertThat(broker.output())
                    .isEqualToNormalizingNewlines("millrace: listener PLAINTEXT: cannot listen on localhost:"
                            + other.getLocalPort()
                            + ": the port is in use by another process; stop that one or choose another port\n");
            assertThat(folders(work)).isEmpty();
        }
    }

    @Test
    void anUnknownSettingLeavesNoEphemeralFolderEither() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--ephemeral", "--set", "num.partition=3")) {
            assertThat(broker.awaitEnd()).isEqualTo(2);
            assertThat(broker.output()).contains("did you mean 'num.partitions'?");
            assertThat(folders(work)).isEmpty();
        }
    }

    @Test
    void aFolderInUseIsNamedAndItsOwnerGoesOn() throws Exception {
        String data = work.resolve("data").toString();
        try (BrokerProcess first = BrokerProcess.start(work, List.of(), "--data", data)) {
            first.awaitServing();
            try (BrokerProcess second = BrokerProcess.start(work, List.of(), "--data", data)) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                assertThat(second.output())
                        .isEqualToNormalizingNewlines("millrace: " + data
                                + " is in use by another process: stop that process or name another folder\n");
            }
            assertThat(first.stop()).isZero();
        }
    }

    @Test
    void aLimitOfOpenFilesTooLowForJavaIsNamedByTheLauncher() throws Exception {
        Process launcher = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -n 100; exec bash \"$0\" dev",
                        BrokerProcess.launcher().toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(launcher.waitFor()).isEqualTo(2);
        assertThat(output)
                .startsWith("millrace: only 100 open files are allowed here")
                .contains("ulimit -n");
    }
}
