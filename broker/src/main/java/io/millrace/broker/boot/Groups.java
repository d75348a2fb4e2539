package io.millrace.broker.boot;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.coordinator.group.GroupShard;
import io.millrace.broker.coordinator.group.state.GroupMemory;
import io.millrace.broker.lag.LagMeters;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import io.millrace.runtime.SystemClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The group coordinator of every shard. Owned by the thread that starts and stops the broker. */
final class Groups {

    /** Of the heap, groups may take one part in so many. */
    private static final int HEAP_SHARE = 4;

    private final Shards shards;
    private final List<GroupShard> groupShards;
    private final GroupCoordinator coordinator;

    private Groups(Shards shards, List<GroupShard> groupShards, GroupCoordinator coordinator) {
        this.shards = shards;
        this.groupShards = groupShards;
        this.coordinator = coordinator;
    }

    /** Returns once every partition that is led here is being read; groups answer COORDINATOR_LOAD_IN_PROGRESS meanwhile. */
    static Groups start(
            GroupConfig config,
            Shards shards,
            EventLoop controlLoop,
            MetadataPublisher metadata,
            Randomness randomness,
            Measures measures,
            int maxLags) {
        long shareBytes = Runtime.getRuntime().maxMemory() / HEAP_SHARE / shards.count();
        List<GroupShard> groupShards = new ArrayList<>();
        for (Shard shard : shards.all()) {
            GroupShard groups = new GroupShard(shard, config, randomness, new GroupMemory(shareBytes));
            groupShards.add(groups);
            measures.gathering().on(shard.loop(), groups);
            metadata.subscribe(shard.loop(), groups);
        }
        measures.gathering().here(new LagMeters(shards, groupShards, metadata, new SystemClock(), maxLags));
        CompletableFuture<Void> settled = new CompletableFuture<>();
        controlLoop.post(() -> shards.whenSettled(controlLoop, () -> settled.complete(null)));
        settled.join();
        return new Groups(shards, groupShards, new GroupCoordinator(shards, groupShards, metadata));
    }

    GroupCoordinator coordinator() {
        return coordinator;
    }

    /** Answers everybody who waits for a group. */
    void close() {
        for (Shard shard : shards.all()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            shard.loop().post(() -> {
                groupShards.get(shard.index()).close();
                done.complete(null);
            });
            done.join();
        }
    }
}
