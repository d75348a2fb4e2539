package io.millrace.faults;

import static org.awaitility.Awaitility.await;

import io.millrace.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code millrace dev} as a process of its own, with this test's class path. Owned by the test's thread. */
final class BrokerProcess implements AutoCloseable {

    private static final Pattern GREETING = Pattern.compile("serves the Kafka protocol on (\\S+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;

    private BrokerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it and returns at once.
     *
     * @param work an existing folder; gets what the broker prints, and is its folder for temporary files
     * @param wrapper words in front of the command, e.g. {@code strace -f}
     * @param arguments of {@code millrace dev}, beside free ports
     */
    static BrokerProcess start(Path work, List<String> wrapper, String... arguments) {
        return start(work, System.getProperty("java.class.path"), wrapper, arguments);
    }

    /** @param classPath to use instead of this test's own */
    static BrokerProcess start(Path work, String classPath, List<String> wrapper, String... arguments) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + jvmFlags());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dlogback.configurationFile=logback.xml"));
        command.addAll(List.of("-Djava.io.tmpdir=" + work, "-cp", classPath));
        command.addAll(List.of("io.millrace.tools.Millrace", "dev"));
        List<String> given = List.of(arguments);
        if (!given.contains("--port")) {
            command.addAll(List.of("--port", "0"));
        }
        command.addAll(List.of("--admin-port", "-1", "--set", "millrace.shards=" + TestBroker.SHARDS));
        command.addAll(given);
        try {
            Path log = Files.createTempFile(work, "broker", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().remove("JAVA_TOOL_OPTIONS"); // a JVM prints it, and it is meant for the tests
            return new BrokerProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jvmFlags() {
        return scripts().resolve("jvm.flags");
    }

    /** The script that starts Java. */
    static Path launcher() {
        return scripts().resolve("millrace");
    }

    private static Path scripts() {
        Path below = Path.of("tools/src/main/sh");
        return (Files.exists(below) ? below : Path.of("..").resolve(below)).toAbsolutePath();
    }

    /** Waits until it serves; {@code host:port}. */
    String awaitServing() {
        if (!starts()) {
            throw new AssertionError("the broker ended with code " + process.exitValue() + ":\n" + output());
        }
        Matcher greeting = GREETING.matcher(output());
        return greeting.find() ? greeting.group(1) : "";
    }

    /** Waits until it serves or has ended; whether it serves. */
    boolean starts() {
        await().atMost(PATIENCE).until(() -> GREETING.matcher(output()).find() || !process.isAlive());
        return GREETING.matcher(output()).find();
    }

    /** Whether it has ended, or said that it will because its disk fails. */
    boolean isEnding() {
        return !process.isAlive() || !lines(" is offline: ").isEmpty();
    }

    /** Waits until it has ended by itself; the exit code. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the broker goes on:\n" + output());
        }
        return process.exitValue();
    }

    /** Everything that it printed so far, both streams. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines so far that hold {@code words}. */
    List<String> lines(String words) {
        return output().lines().filter(line -> line.contains(words)).toList();
    }

    /** How many file descriptors the JVM has. */
    int openFiles() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(broker().pid()), "fd"))) {
            return (int) descriptors.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on; what is open stays open. */
    void limitOpenFiles(int count) {
        RootFaults.run("prlimit", "--pid", Long.toString(broker().pid()), "--nofile=" + count + ":");
    }

    /** Asks for an orderly stop, as Ctrl-C does; the exit code. */
    int stop() throws InterruptedException {
        broker().destroy();
        return awaitEnd();
    }

    /** The JVM: the wrapper itself when that replaced itself by it, else below it. */
    private ProcessHandle broker() {
        return process.descendants().reduce((first, second) -> second).orElse(process.toHandle());
    }

    /** kill -9 of the process and everything below it. Idempotent. */
    @Override
    public void close() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
    }
}
