package io.millrace.bench.load;

import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.FetchRequest;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.protocol.record.RecordBatchScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Reads every partition of a topic from its beginning, one connection per partition, until an answer stays empty, and prints
 * one line of figures. {@code --bootstrap localhost:9092 --topic t --partitions 6 --max-bytes 1048576 --rounds 1
 * --warmup-rounds 0 --cpu-of PID}. Latency is from a request to its whole answer. {@code --check 1}: every batch must begin where
 * the one before ended and have the right CRC; {@code records} is how many offsets were read.
 */
public final class FetchLoad {

    /** The last version that names topics. */
    static final short VERSION = 12;

    private static final int MAX_WAIT_MS = 100;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MS = 1e6;
    private static final double BYTES_PER_MB = 1e6;

    private FetchLoad() {}

    public static void main(String[] arguments) throws Exception {
        LoadOptions options = new LoadOptions(arguments);
        String bootstrap = options.text("bootstrap", "localhost:9092");
        String topic = options.text("topic", "bench");
        int partitions = options.number("partitions", 6);
        int maxBytes = options.number("max-bytes", 1 << 20);
        int rounds = options.number("rounds", 1);
        int warmupRounds = options.number("warmup-rounds", 0);
        int broker = options.number("cpu-of", BrokerCpu.NO_PROCESS);
        boolean checks = options.number("check", 0) == 1;
        options.checkAllUsed();
        if (warmupRounds > 0) {
            run(bootstrap, topic, partitions, maxBytes, warmupRounds, checks);
        }
        long self = ProcessHandle.current().pid();
        double cpuBefore = BrokerCpu.seconds(broker);
        double ownCpuBefore = BrokerCpu.seconds(self);
        String figures = run(bootstrap, topic, partitions, maxBytes, rounds, checks);
        System.out.printf(
                Locale.ROOT,
                "%s client_cpu_s=%.2f cpu_s=%.2f%n",
                figures,
                BrokerCpu.seconds(self) - ownCpuBefore,
                BrokerCpu.seconds(broker) - cpuBefore);
    }

    private static String run(String bootstrap, String topic, int partitions, int maxBytes, int rounds, boolean checks)
            throws InterruptedException {
        AtomicLong bytes = new AtomicLong();
        AtomicLong records = new AtomicLong();
        AtomicLong endNs = new AtomicLong();
        ConcurrentHistogram latencyNs = new ConcurrentHistogram(3);
        long startNs = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            int number = partition;
            threads.add(LoadThreads.start("fetch-" + partition, () -> {
                for (int round = 0; round < rounds; round++) {
                    bytes.addAndGet(readAll(bootstrap, topic, number, maxBytes, checks, records, endNs, latencyNs));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (endNs.get() - startNs) / NANOS_PER_SECOND;
        return String.format(
                Locale.ROOT,
                "mb_per_s=%.1f bytes=%d records=%d seconds=%.2f requests=%d p50_ms=%.3f p99_ms=%.3f",
                bytes.get() / BYTES_PER_MB / seconds,
                bytes.get(),
                records.get(),
                seconds,
                latencyNs.getTotalCount(),
                latencyNs.getValueAtPercentile(50) / NANOS_PER_MS,
                latencyNs.getValueAtPercentile(99) / NANOS_PER_MS);
    }

    private static long readAll(
            String bootstrap,
            String topic,
            int partition,
            int maxBytes,
            boolean checks,
            AtomicLong records,
            AtomicLong endNs,
            ConcurrentHistogram latencyNs)
            throws IOException {
        long offset = 0;
        long bytes = 0;
        try (BrokerSocket socket = new BrokerSocket(bootstrap)) {
            while (true) {
                long askedNs = System.nanoTime();
                FetchResponse response =
                        (FetchResponse) socket.call(ApiKey.FETCH, VERSION, request(topic, partition, offset, maxBytes));
                FetchResponse.PartitionData answer =
                        response.responses().getFirst().partitions().getFirst();
                if (answer.errorCode() != 0) {
                    throw new IOException("fetch of " + topic + "-" + partition + " failed with " + answer.errorCode());
                }
                BufferRecords found = (BufferRecords) answer.records();
                if (found == null || found.sizeBytes() == 0) {
                    records.addAndGet(offset);
                    return bytes;
                }
                long answeredNs = System.nanoTime();
                latencyNs.recordValue(answeredNs - askedNs);
                endNs.accumulateAndGet(answeredNs, Math::max);
                bytes += found.sizeBytes();
                offset = nextOffset(found.nioBuffer(), offset, checks);
            }
        }
    }

    private static long nextOffset(ByteBuffer batches, long offset, boolean checks) throws IOException {
        RecordBatchScanner scanner = new RecordBatchScanner();
        scanner.reset(batches, batches.position(), batches.limit());
        long next = offset;
        while (scanner.next()) {
            boolean wrong = checks
                    && (scanner.batch().baseOffset() != next || !scanner.batch().crcValid());
            if (wrong) {
                throw new IOException(
                        "a batch with base offset " + scanner.batch().baseOffset() + " stands at " + next
                                + (scanner.batch().crcValid() ? "" : " and is damaged"));
            }
            next = scanner.batch().nextOffset();
        }
        return next;
    }

    static FetchRequest request(String topic, int partition, long offset, int maxBytes) {
        FetchRequest.FetchPartition wanted = new FetchRequest.FetchPartition()
                .partition(partition)
                .fetchOffset(offset)
                .partitionMaxBytes(maxBytes);
        return new FetchRequest()
                .maxWaitMs(MAX_WAIT_MS)
                .minBytes(1)
                .maxBytes(maxBytes)
                .topics(List.of(new FetchRequest.FetchTopic().topic(topic).partitions(List.of(wanted))));
    }
}
