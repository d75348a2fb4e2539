package io.millrace.client.consumer;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.group.Group;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the {@link Fetcher} brings into the records of a poll, and keeps the positions. Owned by the polling thread; the fetcher
 * by the client's loop.
 */
final class PartitionReading {

    /** Why a poll has no more records now. */
    enum End {
        /** There are records, or none came in time. */
        POLLED,
        /** Somebody wants the polling thread to return. */
        WOKEN,
        /** The group has something for the polling thread to do. */
        GROUP_CHANGED
    }

    private static final long LOOKUP_SLICE_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ConsumerConfig config;
    private final Cluster cluster;
    private final WakeupQueue queue;
    private final BlockingQueue<FetchEvent> events;
    private final Fetcher fetcher;
    private final Positions positions = new Positions();
    private final ChunkReader reader = new ChunkReader();
    private final PositionLookup lookup;

    PartitionReading(ConsumerConfig config, Cluster cluster, WakeupQueue queue, @Nullable Group group) {
        this.config = config;
        this.cluster = cluster;
        this.queue = queue;
        this.events = queue.events();
        this.fetcher = new Fetcher(cluster, config, events);
        this.lookup = new PositionLookup(cluster, config.reset(), group);
    }

    void start() {
        cluster.run("start", fetcher::start);
    }

    Positions positions() {
        return positions;
    }

    Set<TopicPartition> assigned() {
        return positions.assigned();
    }

    /** Reads these partitions and no others; those that stay keep their positions. */
    void assign(Collection<TopicPartition> partitions) {
        List<TopicPartition> assigned = List.copyOf(partitions);
        positions.assign(assigned);
        dropStale();
        cluster.run("assign", () -> fetcher.assign(assigned));
    }

    /** Adds records to {@code records}, which is empty, until there are enough or nothing more is at hand; waits for the first. */
    End poll(List<ConsumerRecord> records, long deadlineNs) {
        End end = End.POLLED;
        while (records.size() < config.maxPollRecords()) {
            if (!reader.isRead()) {
                readOn(records);
                if (reader.damage() != null) {
                    break;
                }
                continue;
            }
            FetchEvent event = records.isEmpty() ? nextEvent(deadlineNs) : events.peek();
            if (event == null || (!records.isEmpty() && !(event instanceof FetchEvent.Fetched))) {
                break;
            }
            if (!records.isEmpty()) {
                events.remove();
            }
            end = queue.taken(event);
            if (end != End.POLLED) {
                break;
            }
            handle(event);
        }
        if (records.isEmpty()) {
            throwDamage();
        }
        return end;
    }

    private void readOn(List<ConsumerRecord> into) {
        FetchEvent.Fetched chunk = reader.chunk();
        if (chunk == null) {
            return;
        }
        int before = into.size();
        long next = reader.read(positions.offset(chunk.partition()), config.maxPollRecords(), into);
        int leaderEpoch = into.size() > before ? into.getLast().leaderEpoch() : -1;
        positions.advance(chunk.partition(), next, leaderEpoch);
        if (reader.isRead()) {
            giveBack(chunk);
        }
    }

    private void throwDamage() {
        RefusedException damage = reader.damage();
        FetchEvent.Fetched chunk = reader.chunk();
        if (damage != null && chunk != null) {
            reader.stop();
            giveBack(chunk);
            fetchAgain(chunk.partition());
            throw damage;
        }
    }

