package io.millrace.replication.replica;

/** What a record must survive to count as held by a replica: the topic config {@code millrace.durability}. */
public enum Durability {
    /** Power loss: the record is on the disk. The default. */
    SYNCED,
    /** A killed process: the record is in the page cache, as with Kafka. */
    WRITTEN
}
