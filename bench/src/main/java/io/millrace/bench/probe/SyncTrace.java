package io.millrace.bench.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every sync that a process asks the kernel for, by strace, from {@link #attach} to {@link #detach}. The process is slower
 * meanwhile: each system call of each thread stops twice. Needs strace and the right to trace. Owned by the calling thread.
 */
public final class SyncTrace implements AutoCloseable {

    private static final Pattern CALL = Pattern.compile("\\b(?:fdatasync|fsync|msync|sync_file_range)\\(\\d+<([^>]*)>");
    private static final Pattern FAILED = Pattern.compile("(?:sync|sync_file_range).*= -1 ");
    private static final int DETACH_SECONDS = 20;

    private final Process strace;
    private final Path output;

    private SyncTrace(Process strace, Path output) {
        this.strace = strace;
        this.output = output;
    }

    /**
     * What was seen.
     *
     * @param journal calls on files below a folder named {@code journal}
     * @param segments calls on {@code .log} files of the topic
     * @param others checkpoints, folders and the like, and what belongs to other topics
     */
    public record Syncs(long journal, long segments, long others, long failed) {}

    /** Returns once all threads are attached. */
    public static SyncTrace attach(long pid, Path output) throws IOException {
        Process strace = new ProcessBuilder(
                        "strace",
                        "-f",
                        "-y",
                        "-e",
                        "trace=fdatasync,fsync,sync_file_range,msync,syncfs,sync",
                        "-o",
                        output.toString(),
                        "-p",
                        Long.toString(pid))
                .redirectErrorStream(true)
                .start();
        BufferedReader said = strace.inputReader(StandardCharsets.UTF_8);
        String line;
        while ((line = said.readLine()) != null) {
            if (line.contains("attached")) {
                return new SyncTrace(strace, output);
            }
        }
        throw new IOException("strace does not attach to process " + pid);
    }

    /** Ends the trace and counts; segments are those in folders that have the name of {@code topic} in theirs. */
    public Syncs detach(String topic) throws IOException {
        close();
        long journal = 0;
        long segments = 0;
        long others = 0;
        long failed = 0;
        try (var lines = Files.lines(output)) {
            for (String line : (Iterable<String>) lines::iterator) {
                Matcher call = CALL.matcher(line);
                if (call.find()) {
                    if (List.of(call.group(1).split("/", -1)).contains("journal")) {
                        journal++;
                    } else if (call.group(1).endsWith(".log") && call.group(1).contains(topic)) {
                        segments++;
                    } else {
                        others++;
                    }
                }
                if (FAILED.matcher(line).find()) {
                    failed++;
                }
            }
        }
        return new Syncs(journal, segments, others, failed);
    }

    @Override
    public void close() throws IOException {
        strace.destroy();
        try {
            if (!strace.waitFor(DETACH_SECONDS, TimeUnit.SECONDS)) {
                strace.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while strace detaches", e);
        }
    }
}
