package io.millrace.broker.fetch;

import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.Uuid;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.replication.replica.MissingBytes;
import io.millrace.replication.replica.PendingFetch;
import io.millrace.storage.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fetch that waits until enough can be read, an error must be told, or its time is over. One parked request per shard, all
 * counting down the same bytes; the first to wake ends the wait.
 */
final class FetchWait {

    private static final int NOT_GIVEN = -1;

    private final RequestContext request;
    private final Shards shards;
    private final FetchLimits limits;
    private final FetchPartition.Position[] positions;
    private final Uuid[] topicIds;
    private final int[] partitions;
    private final int[] shardOfSlot;
    private final Runnable woken;
    private final MissingBytes missing;

    /** By shard; each touched on its shard's loop only. */
    private final @Nullable PendingFetch[] parked;

    private final boolean[] over;
    /** Owned by the request's loop. */
    private boolean done;

    FetchWait(
            RequestContext request,
            Shards shards,
            FetchLimits limits,
            FetchPartition.Position[] positions,
            Uuid[] topicIds,
            int[] partitions,
            int[] shardOfSlot,
            Runnable woken) {
        this.request = request;
        this.shards = shards;
        this.limits = limits;
        this.positions = positions;
        this.topicIds = topicIds;
        this.partitions = partitions;
        this.shardOfSlot = shardOfSlot;
        this.woken = woken;
        this.missing = new MissingBytes(limits.minBytes());
        this.parked = new @Nullable PendingFetch[shards.count()];
        this.over = new boolean[shards.count()];
    }

    void start() {
        for (Shard shard : shards.all()) {
            if (concerns(shard)) {
                Shards.onLoop(shard.loop(), request.guarded(() -> park(shard)));
            }
        }
    }

    private boolean concerns(Shard shard) {
        for (int owner : shardOfSlot) {
            if (owner == shard.index()) {
                return true;
            }
        }
        return false;
    }

    /** On the shard's loop. */
    private void park(Shard shard) {
        if (over[shard.index()]) {
            return;
        }
        List<LeaderReplica> watched = new ArrayList<>();
        for (int slot = 0; slot < positions.length; slot++) {
            if (shardOfSlot[slot] != shard.index()) {
                continue;
            }
            LeaderReplica replica = shard.replicas().leader(topicIds[slot], partitions[slot]);
            FetchPartition.Position position = positions[slot];
            if (replica == null || mustTellNow(replica, position)) {
                wake();
                return;
            }
            if (missing.found(Math.min(position.maxBytes(), replica.bytesFrom(position.offset(), limits.bound())))) {
                wake();
                return;
            }
            watched.add(replica);
        }
        PendingFetch pending =
                new PendingFetch(shard.replicas().deadlines(), missing, limits.maxWaitNs(), ignored -> wake());
        for (LeaderReplica replica : watched) {
            pending.watch(replica);
        }
        parked[shard.index()] = pending;
    }

    /** Whether a read would answer something else than records or nothing: such answers do not wait. */
    private static boolean mustTellNow(LeaderReplica replica, FetchPartition.Position position) {
        if (!replica.isReadable()
                || position.offset() < replica.logStartOffset()
                || position.offset() > replica.logEndOffset()) {
            return true;
        }
        if (position.currentLeaderEpoch() != NOT_GIVEN && position.currentLeaderEpoch() != replica.leaderEpoch()) {
            return true;
        }
        if (position.lastFetchedEpoch() == NOT_GIVEN) {
            return false;
        }
        EpochEnd end = replica.log().epochEnd(position.lastFetchedEpoch());
        return end.leaderEpoch() != position.lastFetchedEpoch() || end.endOffset() < position.offset();
    }

    /** From the loop of any shard. */
    private void wake() {
        Shards.onLoop(request.loop(), request.guarded(() -> {
            if (done) {
                return;
            }
            done = true;
            leaveAll();
            woken.run();
        }));
    }

    /** Nobody waits for the answer any more: leaves every shard without a word; false when it was over. On the request's loop. */
    boolean abandon() {
        if (done) {
            return false;
        }
        done = true;
        leaveAll();
        return true;
    }

    private void leaveAll() {
        for (Shard shard : shards.all()) {
            if (concerns(shard)) {
                Shards.onLoop(shard.loop(), () -> leave(shard));
            }
        }
    }

    private void leave(Shard shard) {
        over[shard.index()] = true;
        PendingFetch pending = parked[shard.index()];
        if (pending != null) {
            pending.cancel();
        }
    }
}
