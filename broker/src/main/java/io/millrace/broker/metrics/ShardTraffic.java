package io.millrace.broker.metrics;

import io.millrace.protocol.Uuid;
import io.millrace.replication.replica.ReplicaEvents;
import io.millrace.storage.LogIdentity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the replicas of one shard report, by topic. Owned by the shard loop. A replica holds its topic's counters, so that an
 * append costs two additions.
 */
public final class ShardTraffic implements ReplicaEvents, MeterSource {

    /** The counters of one topic, or of all that are not named. */
    private final class OfTopic implements ReplicaEvents {
        private final String label;
        private long inBytes;
        private long inRecords;
        private long outBytes;
        private long outRecords;

        OfTopic(String label) {
            this.label = label;
        }

        @Override
        public void appended(int sizeBytes, long records) {
            inBytes += sizeBytes;
            inRecords += records;
        }

        @Override
        public void fetched(int sizeBytes, long records) {
            outBytes += sizeBytes;
            outRecords += records;
        }

        @Override
        public void fenced(LogIdentity identity, String reason) {
            fenced++;
        }

        @Override
        public void produceExpired(LogIdentity identity) {
            expired++;
        }

        @Override
        public void duplicateAnswered(LogIdentity identity) {
            duplicates++;
        }

        private void read(Readings into) {
            into.add(Meter.IN_BYTES, inBytes, label);
            into.add(Meter.IN_RECORDS, inRecords, label);
            into.add(Meter.OUT_BYTES, outBytes, label);
            into.add(Meter.OUT_RECORDS, outRecords, label);
        }
    }

    private final NamedTopics naming;
    private final Map<Uuid, OfTopic> named = new LinkedHashMap<>();
    private final OfTopic others = new OfTopic(Meter.OTHER);
    private boolean anyOther;
    private long fenced;
    private long expired;
    private long duplicates;

    public ShardTraffic(NamedTopics naming) {
        this.naming = naming;
    }

    @Override
    public ReplicaEvents ofTopic(Uuid topicId, String topic) {
        OfTopic present = named.get(topicId);
        if (present == null && naming.claim(topicId)) {
            present = new OfTopic(topic);
            named.put(topicId, present);
        }
        anyOther |= present == null;
        return present == null ? others : present;
    }

    @Override
    public void topicDeleted(Uuid topicId) {
        if (named.remove(topicId) != null) {
            naming.release(topicId);
        }
    }

    /** The label of a topic's series. */
    String label(Uuid topicId) {
        OfTopic present = named.get(topicId);
        return present == null ? Meter.OTHER : present.label;
    }

    @Override
    public void read(Readings into) {
        named.values().forEach(topic -> topic.read(into));
        if (anyOther) {
            others.read(into);
        }
        into.add(Meter.REPLICAS_FENCED, fenced);
        into.add(Meter.PRODUCE_EXPIRED, expired);
        into.add(Meter.PRODUCE_DUPLICATES, duplicates);
    }
}
