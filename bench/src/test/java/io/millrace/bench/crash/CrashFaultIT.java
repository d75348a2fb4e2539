package io.millrace.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench/crash.sh kill 5} and {@code power 2}: the short forms that every change runs. */
@Timeout(240)
class CrashFaultIT {

    @TempDir
    private Path work;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean crash(String mode, int rounds) throws Exception {
        Path scripts = Path.of("tools/src/main/sh");
        Path flags = Files.exists(scripts) ? scripts : Path.of("..").resolve(scripts);
        String broker = "'" + Path.of(System.getProperty("java.home"), "bin", "java") + "' '@"
                + flags.resolve("jvm.flags").toAbsolutePath() + "' '@"
                + flags.resolve("broker.flags").toAbsolutePath() + "' -Dlogback.configurationFile=logback.xml -cp '"
                + System.getProperty("java.class.path")
                + "' io.millrace.tools.Millrace dev --port {port} --admin-port -1 --set millrace.shards=3 --data {data}";
        return CrashMain.crash(mode, rounds, freePort(), work, broker);
    }

    @Test
    void fiveKillsUnderLoadLoseNothing() throws Exception {
        assertThat(crash("kill", 5)).isTrue();
    }

    @Test
    void twoPowerCutsLoseNothing() throws Exception {
        boolean required = System.getenv("MILLRACE_REQUIRE_FAULTS") != null;
        boolean root = System.getProperty("user.name").equals("root");
        assumeTrue(required || root, "power cuts need root, for loop devices");
        assertThat(crash("power", 2)).isTrue();
    }
}
