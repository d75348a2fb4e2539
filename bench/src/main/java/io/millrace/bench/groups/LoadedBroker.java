package io.millrace.bench.groups;

import io.millrace.bench.load.BrokerCpu;
import io.millrace.bench.load.BrokerSocket;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.FindCoordinatorRequest;
import io.millrace.protocol.message.FindCoordinatorResponse;
import io.millrace.protocol.message.ListGroupsRequest;
import io.millrace.protocol.message.ListGroupsResponse;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The broker's process: its memory, its CPU time, its restart. Owned by the program's thread. */
@SuppressWarnings("try") // an interrupt while closing ends the program
final class LoadedBroker implements AutoCloseable {

    private static final short FIND_VERSION = 4;
    private static final short LIST_VERSION = 4;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long LIMIT_NS = 600_000_000_000L;
    private static final int KIB_PER_MIB = 1024;
    private static final double MIB = 1 << 20;

    private final String command;
    private final String bootstrap;
    private final File log;
    private Process process;

    /** @param command with the port and folder in it */
    LoadedBroker(String command, int port, Path folder) throws IOException, InterruptedException {
        this.command = command.replace("{port}", Integer.toString(port))
                .replace("{data}", folder.resolve("data").toString());
        this.bootstrap = "localhost:" + port;
        this.log = folder.resolve("broker.log").toFile();
        this.process = start();
        awaitGroups(0);
    }

    String bootstrap() {
        return bootstrap;
    }

    private Process start() throws IOException {
        return new ProcessBuilder("bash", "-c", "exec " + command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** kill -9, and how long until a new process lists that many groups. */
    long restartMs(int groups) throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        long startNs = System.nanoTime();
        process = start();
        awaitGroups(groups);
        return (System.nanoTime() - startNs) / NANOS_PER_MS;
    }

    /** Asking for a coordinator makes the topic of the groups. */
    void findCoordinator() throws IOException, InterruptedException {
        FindCoordinatorRequest request = new FindCoordinatorRequest().coordinatorKeys(List.of("any"));
        try (BrokerSocket socket = new BrokerSocket(bootstrap)) {
            while (((FindCoordinatorResponse) socket.call(ApiKey.FIND_COORDINATOR, FIND_VERSION, request))
                            .coordinators()
                            .getFirst()
                            .errorCode()
                    != 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    private void awaitGroups(int groups) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + LIMIT_NS;
        while (true) {
            try (BrokerSocket socket = new BrokerSocket(bootstrap)) {
                ListGroupsResponse listed =
                        (ListGroupsResponse) socket.call(ApiKey.LIST_GROUPS, LIST_VERSION, new ListGroupsRequest());
                if (listed.errorCode() == 0 && listed.groups().size() >= groups) {
                    return;
                }
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - endNs > 0) {
                    throw new IOException("the broker does not serve; see " + log, e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Resident memory, live heap (after a collection) and CPU time so far. */
    String memory() throws IOException, InterruptedException {
        return "rss_mib=%d live_heap_mib=%.1f cpu_s=%.1f"
                .formatted(residentKib() / KIB_PER_MIB, liveHeapBytes() / MIB, BrokerCpu.seconds(process.pid()));
    }

    private long residentKib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    /** The histogram of live objects ends with {@code Total COUNT BYTES}. */
    private long liveHeapBytes() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        for (String line : text.lines().toList()) {
            if (line.startsWith("Total")) {
                return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1).strip());
            }
        }
        return 0;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
