package io.millrace.broker.lag;

import io.millrace.broker.shard.Shard;
import io.millrace.protocol.Uuid;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares committed offsets with the logs of one shard. Owned by the shard loop. What is known from the last scrape is not
 * looked up again, and no scrape looks up more than {@value #MAX_LOOKUPS} times: each may open a segment.
 */
final class ShardLags {

    static final int MAX_LOOKUPS = 200;
    /** The record has no timestamp, or it was not looked up yet. */
    static final long UNKNOWN = -1;

    /** The first record that a group has not committed. */
    record Place(Uuid topicId, int partition, long offset) {}

    /**
     * One group's lag in one partition.
     *
     * @param place null when there is no lag
     */
    record Lag(
            CommittedPosition committed,
            long records,
            @Nullable Place place,
            long timestampMs) {}

    private final Map<Place, Long> known;
    private final Consumer<List<Lag>> answer;
    private final List<Lag> lags = new ArrayList<>();
    private int lookups;
    private int missing = 1;

    private ShardLags(Map<Place, Long> known, Consumer<List<Lag>> answer) {
        this.known = known;
        this.answer = answer;
    }

    /**
     * Measures each of {@code positions}, which are this shard's.
     *
     * @param known timestamps from the last scrape
     * @param answer told once, on the shard's loop
     */
    static void measure(
            Shard shard, List<CommittedPosition> positions, Map<Place, Long> known, Consumer<List<Lag>> answer) {
        ShardLags measuring = new ShardLags(known, answer);
        for (CommittedPosition position : positions) {
            LeaderReplica replica = shard.replicas().leader(position.topicId(), position.partition());
            if (replica != null) {
                measuring.measure(position, replica);
            }
        }
        measuring.answered();
    }

    private void measure(CommittedPosition position, LeaderReplica replica) {
        // What retention took before it was read is lost to the group, and no lag.
        long offset = Math.max(position.offset(), replica.logStartOffset());
        long records = replica.highWatermark() - offset;
        if (records <= 0) {
            lags.add(new Lag(position, 0, null, UNKNOWN));
            return;
        }
        Place place = new Place(position.topicId(), position.partition(), offset);
        Long timestampMs = known.get(place);
        if (timestampMs != null || lookups == MAX_LOOKUPS) {
            lags.add(new Lag(position, records, place, timestampMs == null ? UNKNOWN : timestampMs));
            return;
        }
        lookups++;
        missing++;
        replica.log().findTimeOf(offset, new PartitionLog.OffsetLookup() {
            @Override
            public void found(long baseOffset, long foundMs, int leaderEpoch) {
                lags.add(new Lag(position, records, place, foundMs));
                answered();
            }

            @Override
            public void failed(StorageFailure failure) {
                lags.add(new Lag(position, records, place, UNKNOWN));
                answered();
            }
        });
    }

    private void answered() {
        missing--;
        if (missing == 0) {
            answer.accept(lags);
        }
    }
}
