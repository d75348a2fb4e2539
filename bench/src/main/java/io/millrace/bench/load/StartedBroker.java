package io.millrace.bench.load;

import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ProduceResponse;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A broker's process by its command line, in which {@code {port}} and {@code {data}} are replaced: started, stopped, killed and
 * started again on the same folder. Ends with the program. Owned by the program's thread.
 */
public final class StartedBroker implements AutoCloseable {

    private static final long LIMIT_NS = 600_000_000_000L;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final int POLL_MS = 2;
    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

    private final String line;
    private final int port;
    private final File log;
    private volatile Process process;
    private long startedNs;

    /**
     * Starts it.
     *
     * @param data its folder; what it prints goes to a file beside it
     */
    public StartedBroker(String command, int port, Path data) throws IOException {
        this.line = command.replace("{port}", Integer.toString(port)).replace("{data}", data.toString());
        this.port = port;
        this.log = new File(data + ".log");
        this.process = exec();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** Starts it again after {@link #kill} or {@link #stop}. */
    public void start() throws IOException {
        process = exec();
    }

    private Process exec() throws IOException {
        startedNs = System.nanoTime();
        return new ProcessBuilder("bash", "-c", "exec " + line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    public String address() {
        return "localhost:" + port;
    }

    public long pid() {
        return process.pid();
    }

    public double cpuSeconds() throws IOException {
        return BrokerCpu.seconds(pid());
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** A clean stop; how many milliseconds it took. */
    public long stop() throws InterruptedException {
        long stoppingNs = System.nanoTime();
        process.destroy();
        process.waitFor();
        return (System.nanoTime() - stoppingNs) / NANOS_PER_MS;
    }

    /** Milliseconds from the start of the process until the port is open. */
    public long awaitListening() throws IOException, InterruptedException {
        return await(() -> {
            new BrokerSocket(address()).close();
            return true;
        });
    }

    /** Milliseconds from the start of the process until a produce request with this frame is acknowledged. */
    public long awaitAck(ByteBuffer frame) throws IOException, InterruptedException {
        return await(() -> {
            try (BrokerSocket socket = new BrokerSocket(address())) {
                socket.write(frame.duplicate());
                return errorOf(socket.read()) == 0;
            }
        });
    }

    private interface Attempt {
        boolean succeeds() throws IOException;
    }

    private long await(Attempt attempt) throws IOException, InterruptedException {
        while (true) {
            try {
                if (attempt.succeeds()) {
                    return (System.nanoTime() - startedNs) / NANOS_PER_MS;
                }
            } catch (IOException notYet) {
                // The next attempt tells.
            }
            if (!process.isAlive() || System.nanoTime() - startedNs > LIMIT_NS) {
                throw new IOException("the broker does not start; see " + log);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    /** Writes so many frames, one after the other from the given ones, and waits for all acknowledgements. */
    public void fill(ByteBuffer[] frames, long count, int inFlight) throws IOException {
        try (BrokerSocket socket = new BrokerSocket(address())) {
            for (long sent = 0, answered = 0; answered < count; answered++) {
                while (sent < count && sent - answered < inFlight) {
                    socket.write(frames[(int) (sent++ % frames.length)].duplicate());
                }
                short error = errorOf(socket.read());
                if (error != 0) {
                    throw new IOException("a batch was refused with error " + error + "; see " + log);
                }
            }
        }
    }

    private static short errorOf(ByteBuffer answer) {
        ProduceResponse response = (ProduceResponse) BrokerSocket.decode(answer, ApiKey.PRODUCE, ProduceShape.VERSION);
        return response.responses().getFirst().partitionResponses().getFirst().errorCode();
    }

    /** Writes all dirty pages back and empties the page cache; false without the right to. */
    public static boolean dropPageCache() throws IOException, InterruptedException {
        if (!Files.isWritable(DROP_CACHES)) {
            return false;
        }
        new ProcessBuilder("sync").start().waitFor();
        Files.writeString(DROP_CACHES, "3");
        return true;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
