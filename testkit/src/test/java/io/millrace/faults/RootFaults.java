package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What only root on Linux can do to a machine: whether it can be done here, and the commands for it. Stateless. */
final class RootFaults {

    private RootFaults() {}

    /**
     * Skips the test, saying why, where {@code tools} are missing or the user is not root; fails it instead when {@code
     * MILLRACE_REQUIRE_FAULTS} is set, as the whole check does.
     */
    static void require(String... tools) {
        String missing = System.getProperty("user.name").equals("root") ? null : "this test needs root";
        for (String tool : tools) {
            if (missing == null && !isInstalled(tool)) {
                missing = "this test needs " + tool + ": install it";
            }
        }
        if (missing != null && System.getenv("MILLRACE_REQUIRE_FAULTS") != null) {
            throw new AssertionError(missing);
        }
        assumeTrue(missing == null, missing);
    }

    private static boolean isInstalled(String tool) {
        for (String folder : List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return true;
            }
        }
        return false;
    }

    static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("%s: %s", String.join(" ", command), output)
                    .isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
