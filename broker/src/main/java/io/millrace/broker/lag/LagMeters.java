package io.millrace.broker.lag;

import io.millrace.broker.coordinator.group.GroupShard;
import io.millrace.broker.lag.ShardLags.Lag;
import io.millrace.broker.lag.ShardLags.Place;
import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.metrics.Readings;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.runtime.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lag of every group in every partition that it committed an offset for, up to a bound. Read by one thread, which it blocks:
 * first each shard's groups tell what they have committed, then each shard's logs tell how far that is from their ends.
 *
 * <p>A shard that does not answer in time is left out of this scrape, and not asked again before it has answered: a stuck disk does
 * not collect look-ups.
 */
public final class LagMeters implements MeterSource {

    private static final Logger LOG = LoggerFactory.getLogger(LagMeters.class);
    private static final long PATIENCE_MS = 2_000;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final Shards shards;
    private final List<GroupShard> groups;
    private final MetadataPublisher metadata;
    private final Clock clock;
    private final int maxPerShard;
    /** By shard: whether it still has a question. */
    private final List<AtomicBoolean> busy = new ArrayList<>();

    /** Timestamps that the last scrape needed; never changed once it is here. */
    private Map<Place, Long> known = Map.of();

    /**
     * @param groups in the order of {@code shards}
     * @param max committed offsets, shared out over the shards
     */
    public LagMeters(Shards shards, List<GroupShard> groups, MetadataPublisher metadata, Clock clock, int max) {
        this.shards = shards;
        this.groups = List.copyOf(groups);
        this.metadata = metadata;
        this.clock = clock;
        this.maxPerShard = Math.ceilDiv(max, shards.count());
        shards.all().forEach(shard -> busy.add(new AtomicBoolean()));
    }

    @Override
    public void read(Readings into) {
        if (maxPerShard == 0) {
            return;
        }
        MetadataImage image = metadata.image();
        List<CommittedPosition> committed = askAll(
                (shard, answer) -> answer.accept(CommittedPositions.of(groups.get(shard.index()), image, maxPerShard)));
        if (committed.isEmpty()) {
            return;
        }
        List<List<CommittedPosition>> byOwner = new ArrayList<>();
        for (Shard ignored : shards.all()) {
            byOwner.add(new ArrayList<>());
        }
        for (CommittedPosition each : committed) {
            byOwner.get(shards.shardOf(each.topic(), each.partition())).add(each);
        }
        Map<Place, Long> before = known;
        publish(askAll((shard, answer) -> ShardLags.measure(shard, byOwner.get(shard.index()), before, answer)), into);
    }

    private void publish(List<Lag> lags, Readings into) {
        Map<Place, Long> seen = new HashMap<>();
        long nowMs = clock.wallMs();
        for (Lag lag : lags) {
            CommittedPosition of = lag.committed();
            String partition = Integer.toString(of.partition());
            into.add(Meter.LAG_RECORDS, lag.records(), of.groupId(), of.topic(), partition);
            Place place = lag.place();
            if (place == null) {
                into.add(Meter.LAG_SECONDS, 0, of.groupId(), of.topic(), partition);
            } else if (lag.timestampMs() >= 0) {
                seen.put(place, lag.timestampMs());
                double seconds = Math.max(0, nowMs - lag.timestampMs()) / MILLIS_PER_SECOND;
                into.add(Meter.LAG_SECONDS, seconds, of.groupId(), of.topic(), partition);
            }
        }
        known = seen;
    }

    /** Runs {@code question} on every shard's loop and joins what those answered that did so in time. */
    private <T> List<T> askAll(BiConsumer<Shard, Consumer<List<T>>> question) {
        List<CompletableFuture<List<T>>> answers = new ArrayList<>();
        for (Shard shard : shards.all()) {
            AtomicBoolean asked = busy.get(shard.index());
            if (!asked.compareAndSet(false, true)) {
                continue;
            }
            CompletableFuture<List<T>> answer = new CompletableFuture<>();
            try {
                shard.loop().post(() -> {
                    try {
                        question.accept(shard, given -> {
                            asked.set(false);
                            answer.complete(given);
                        });
                    } catch (RuntimeException e) {
                        asked.set(false);
                        answer.completeExceptionally(e);
                    }
                });
                answers.add(answer);
            } catch (RejectedExecutionException stopped) {
                LOG.debug("lag was asked of shard {} when its loop had stopped", shard.index());
            }
        }
        List<T> all = new ArrayList<>();
        for (CompletableFuture<List<T>> answer : answers) {
            try {
                all.addAll(answer.get(PATIENCE_MS, TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                LOG.debug("a shard did not tell its lag in time", e);
            } catch (ExecutionException e) {
                LOG.error("event=scrape-failed effect=\"lag is missing\"", e.getCause());
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while shards were asked for lag", e);
            }
        }
        return all;
    }
}
