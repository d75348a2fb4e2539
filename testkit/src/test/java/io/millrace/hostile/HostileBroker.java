package io.millrace.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code millrace dev} as a process that is looked at from outside: its memory, descriptors, metrics and log. Owned by one thread. */
public final class HostileBroker implements AutoCloseable {

    private static final Pattern GREETING = Pattern.compile("serves the Kafka protocol on (\\S+):(\\d+)");
    private static final Pattern TROUBLE = Pattern.compile(
            "^\\s+at |^\\S*(Exception|Error)\\b|^Caused by| ERROR |LEAK|OutOfMemory", Pattern.MULTILINE);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final int adminPort;
    private final HttpClient http = HttpClient.newHttpClient();

    private HostileBroker(Process process, Path log, int adminPort) {
        this.process = process;
        this.log = log;
        this.adminPort = adminPort;
    }

    /** Numbers of one moment, after a garbage collection. */
    public record Measure(
            long rssBytes, long heapBytes, long directBytes, long otherNativeBytes, long files, long inFlight) {

        @Override
        public String toString() {
            return String.format(
                    "RSS %.1f MiB, heap %.1f MiB, direct %.1f MiB, native \"Other\" %.1f MiB, %d descriptors, %d requests in flight",
                    rssBytes / 1048576.0,
                    heapBytes / 1048576.0,
                    directBytes / 1048576.0,
                    otherNativeBytes / 1048576.0,
                    files,
                    inFlight);
        }
    }

    /**
     * Starts a broker of its own process.
     *
     * @param jvm options beside those of the packaged command
     * @param settings of the broker, each {@code key=value}
     */
    public static HostileBroker start(Path work, List<String> jvm, List<String> settings) throws IOException {
        int adminPort = freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + flags());
        command.addAll(jvm);
        command.addAll(List.of(
                "-XX:+UseSerialGC", "-XX:NativeMemoryTracking=summary", "-Dlogback.configurationFile=logback.xml"));
        command.addAll(List.of("-Djava.io.tmpdir=" + work, "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("io.millrace.tools.Millrace", "dev", "--port", "0", "--admin-port", "" + adminPort));
        command.addAll(List.of("--data", work.resolve("data").toString()));
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        Path log = work.resolve("broker.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        HostileBroker broker = new HostileBroker(builder.start(), log, adminPort);
        broker.port();
        return broker;
    }

    private static Path flags() {
        Path below = Path.of("tools/src/main/sh/jvm.flags");
        return (Files.exists(below) ? below : Path.of("..").resolve(below)).toAbsolutePath();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits until it serves. */
    public int port() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            Matcher greeting = GREETING.matcher(output());
            if (greeting.find()) {
                return Integer.parseInt(greeting.group(2));
            }
            awaitMs(50);
        }
        throw new IllegalStateException("the broker does not serve:\n" + output());
    }

    private static void awaitMs(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    public String bootstrap() {
        return "127.0.0.1:" + port();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of its log that no client may bring about, each with the few behind it. */
    public List<String> troubles() {
        List<String> lines = output().lines().toList();
        List<String> troubles = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (TROUBLE.matcher(lines.get(i)).find()) {
                troubles.add(lines.get(i));
            }
        }
        return troubles;
    }

    /** Sum over the lines of a metric whose labels contain {@code label}; 0 when there are none. */
    public double metric(String name, String label) {
        return scrape().lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    public String scrape() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/metrics"))
                .timeout(PATIENCE)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    public Measure measure() {
        jcmd("GC.run");
        jcmd("GC.run");
        double heap = metric("jvm_memory_used_bytes", "area=\"heap\"");
        Matcher other = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB")
                .matcher(jcmd("VM.native_memory", "summary"));
        long otherKb = other.find() ? Long.parseLong(other.group(1)) : 0;
        return new Measure(
                rssBytes(),
                (long) heap,
                (long) metric("jvm_buffer_memory_used_bytes", "direct"),
                otherKb * 1024,
                openFiles(),
                (long) metric("millrace_network_in_flight_requests", ""));
    }

    public long rssBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", "" + process.pid(), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc", "" + process.pid(), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes what its memory and descriptors are made of beside its log. */
    public void keepDetails() {
        try {
            Files.writeString(log.resolveSibling("histogram.txt"), jcmd("GC.class_histogram"));
            Files.writeString(log.resolveSibling("native.txt"), jcmd("VM.native_memory", "summary"));
            List<String> open = new ArrayList<>();
            try (Stream<Path> files = Files.list(Path.of("/proc", "" + process.pid(), "fd"))) {
                for (Path file : files.toList()) {
                    open.add(Files.readSymbolicLink(file).toString());
                }
            }
            Files.write(log.resolveSibling("files.txt"), open);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Output of {@code jcmd} about the broker. */
    public String jcmd(String... words) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), "" + process.pid()));
        command.addAll(List.of(words));
        try {
            Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(jcmd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An orderly stop; whether it ended in time and well. */
    public boolean stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                && (process.exitValue() == 0 || process.exitValue() == 143);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