    private @Nullable FetchEvent nextEvent(long deadlineNs) {
        while (true) {
            if (!positions.unset().isEmpty() && events.isEmpty()) {
                // Short, so that events that come meanwhile are not held up.
                long sliceEndNs = System.nanoTime() + LOOKUP_SLICE_NS;
                findPositions(sliceEndNs - deadlineNs < 0 ? sliceEndNs : deadlineNs);
            }
            long leftNs = deadlineNs - System.nanoTime();
            try {
                long waitNs = !lookup.isUnderWay() && positions.unset().isEmpty()
                        ? leftNs
                        : Math.min(leftNs, lookup.isUnderWay() ? LOOKUP_SLICE_NS : 0);
                FetchEvent event = waitNs <= 0 ? events.poll() : events.poll(waitNs, TimeUnit.NANOSECONDS);
                if (event != null || leftNs <= 0) {
                    return event;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
            if (Thread.currentThread().isInterrupted()) {
                return null;
            }
        }
    }

    private void handle(FetchEvent event) {
        switch (event) {
            case FetchEvent.Fetched fetched -> {
                if (positions.isCurrent(fetched.partition(), fetched.generation())) {
                    reader.start(fetched);
                } else {
                    giveBack(fetched);
                }
            }
            case FetchEvent.OutOfRange range -> {
                if (positions.isCurrent(range.partition(), range.generation())) {
                    outOfRange(range);
                }
            }
            case FetchEvent.CreatedAgain again -> {
                if (positions.isCurrent(again.partition(), again.generation())) {
                    reset(
                            again.partition(),
                            "the topic was deleted and created again, and offset " + again.offset()
                                    + " is of the former one");
                }
            }
            case FetchEvent.Failed failed -> {
                if (positions.isCurrent(failed.partition(), failed.generation())) {
                    fetchAgain(failed.partition());
                    throw failed.cause();
                }
            }
            case FetchEvent.Wakeup ignored -> {}
            case FetchEvent.GroupChanged ignored -> {}
        }
    }

    private void outOfRange(FetchEvent.OutOfRange range) {
        reset(
                range.partition(),
                "offset " + range.offset() + " is outside the log"
                        + (range.logStartOffset() >= 0 ? ", which starts at " + range.logStartOffset() : ""));
    }

    /** Looks the position up anew; where the policy is to fail, fails with the reason. */
    private void reset(TopicPartition partition, String reason) {
        if (config.reset() != OffsetReset.ERROR) {
            positions.unset(partition);
            return;
        }
        fetchAgain(partition);
        throw RefusedException.of(
                "read " + partition,
                ErrorCode.OFFSET_OUT_OF_RANGE,
                reason + ": seek, or choose OffsetReset.EARLIEST or LATEST");
    }

    /**
     * Looks up positions that are not set, by the group and the reset policy; waits for the answer until the deadline.
     *
     * @throws ClientException when a position cannot be found
     */
    void findPositions(long deadlineNs) {
        lookup.await(positions, deadlineNs)
                .forEach((partition, at) -> moveTo(partition, at.offset(), at.leaderEpoch()));
    }

    void moveTo(TopicPartition partition, long offset, int leaderEpoch) {
        fetchFrom(partition, positions.seek(partition, offset, leaderEpoch), offset);
    }

    private void fetchAgain(TopicPartition partition) {
        fetchFrom(partition, positions.repeat(partition), positions.offset(partition));
    }

    private void fetchFrom(TopicPartition partition, int generation, long offset) {
        dropStale();
        cluster.run("seek", () -> fetcher.seek(partition, generation, offset));
    }

    private void dropStale() {
        FetchEvent.Fetched chunk = reader.chunk();
        if (chunk != null && !positions.isCurrent(chunk.partition(), chunk.generation())) {
            reader.stop();
            giveBack(chunk);
        }
    }

    private void giveBack(FetchEvent.Fetched chunk) {
        long bytes = chunk.records().sizeBytes();
        chunk.records().release();
        cluster.run("poll", () -> fetcher.consumed(chunk.partition(), bytes));
    }

    /** Stops reading and lets go of what was fetched; the cluster has to be closed before {@link #drain}. */
    void close() {
        FetchEvent.Fetched chunk = reader.chunk();
        if (chunk != null) {
            chunk.records().release();
        }
        reader.stop();
        reader.close();
        cluster.run("close", fetcher::close);
    }

    /** Lets go of what came until the loop stopped. */
    void drain() {
        FetchEvent event;
        while ((event = events.poll()) != null) {
            if (event instanceof FetchEvent.Fetched fetched) {
                fetched.records().release();
            }
        }
    }
}
