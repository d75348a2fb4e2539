package io.millrace.tools.group;

import io.millrace.client.admin.group.CommittedOffset;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides where each partition of a reset goes. Stateless: the same offsets give the same plan. */
final class ResetPlan {

    /**
     * One partition.
     *
     * @param from null when the group has nothing committed in it
     * @param to null when it cannot be moved
     * @param note why it goes elsewhere than asked, or nowhere; empty when there is nothing to say
     */
    record Move(
            TopicPartition partition,
            @Nullable Long from,
            @Nullable Long to,
            String note) {}

    private ResetPlan() {}

    /**
     * Plans.
     *
     * @param starts first offsets; partitions without one have no leader or are gone
     * @param ends ends of the logs
     * @param byTime what was found at the time of {@link ResetTarget.ToTime}; empty for others
     */
    static List<Move> of(
            ResetTarget target,
            Collection<TopicPartition> partitions,
            Map<TopicPartition, CommittedOffset> committed,
            Map<TopicPartition, FoundOffset> starts,
            Map<TopicPartition, FoundOffset> ends,
            Map<TopicPartition, FoundOffset> byTime) {
        List<Move> moves = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            CommittedOffset at = committed.get(partition);
            Long from = at == null ? null : (Long) at.offset();
            FoundOffset start = starts.get(partition);
            FoundOffset end = ends.get(partition);
            if (start == null || end == null) {
                moves.add(new Move(partition, from, null, "not moved: it is gone, or has no leader"));
                continue;
            }
            moves.add(
                    switch (target) {
                        case ResetTarget.Earliest ignored -> new Move(partition, from, start.offset(), "");
                        case ResetTarget.Latest ignored -> new Move(partition, from, end.offset(), "");
                        case ResetTarget.ToOffset to -> clamped(partition, from, to.offset(), start, end);
                        case ResetTarget.FromFile file ->
                            clamped(partition, from, file.offsets().getOrDefault(partition, 0L), start, end);
                        case ResetTarget.Current ignored -> relative(partition, from, 0, start, end);
                        case ResetTarget.ShiftBy by -> relative(partition, from, by.records(), start, end);
                        case ResetTarget.ToTime ignored -> atTime(partition, from, byTime.get(partition), end);
                    });
        }
        return moves;
    }

    private static Move relative(
            TopicPartition partition, @Nullable Long from, long records, FoundOffset start, FoundOffset end) {
        if (from == null) {
            return new Move(partition, null, null, "not moved: nothing is committed to count from");
        }
        long wanted = from + records;
        if (((from ^ wanted) & (records ^ wanted)) < 0) {
            wanted = records < 0 ? 0 : Long.MAX_VALUE; // beyond 64 bits, and beyond any log
        }
        return clamped(partition, from, wanted, start, end);
    }

    private static Move atTime(
            TopicPartition partition, @Nullable Long from, @Nullable FoundOffset found, FoundOffset end) {
        return found == null || !found.exists()
                ? new Move(partition, from, end.offset(), "to the end: no record is that young")
                : new Move(partition, from, found.offset(), "");
    }

    private static Move clamped(
            TopicPartition partition, @Nullable Long from, long wanted, FoundOffset start, FoundOffset end) {
        if (wanted < start.offset()) {
            return new Move(partition, from, start.offset(), "clamped: " + wanted + " is before the log's start");
        }
        if (wanted > end.offset()) {
            return new Move(partition, from, end.offset(), "clamped: " + wanted + " is past the log's end");
        }
        return new Move(partition, from, wanted, "");
    }
}
