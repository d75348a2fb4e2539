package io.millrace.client.consumer;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetLookup;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.group.CommittedOffset;
import io.millrace.client.consumer.group.Group;
import io.millrace.client.consumer.group.GroupConfig;
import io.millrace.client.consumer.group.RebalanceListener;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions from their leaders: those that its group gives it ({@link #subscribe}), or those that the application names
 * ({@link #assign}). Owned by one thread at a time: a second one that comes in meanwhile is refused; only {@link #wakeup} is for any
 * thread.
 *
 * <p>Records of one partition come in the order of their offsets, each once per pass; partitions take turns. Every batch's CRC is checked;
 * a damaged one fails {@code poll} and is never passed over silently. Reads uncommitted: records of open or aborted transactions are
 * returned too.
 *
 * <p>A partition without a position begins where the group stands. Without that, or with a position outside its log, it follows
 * {@link ConsumerConfig#reset()}.
 *
 * <p>At least once: a record is committed, automatically or by {@link #commit()}, only after the poll that returned it, and in automatic
 * mode only when the application has come back for more.
 */
public final class Consumer implements AutoCloseable {

    private final ConsumerConfig config;
    private final Cluster cluster;
    private final SingleUser user = new SingleUser();
    private final WakeupQueue queue = new WakeupQueue();
    private final PartitionReading reading;
    private final @Nullable GroupSession session;
    private boolean closing;
    private boolean closed;

    private Consumer(ConsumerConfig config, Cluster cluster) {
        this.config = config;
        this.cluster = cluster;
        GroupConfig inGroup = config.group();
        Group group = inGroup == null ? null : await(Group.open(cluster, inGroup, queue::groupChanged));
        this.reading = new PartitionReading(config, cluster, queue, group);
        this.session = group == null
                ? null
                : new GroupSession(group, reading, config.client().apiTimeoutMs());
    }

    /** Makes a consumer of nothing yet; connections are opened by the first assignment. */
    public static Consumer open(ConsumerConfig config) {
        Consumer consumer = new Consumer(config, Cluster.open(config.client()));
        consumer.reading.start();
        return consumer;
    }

    /**
     * Reads these partitions and no others; those that stay keep their positions. With a group the others begin where the group stands;
     * other consumers of the group are not looked at.
     *
     * @throws IllegalStateException while subscribed
     */
    public void assign(Collection<TopicPartition> partitions) {
        enter();
        try {
            GroupSession inGroup = session;
            if (inGroup != null) {
                if (inGroup.isSubscribed()) {
                    throw new IllegalStateException(
                            "the group assigns this consumer's partitions: unsubscribe before assigning others");
                }
                inGroup.reassigning();
            }
            reading.assign(partitions);
        } finally {
            leave();
        }
    }

    /** As {@link #subscribe(Collection, RebalanceListener)}, without a listener. */
    public void subscribe(Collection<String> topics) {
        subscribe(topics, new RebalanceListener() {});
    }

    /**
     * Reads the part of these topics that the group assigns to this consumer, from the group's offsets on. Joining happens in the polls
     * that follow. A topic that does not exist is read once it does.
     *
     * @throws IllegalStateException without a group, or while partitions are assigned by hand
     */
    public void subscribe(Collection<String> topics, RebalanceListener listener) {
        enter();
        try {
            GroupSession inGroup = session();
            if (topics.isEmpty()) {
                throw new IllegalArgumentException("no topics: unsubscribe to read nothing");
            }
            if (!inGroup.isSubscribed() && !reading.assigned().isEmpty()) {
                throw new IllegalStateException(
                        "this consumer's partitions are assigned by hand: assign none before subscribing");
            }
            inGroup.subscribe(topics, listener);
        } finally {
            leave();
        }
    }

    /** Commits as before a rebalance, leaves the group, and reads nothing; also ends an assignment by hand. */
    public void unsubscribe() {
        enter();
        try {
            GroupSession inGroup = session;
            if (inGroup != null && inGroup.isSubscribed()) {
                inGroup.unsubscribe();
            } else {
                assign(List.of());
            }
        } finally {
            leave();
        }
    }

    /** The topics subscribed to; empty when there are none. */
    public Set<String> subscription() {
        GroupSession inGroup = session;
        return inGroup == null ? Set.of() : alone(inGroup::topics);
    }

    /** The partitions that are read now. */
    public Set<TopicPartition> assignment() {
        return alone(() -> reading.assigned());
    }

    /** The next poll of this partition begins here. */
    public void seek(TopicPartition partition, long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " of " + partition + " is negative");
        }
        enter();
        try {
            reading.moveTo(partition, offset, -1);
        } finally {
            leave();
        }
    }

    public void seekToBeginning(Collection<TopicPartition> partitions) {
        seekBy(partitions, OffsetQuery.earliest());
    }

    public void seekToEnd(Collection<TopicPartition> partitions) {
        seekBy(partitions, OffsetQuery.latest());
    }

    /** To the first record at or after a time in each partition; to the end where there is none. */
    public void seekToTime(Collection<TopicPartition> partitions, long timestampMs) {
        seekBy(partitions, new OffsetQuery.AtTime(timestampMs));
    }

    private void seekBy(Collection<TopicPartition> partitions, OffsetQuery query) {
        Map<TopicPartition, FoundOffset> found = offsets(partitions, query);
        List<TopicPartition> toEnd = new ArrayList<>();
        enter();
        try {
            found.forEach((partition, at) -> {
                if (at.exists()) {
                    reading.moveTo(partition, at.offset(), at.leaderEpoch());
                } else {
                    toEnd.add(partition);
                }
            });
        } finally {
            leave();
        }
        if (!toEnd.isEmpty()) {
            seekBy(toEnd, OffsetQuery.latest());
        }
    }

    /** The offset of the record that the next poll begins with, as far as it is known; looks it up when it is not. */
    public long position(TopicPartition partition) {
        enter();
        try {
            Positions positions = reading.positions();
            long deadlineNs = Waits.deadlineNs(Duration.ofMillis(config.client().apiTimeoutMs()));
            while (positions.offset(partition) == Positions.UNSET) {
                reading.findPositions(deadlineNs);
                if (deadlineNs - System.nanoTime() <= 0 && positions.offset(partition) == Positions.UNSET) {
                    throw new ClientTimeoutException("the position of " + partition + " was not found in time", null);
                }
            }
            return positions.offset(partition);
        } finally {
            leave();
        }
    }

    /** First readable offsets. */
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return offsetsOnly(offsets(partitions, OffsetQuery.earliest()));
    }

    /** Offsets that the next records will get. */
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return offsetsOnly(offsets(partitions, OffsetQuery.latest()));
    }

    /** Offsets of any kind; blocks for at most {@code apiTimeoutMs}. */
    public Map<TopicPartition, FoundOffset> offsets(Collection<TopicPartition> partitions, OffsetQuery query) {
        enter();
        try {
            Map<TopicPartition, OffsetQuery> queries = new TreeMap<>();
            for (TopicPartition partition : partitions) {
                queries.put(partition, query);
            }
            return await(OffsetLookup.start(cluster, queries));
        } finally {
            leave();
        }
    }

    private static Map<TopicPartition, Long> offsetsOnly(Map<TopicPartition, FoundOffset> found) {
        Map<TopicPartition, Long> offsets = new TreeMap<>();
        found.forEach((partition, at) -> offsets.put(partition, at.offset()));
        return offsets;
    }

    /** A topic's partitions and leaders; fails when there is no such topic. */
    public TopicImage topic(String name) {
        return alone(
                () -> await(cluster.metadata().topic(name, 0, config.client().apiTimeoutMs())));
    }

    /**
     * Commits the positions: all records that polls have returned count as done. Waits for it, at most {@code apiTimeoutMs}.
     *
     * @throws RefusedException when the partitions may be another member's by now; it reads them again from the last commit
     * @throws ClientException when it did not succeed otherwise
     * @throws IllegalStateException without a group
     */
    public void commit() {
        enter();
        try {
            await(session().commitHandedOut());
        } finally {
            leave();
        }
    }

    /** As {@link #commit()}, of these offsets: each is the offset of the next record to read. */
    public void commit(Map<TopicPartition, CommittedOffset> offsets) {
        enter();
        try {
            await(session().commit(offsets));
        } finally {
            leave();
        }
    }

    /** As {@link #commit()} without waiting: the future completes on the client's loop. Commits take effect in their order. */
    public CompletableFuture<@Nullable Void> commitAsync() {
        return alone(() -> session().commitHandedOut());
    }

    /** As {@link #commitAsync()}, of these offsets. */
    public CompletableFuture<@Nullable Void> commitAsync(Map<TopicPartition, CommittedOffset> offsets) {
        return alone(() -> session().commit(offsets));
    }

    /** Where the group stands; without an entry for partitions of which it has no offset. */
    public Map<TopicPartition, CommittedOffset> committed(Collection<TopicPartition> partitions) {
        return alone(() -> await(session().committed(partitions)));
    }

    private GroupSession session() {
        GroupSession inGroup = session;
        if (inGroup == null) {
            throw new IllegalStateException("this consumer has no group: open it with ConsumerConfig.withGroup");
        }
        return inGroup;
    }

    /**
     * Records, at most {@code maxPollRecords}; waits for the first one. Empty when none came in time or {@link #wakeup} was called.
     * Rebalances take effect here, and a {@link RebalanceListener} is called here.
     *
     * @throws ClientException when a partition cannot be read; its position is unchanged, polling again tries again. Also when the group
     *     refuses this member; subscribing again tries again
     */
    public List<ConsumerRecord> poll(Duration timeout) {
        enter();
        try {
            GroupSession inGroup = session;
            if (inGroup != null && (inGroup.isInCallback() || closing)) {
                throw new IllegalStateException("poll was called from a RebalanceListener, which poll called");
            }
            long deadlineNs = Waits.deadlineNs(timeout);
            List<ConsumerRecord> records = new ArrayList<>();
            if (inGroup == null) {
                reading.poll(records, deadlineNs);
                return records;
            }
            inGroup.cameBack();
            PartitionReading.End end = PartitionReading.End.GROUP_CHANGED;
            while (end == PartitionReading.End.GROUP_CHANGED) {
                inGroup.act();
                inGroup.waiting(true);
                try {
                    end = reading.poll(records, deadlineNs);
                } finally {
                    inGroup.waiting(false);
                }
            }
            return records;
        } finally {
            leave();
        }
    }

    private <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        return Waits.await(
                future, config.client().apiTimeoutMs() + config.client().requestTimeoutMs());
    }

    /** Makes the poll that is under way, or the next one, return early. From any thread. */
    public void wakeup() {
        queue.wakeup();
    }

    /**
     * Commits what the application has come back from, when commits are automatic; leaves the group, stops reading and closes the
     * connections. What the last poll returned counts as done only after {@link #commit}: an application that ends because it failed is
     * closed in the middle of it. Idempotent.
     */
    @Override
    public void close() {
        user.enter();
        try {
            if (closing) {
                return;
            }
            closing = true;
            try { // the listener may still use it here
                GroupSession inGroup = session;
                if (inGroup != null) {
                    inGroup.close();
                }
            } finally {
                closed = true;
                reading.close();
                cluster.close();
                reading.drain();
            }
        } finally {
            leave();
        }
    }

    private <T extends @Nullable Object> T alone(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } finally {
            leave();
        }
    }

    private void enter() {
        user.enter();
        if (closed) {
            user.leave();
            throw new ClientClosedException("use this consumer");
        }
    }

    private void leave() {
        user.leave();
    }
}
