package io.millrace.broker.metrics;

import io.millrace.protocol.record.BatchFault;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.engine.LogStore;
import io.millrace.storage.engine.StoreCounts;
import io.millrace.storage.log.Quarantine;
import java.util.Locale;

/** The logs of one shard and the store that holds them. Owned by the shard loop; looks at every log at a scrape. */
public final class LogMeters implements MeterSource {

    private static final double NANOS_PER_SECOND = 1e9;

    private final ShardReplicas replicas;
    private final ShardTraffic traffic;
    private final StoreCounts counts;
    private final int maxPartitions;

    /** @param maxPartitions of this shard that have series of their own: the first ones */
    public LogMeters(ShardReplicas replicas, ShardTraffic traffic, LogStore store, int maxPartitions) {
        this.replicas = replicas;
        this.traffic = traffic;
        this.counts = store.counts();
        this.maxPartitions = maxPartitions;
    }

    @Override
    public void read(Readings into) {
        int[] left = {maxPartitions};
        int[] damaged = {0};
        replicas.eachLog(log -> {
            damaged[0] += log.damage() == null ? 0 : 1;
            String topic = traffic.label(log.identity().topicId());
            into.add(Meter.TOPIC_LOG, log.sizeBytes(), topic);
            into.add(Meter.TOPIC_PARTITIONS, 1, topic);
            if (left[0] > 0) {
                left[0]--;
                offsets(log, into);
            }
        });
        into.add(Meter.JOURNAL_SYNC, counts.journalSyncNs());
        into.add(Meter.JOURNAL_SYNC_BYTES, counts.journalGroupBytes());
        into.max(Meter.JOURNAL_RUNNING_SYNC, counts.runningSyncNs() / NANOS_PER_SECOND);
        into.add(Meter.JOURNAL_FILE_WAITS, counts.journalFileWaits());
        into.add(Meter.UNWRITTEN, counts.unwrittenBytes());
        into.add(Meter.OPEN_SEGMENTS, counts.openSegments());
        into.add(Meter.OPEN_SEGMENT_EVICTIONS, counts.openSegmentEvictions());
        into.add(Meter.REMOVED_SEGMENTS, counts.removedSegments());
        into.add(Meter.REMOVED_BYTES, counts.removedBytes());
        into.add(Meter.DAMAGED_LOGS, damaged[0]);
        for (Quarantine.FoundBy by : Quarantine.FoundBy.values()) {
            into.add(Meter.LOG_DAMAGE, counts.damages(by), by.name().toLowerCase(Locale.ROOT));
        }
        for (BatchFault fault : BatchFault.values()) {
            into.add(
                    Meter.DECODE_REJECTS,
                    counts.refused(fault),
                    "batch_" + fault.name().toLowerCase(Locale.ROOT));
        }
    }

    private static void offsets(PartitionLog log, Readings into) {
        String topic = log.identity().topic();
        String partition = Integer.toString(log.identity().partition());
        into.add(Meter.LOG_START, log.logStartOffset(), topic, partition);
        into.add(Meter.LOG_END, log.logEndOffset(), topic, partition);
    }
}
