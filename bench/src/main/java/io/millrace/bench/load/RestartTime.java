package io.millrace.bench.load;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ProduceResponse;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long a broker with data is away: from the start of its process to the first acknowledged batch, after kill -9 and after a
 * clean stop. Prints milliseconds, one line per restart, and the medians; the CPU time tells how much of it a busy machine added.
 *
 * <pre>
 * --command "./millrace dev --port {port} --data {data}" --port 19492 --data DIR --mib 1024 --partitions 64 --rounds 3
 * </pre>
 */
public final class RestartTime {

    private static final int MIB = 1 << 20;
    private static final int BATCH_BYTES = 64 * 1024;
    private static final int IN_FLIGHT = 16;
    /** Written before each kill, so that the journal has something to replay. */
    private static final int MIB_BEFORE_KILL = 128;

    private static final long LIMIT_NS = 60_000_000_000L;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final int ACK_ALL = -1;

    private final String command;
    private final int port;
    private final Path folder;
    private final ProduceShape shape;
    private Process broker;

    private RestartTime(String command, int port, Path folder, ProduceShape shape) throws IOException {
        this.command = command;
        this.port = port;
        this.folder = folder;
        this.shape = shape;
        this.broker = start();
    }

    public static void main(String[] arguments) throws Exception {
        LoadOptions options = new LoadOptions(arguments);
        int mib = options.number("mib", 1024);
        int rounds = options.number("rounds", 3);
        ProduceShape shape = new ProduceShape(
                "restart", options.number("partitions", 64), 1024, BATCH_BYTES, (short) ACK_ALL, Codec.NONE);
        RestartTime measured = new RestartTime(
                options.text("command", "./millrace dev --port {port} --data {data}"),
                options.number("port", 19492),
                Path.of(options.text("data", "restart-data")),
                shape);
        options.checkAllUsed();
        try {
            measured.run(mib, rounds);
        } finally {
            measured.broker.destroyForcibly().waitFor();
        }
    }

    private void run(int mib, int rounds) throws IOException, InterruptedException {
        awaitListening();
        TopicCreation.create(address(), shape.topic(), shape.partitions(), Map.of());
        fill(mib);
        List<Long> killedMs = new ArrayList<>();
        List<Long> stoppedMs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            fill(MIB_BEFORE_KILL);
            broker.destroyForcibly().waitFor();
            killedMs.add(restart("kill -9", 0));
            fill(MIB_BEFORE_KILL);
            long stoppingNs = System.nanoTime();
            broker.destroy();
            broker.waitFor();
            stoppedMs.add(restart("clean stop", (System.nanoTime() - stoppingNs) / NANOS_PER_MS));
        }
        System.out.println("median_ms_after_kill=" + median(killedMs) + " median_ms_after_clean_stop="
                + median(stoppedMs) + " partitions=" + shape.partitions() + " mib=" + mib);
    }

    private long restart(String after, long stopMs) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        broker = start();
        ByteBuffer frame = shape.frames()[0];
        while (!isAcknowledged(frame.duplicate())) {
            if (System.nanoTime() - startNs > LIMIT_NS || !broker.isAlive()) {
                throw new IOException("no acknowledgement after the restart; see " + log());
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        long tookMs = (System.nanoTime() - startNs) / NANOS_PER_MS;
        long cpuMs = broker.info().totalCpuDuration().map(Duration::toMillis).orElse(-1L);
        System.out.println(
                "after=\"" + after + "\" stop_ms=" + stopMs + " first_ack_ms=" + tookMs + " cpu_ms=" + cpuMs);
        return tookMs;
    }

    private boolean isAcknowledged(ByteBuffer frame) {
        try (BrokerSocket socket = new BrokerSocket(address())) {
            socket.write(frame);
            return errorOf(socket.read()) == 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static short errorOf(ByteBuffer answer) {
        ProduceResponse response = (ProduceResponse) BrokerSocket.decode(answer, ApiKey.PRODUCE, ProduceShape.VERSION);
        return response.responses().getFirst().partitionResponses().getFirst().errorCode();
    }

    private void fill(int mib) throws IOException {
        ByteBuffer[] frames = shape.frames();
        long frameCount = (long) mib * MIB / BATCH_BYTES;
        try (BrokerSocket socket = new BrokerSocket(address())) {
            for (long sent = 0, answered = 0; answered < frameCount; answered++) {
                while (sent < frameCount && sent - answered < IN_FLIGHT) {
                    socket.write(frames[(int) (sent++ % frames.length)].duplicate());
                }
                if (errorOf(socket.read()) != 0) {
                    throw new IOException("a batch was refused; see " + log());
                }
            }
        }
    }

    private Process start() throws IOException {
        String line = command.replace("{port}", Integer.toString(port)).replace("{data}", folder.toString());
        return new ProcessBuilder("bash", "-c", "exec " + line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
                .start();
    }

    private File log() {
        return new File(folder + ".log");
    }

    private String address() {
        return "localhost:" + port;
    }

    private void awaitListening() throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        while (true) {
            try {
                new BrokerSocket(address()).close();
                return;
            } catch (IOException notYet) {
                // A first start may build for minutes.
                if (!broker.isAlive() || System.nanoTime() - startNs > 10 * LIMIT_NS) {
                    throw new IOException("the broker does not start; see " + log(), notYet);
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    private static long median(List<Long> values) {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
