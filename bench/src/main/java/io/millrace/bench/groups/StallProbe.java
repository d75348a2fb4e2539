package io.millrace.bench.groups;

import io.millrace.bench.load.BrokerSocket;
import io.millrace.bench.load.ProduceShape;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.MetadataRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Asks the broker for something else all the while: every 10 ms a produce with acks=all and a Metadata request, from a connection and
 * a thread each; latency counts from the intended time. A broker that stalls shows here.
 */
final class StallProbe {

    private static final long INTERVAL_NS = 10_000_000;
    private static final long MAX_LATENCY_NS = 300_000_000_000L;
    private static final short METADATA_VERSION = 8;
    private static final int RECORD_BYTES = 100;

    private final Recorder produceNs = new Recorder(MAX_LATENCY_NS, 3);
    private final Recorder metadataNs = new Recorder(MAX_LATENCY_NS, 3);
    private volatile boolean running = true;

    private StallProbe() {}

    /** Starts both; the topic has to be there. */
    static StallProbe start(String bootstrap) throws IOException {
        StallProbe probe = new StallProbe();
        ByteBuffer produce =
                new ProduceShape(GroupFigures.TOPIC, 1, RECORD_BYTES, RECORD_BYTES, (short) -1, Codec.NONE).frames()[0];
        ByteBuffer metadata = BrokerSocket.encode(
                ApiKey.METADATA,
                METADATA_VERSION,
                0,
                new MetadataRequest()
                        .topics(List.of(new MetadataRequest.MetadataRequestTopic().name(GroupFigures.TOPIC))));
        probe.start(bootstrap, produce, probe.produceNs);
        probe.start(bootstrap, metadata, probe.metadataNs);
        return probe;
    }

    private void start(String bootstrap, ByteBuffer frame, Recorder latencyNs) {
        Thread.ofPlatform().daemon().name("probe").start(() -> {
            try (BrokerSocket socket = new BrokerSocket(bootstrap)) {
                long intendedNs = System.nanoTime();
                while (running) {
                    long waitNs;
                    while ((waitNs = intendedNs - System.nanoTime()) > 0) {
                        LockSupport.parkNanos(waitNs);
                    }
                    socket.write(frame.duplicate());
                    socket.read();
                    long nowNs = System.nanoTime();
                    // Those that should have been asked meanwhile count with what was left of the wait.
                    latencyNs.recordValueWithExpectedInterval(nowNs - intendedNs, INTERVAL_NS);
                    intendedNs = Math.max(intendedNs, nowNs) + INTERVAL_NS;
                }
            } catch (IOException e) {
                if (running) {
                    System.err.println("probe: " + e);
                    Runtime.getRuntime().halt(1);
                }
            }
        });
    }

    void stop() {
        running = false;
    }

    /** What was measured since the last call. */
    String take() {
        Histogram produce = produceNs.getIntervalHistogram();
        Histogram metadata = metadataNs.getIntervalHistogram();
        return GroupFigures.quantiles("produce", produce).strip() + GroupFigures.quantiles("metadata", metadata);
    }
}
