package io.millrace.bench.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process holds right now, from /proc. Immutable. */
public record ProcessFigures(double residentMiB, long descriptors, long maps, long threads) {

    private static final double KIB_PER_MIB = 1024;

    public static ProcessFigures of(long pid) throws IOException {
        Path folder = Path.of("/proc/" + pid);
        try (Stream<Path> descriptors = Files.list(folder.resolve("fd"));
                Stream<String> maps = Files.lines(folder.resolve("maps"))) {
            return new ProcessFigures(
                    status(folder, "VmRSS:") / KIB_PER_MIB,
                    descriptors.count(),
                    maps.count(),
                    status(folder, "Threads:"));
        }
    }

    private static long status(Path folder, String key) throws IOException {
        for (String line : Files.readAllLines(folder.resolve("status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + key + " in " + folder + "/status");
    }
}
