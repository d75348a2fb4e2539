package io.millrace.bench.crash;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the whole topic with assigned partitions and holds it against the ledgers. Used by the main thread. */
final class TopicReader {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String bootstrap;
    private final List<TopicPartition> partitions;

    TopicReader(String bootstrap, String topic, int partitions) {
        this.bootstrap = bootstrap;
        this.partitions = IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
    }

    /**
     * Reads up to the ends of this moment.
     *
     * @param acked by writer, then by sequence: the acknowledged offset, negative where there is none; taken before the call
     * @param ledgers by writer: bounds what may be found
     */
    Verdict check(List<long[]> acked, List<Ledger> ledgers) {
        Verdict verdict = new Verdict();
        Seen seen = new Seen(acked.size(), partitions.size());
        long read = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        200,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                int count = 0;
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(500))) {
                    seen.take(found, ledgers, verdict);
                    count++;
                }
                read += count;
                if (count > 0) {
                    deadlineNs = System.nanoTime() + PATIENCE.toNanos();
                } else if (System.nanoTime() > deadlineNs) {
                    throw new IllegalStateException(
                            "no record for " + PATIENCE.toSeconds() + " s below the end " + ends);
                }
            }
        }
        verdict.read(read);
        seen.compare(acked, verdict);
        return verdict;
    }

    /** What was found, by writer. */
    private static final class Seen {
        private final BitSet[] sequences;
        private final long[][] offsets;
        private final int[][] last;
        private final int partitionCount;

        private Seen(int writers, int partitionCount) {
            this.partitionCount = partitionCount;
            sequences = new BitSet[writers];
            offsets = new long[writers][];
            last = new int[writers][partitionCount];
            for (int i = 0; i < writers; i++) {
                sequences[i] = new BitSet();
                offsets[i] = new long[1 << 16];
                Arrays.fill(last[i], -1);
            }
        }

        private void take(ConsumerRecord<byte[], byte[]> found, List<Ledger> ledgers, Verdict verdict) {
            String place = found.partition() + "@" + found.offset();
            String[] parts = new String(found.value(), StandardCharsets.US_ASCII).split(" ", 3);
            int writer = Integer.parseInt(parts[0]);
            int sequence = Integer.parseInt(parts[1]);
            boolean sent = sequence < ledgers.get(writer).sent()
                    && sequence % partitionCount == found.partition()
                    && Arrays.equals(found.value(), Writer.value(writer, sequence));
            if (!sent) {
                verdict.foreign(place);
                return;
            }
            String name = writer + "#" + sequence + " at " + place;
            if (sequences[writer].get(sequence)) {
                verdict.duplicated(name + " and at " + offsets[writer][sequence]);
                return;
            }
            sequences[writer].set(sequence);
            if (sequence >= offsets[writer].length) {
                offsets[writer] = Arrays.copyOf(offsets[writer], Math.max(sequence + 1, offsets[writer].length * 2));
            }
            offsets[writer][sequence] = found.offset();
            if (last[writer][found.partition()] > sequence) {
                verdict.disordered(name + " after #" + last[writer][found.partition()]);
            }
            last[writer][found.partition()] = sequence;
        }

        private void compare(List<long[]> acked, Verdict verdict) {
            for (int writer = 0; writer < acked.size(); writer++) {
                long[] answers = acked.get(writer);
                long count = 0;
                for (int sequence = 0; sequence < answers.length; sequence++) {
                    if (answers[sequence] < 0) {
                        continue;
                    }
                    count++;
                    String name = writer + "#" + sequence + " acknowledged at " + sequence % partitionCount + "@"
                            + answers[sequence];
                    if (!sequences[writer].get(sequence)) {
                        verdict.lost(name);
                    } else if (offsets[writer][sequence] != answers[sequence]) {
                        verdict.misplaced(name + ", found at " + offsets[writer][sequence]);
                    }
                }
                verdict.acked(count);
            }
        }
    }
}
