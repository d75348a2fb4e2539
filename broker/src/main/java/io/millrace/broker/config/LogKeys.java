package io.millrace.broker.config;

import java.util.List;

/**
 * Keys by which a broker says what topics get that say nothing: {@code log.*} and a few more, each a synonym of a topic key.
 * Order: first the one that goes before the others.
 */
public final class LogKeys {

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 3_600_000;

    public static final ConfigKey<String> DURABILITY = ConfigKey.ofWord(
                    "millrace.durability",
                    "synced",
                    List.of("synced", "written"),
                    "What an ack of acks=all means where the topic does not say: synced = on disk, written = in the page cache.")
            .live();

    private static final List<TopicSynonym> SYNONYMS = List.of(
            new TopicSynonym(TopicKeys.DURABILITY, DURABILITY),
            TopicSynonym.of(TopicKeys.MIN_INSYNC_REPLICAS, "min.insync.replicas"),
            TopicSynonym.of(TopicKeys.MAX_MESSAGE_BYTES, "message.max.bytes"),
            TopicSynonym.of(TopicKeys.TIMESTAMP_TYPE, "log.message.timestamp.type"),
            TopicSynonym.of(TopicKeys.TIMESTAMP_BEFORE_MAX_MS, "log.message.timestamp.before.max.ms"),
            TopicSynonym.of(TopicKeys.TIMESTAMP_AFTER_MAX_MS, "log.message.timestamp.after.max.ms"),
            TopicSynonym.of(TopicKeys.CLEANUP_POLICY, "log.cleanup.policy"),
            TopicSynonym.unset(TopicKeys.RETENTION_MS, "log.retention.ms"),
            TopicSynonym.time(TopicKeys.RETENTION_MS, "log.retention.minutes", MINUTE_MS, -1, false),
            TopicSynonym.time(TopicKeys.RETENTION_MS, "log.retention.hours", HOUR_MS, -1, true),
            TopicSynonym.of(TopicKeys.RETENTION_BYTES, "log.retention.bytes"),
            TopicSynonym.of(TopicKeys.SEGMENT_BYTES, "log.segment.bytes"),
            TopicSynonym.unset(TopicKeys.SEGMENT_MS, "log.roll.ms"),
            TopicSynonym.time(TopicKeys.SEGMENT_MS, "log.roll.hours", HOUR_MS, 1, true),
            TopicSynonym.of(TopicKeys.SEGMENT_INDEX_BYTES, "log.index.size.max.bytes"),
            TopicSynonym.of(TopicKeys.INDEX_INTERVAL_BYTES, "log.index.interval.bytes"),
            TopicSynonym.of(TopicKeys.DELETE_RETENTION_MS, "log.cleaner.delete.retention.ms"),
            TopicSynonym.of(TopicKeys.MIN_COMPACTION_LAG_MS, "log.cleaner.min.compaction.lag.ms"),
            TopicSynonym.of(TopicKeys.MAX_COMPACTION_LAG_MS, "log.cleaner.max.compaction.lag.ms"),
            TopicSynonym.of(TopicKeys.MIN_CLEANABLE_DIRTY_RATIO, "log.cleaner.min.cleanable.ratio"));

    private LogKeys() {}

    /** Of every topic key that has any. */
    static List<TopicSynonym> synonyms() {
        return SYNONYMS;
    }

    static List<ConfigKey<?>> keys() {
        return SYNONYMS.stream().<ConfigKey<?>>map(TopicSynonym::broker).toList();
    }
}
