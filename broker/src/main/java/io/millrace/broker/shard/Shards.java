package io.millrace.broker.shard;

import io.millrace.broker.request.RequestContext;
import io.millrace.replication.replica.ShardAssignment;
import io.millrace.runtime.EventLoop;
import java.util.List;

/** All shards of this broker. Immutable; usable from any thread. */
public final class Shards {

    /** Marks a slot that needs no shard: its outcome is known already. */
    public static final int NONE = -1;

    private final List<Shard> shards;

    public Shards(List<Shard> shards) {
        this.shards = List.copyOf(shards);
    }

    public int count() {
        return shards.size();
    }

    public Shard shard(int index) {
        return shards.get(index);
    }

    /** In index order. */
    public List<Shard> all() {
        return shards;
    }

    /** Index of the shard that owns a partition; never changes while the process runs. */
    public int shardOf(String topic, int partition) {
        return ShardAssignment.shardOf(topic, partition, shards.size());
    }

    /** Index of the shard on whose loop the caller runs. */
    public int here() {
        for (int index = 0; index < shards.size(); index++) {
            if (shards.get(index).loop().isOwner()) {
                return index;
            }
        }
        throw new IllegalStateException("the calling thread is no shard");
    }

    /** Work on one partition of a request. */
    @FunctionalInterface
    public interface SlotWork {

        /** Runs on the shard's loop, slots in request order. */
        void run(int slot, Shard shard);
    }

    /**
     * Runs {@code work} for every slot on the shard that owns it: at once when that is the calling loop, else posted, one task
     * per shard. What it throws breaks the request.
     *
     * @param request whose slots they are
     * @param shardOfSlot shard index per slot, or {@link #NONE} to leave the slot out
     */
    public void scatter(RequestContext request, int[] shardOfSlot, SlotWork work) {
        for (Shard shard : shards) {
            boolean concerned = false;
            for (int owner : shardOfSlot) {
                concerned |= owner == shard.index();
            }
            if (concerned) {
                onLoop(shard.loop(), () -> runOn(shard, request, shardOfSlot, work));
            }
        }
    }

    private static void runOn(Shard shard, RequestContext request, int[] shardOfSlot, SlotWork work) {
        for (int slot = 0; slot < shardOfSlot.length; slot++) {
            if (shardOfSlot[slot] == shard.index()) {
                try {
                    work.run(slot, shard);
                } catch (RuntimeException e) {
                    request.broken(e);
                }
            }
        }
    }

    /**
     * Runs {@code done} on {@code home} once every shard has opened and closed what the metadata published so far asks for:
     * each takes it as a task of its loop, so one more task behind it is enough.
     */
    public void whenSettled(EventLoop home, Runnable done) {
        SlotGather gather = new SlotGather(home, shards.size(), done);
        for (Shard shard : shards) {
            shard.loop().post(gather::slotDone);
        }
    }

    /** As {@link #whenSettled(EventLoop, Runnable)}, on the request's loop; what {@code done} throws breaks the request. */
    public void whenSettled(RequestContext request, Runnable done) {
        whenSettled(request.loop(), request.guarded(done));
    }

    /** Runs {@code task} on {@code loop}: at once when the caller is on it, else posted. */
    public static void onLoop(EventLoop loop, Runnable task) {
        if (loop.isOwner()) {
            task.run();
        } else {
            loop.post(task);
        }
    }
}
