package io.millrace.client.producer;

import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.cluster.TopicImage;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The partition that records without key of one topic go to, until about a batch of them went there: whole batches for one partition
 * after another rather than many small ones (KIP-794). Thread-safe by its own lock.
 */
final class StickyPartition {

    private final int switchBytes;
    private int current = -1;
    private long bytes;

    StickyPartition(int switchBytes) {
        this.switchBytes = switchBytes;
    }

    synchronized int choose(TopicImage topic, int recordBytes) {
        if (current < 0 || current >= topic.partitionCount() || bytes >= switchBytes) {
            current = next(topic);
            bytes = 0;
        }
        bytes += recordBytes;
        return current;
    }

    // Partitions with a leader are preferred; when none has one, any will do: its records wait.
    private int next(TopicImage topic) {
        int count = topic.partitionCount();
        int start = ThreadLocalRandom.current().nextInt(count);
        if (start == current) {
            start = (start + 1) % count;
        }
        for (int i = 0; i < count; i++) {
            PartitionImage candidate = topic.partitions().get((start + i) % count);
            if (candidate.hasLeader() && (candidate.partition() != current || count == 1)) {
                return candidate.partition();
            }
        }
        return start;
    }
}
