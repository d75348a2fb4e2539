package io.millrace.bench.load;

import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.protocol.record.RecordBatchScanner;
import java.io.IOException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Follows the end of a topic with one partition; request {@code n} of its only producer is the record at offset {@code n}. */
final class LiveConsumer {

    private static final long MAX_LATENCY_NS = 60_000_000_000L;
    private static final int MAX_BYTES = 1 << 20;

    private final BrokerSocket socket;
    private final String topic;
    private final ProduceConnection producer;
    private final Recorder latencyNs = new Recorder(MAX_LATENCY_NS, 3);
    private volatile boolean stopping;

    LiveConsumer(String bootstrap, String topic, ProduceConnection producer) throws IOException {
        this.socket = new BrokerSocket(bootstrap);
        this.topic = topic;
        this.producer = producer;
    }

    void consume() throws IOException {
        RecordBatchScanner scanner = new RecordBatchScanner();
        long offset = 0;
        while (!stopping) {
            FetchResponse response = (FetchResponse)
                    socket.call(ApiKey.FETCH, FetchLoad.VERSION, FetchLoad.request(topic, 0, offset, MAX_BYTES));
            long nowNs = System.nanoTime();
            FetchResponse.PartitionData answer =
                    response.responses().getFirst().partitions().getFirst();
            if (answer.errorCode() != 0) {
                throw new IOException("the live fetch failed with " + answer.errorCode());
            }
            BufferRecords found = (BufferRecords) answer.records();
            if (found == null || found.sizeBytes() == 0) {
                continue;
            }
            scanner.reset(found.nioBuffer(), 0, found.sizeBytes());
            while (scanner.next()) {
                for (long at = Math.max(offset, scanner.batch().baseOffset());
                        at < scanner.batch().nextOffset();
                        at++) {
                    latencyNs.recordValue(Math.clamp(nowNs - producer.intendedNs(at), 0, MAX_LATENCY_NS));
                }
                offset = scanner.batch().nextOffset();
            }
        }
        socket.close();
    }

    void stop() {
        stopping = true;
    }

    Histogram latencyNs() {
        return latencyNs.getIntervalHistogram();
    }
}
