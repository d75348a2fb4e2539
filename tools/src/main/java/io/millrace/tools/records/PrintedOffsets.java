package io.millrace.tools.records;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.group.CommittedOffset;
import io.millrace.client.error.RefusedException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Commits what was printed, for a group. Owned by the polling thread. */
final class PrintedOffsets {

    private final Consumer consumer;
    private final PrintWriter err;

    PrintedOffsets(Consumer consumer, PrintWriter err) {
        this.consumer = consumer;
        this.err = err;
    }

    /** These records, in the order in which they were polled, are out. */
    void printed(List<ConsumerRecord> records) {
        Map<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
        for (ConsumerRecord record : records) {
            offsets.put(record.partition(), new CommittedOffset(record.offset() + 1, record.leaderEpoch(), ""));
        }
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commit(offsets);
        } catch (RefusedException e) {
            err.println("the last " + records.size() + " records may come again: " + e.getMessage());
            err.flush();
        }
    }
}
