package io.millrace.bench.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs one command of the system to its end. Stateless. */
final class Shell {

    private Shell() {}

    /** What it printed; fails when its exit code is not 0. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with code " + code + ": " + output);
        }
        return output;
    }
}
