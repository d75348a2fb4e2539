package io.millrace.runtime.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What this process holds of the machine's memory, as Linux tells it. Immutable.
 *
 * @param residentBytes all that is in memory now
 * @param anonymousBytes of that, memory of its own: heap, stacks, direct buffers
 * @param fileBytes of that, pages of mapped files, which the system takes back when it needs them
 */
public record ProcessMemory(long residentBytes, long anonymousBytes, long fileBytes) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final ProcessMemory UNKNOWN = new ProcessMemory(0, 0, 0);
    private static final int KIB = 1024;

    /** Now; all 0 where there is no such file. Blocks for some microseconds. */
    public static ProcessMemory read() {
        try {
            return parse(Files.readString(STATUS));
        } catch (IOException noLinux) {
            return UNKNOWN;
        }
    }

    static ProcessMemory parse(String status) {
        long resident = kib(status, "VmRSS:").orElse(0);
        return new ProcessMemory(
                resident,
                kib(status, "RssAnon:").orElse(0),
                kib(status, "RssFile:").orElse(0) + kib(status, "RssShmem:").orElse(0));
    }

    private static OptionalLong kib(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(
                                line.substring(key.length()).replace("kB", "").strip())
                        * KIB)
                .findFirst();
    }
}
