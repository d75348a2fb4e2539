package io.millrace.broker.fetch;

import io.millrace.protocol.Uuid;

/**
 * What a client wants of one partition, kept by its session between requests. Owned by the connection's loop; shards get an
 * immutable copy of the position with each read.
 */
final class FetchPartition {

    /** Which partition a client means: by id from version 13 on, by name before. */
    record Key(Uuid topicId, String topic, int partition) {}

    /** Where to read; immutable. */
    record Position(long offset, int maxBytes, int currentLeaderEpoch, int lastFetchedEpoch) {}

    private final Key key;
    private Position position;
    private long answeredHighWatermark = -1;
    private long answeredLogStart = -1;
    private boolean answeredBefore;

    FetchPartition(Key key, Position position) {
        this.key = key;
        this.position = position;
    }

    Key key() {
        return key;
    }

    Position position() {
        return position;
    }

    void position(Position next) {
        position = next;
    }

    /**
     * Whether an incremental answer must name this partition (KIP-227): it has data or an error, or its offsets moved, or it
     * was not answered yet. Remembers what is answered.
     */
    boolean mustAnswer(PartitionRead read) {
        boolean moved = !answeredBefore
                || read.highWatermark() != answeredHighWatermark
                || read.logStartOffset() != answeredLogStart;
        answeredBefore = !read.isError();
        answeredHighWatermark = read.highWatermark();
        answeredLogStart = read.logStartOffset();
        return moved || read.isError() || read.sizeBytes() > 0 || read.divergingEpoch() != null;
    }
}
