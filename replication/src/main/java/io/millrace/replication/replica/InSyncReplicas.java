package io.millrace.replication.replica;

import io.millrace.replication.metadata.IntList;
import java.util.Arrays;

/**
 * The maximal ISR of a partition, as its leader sees it, and how far each follower in it holds the log. Owned by the shard
 * loop.
 *
 * <p>A follower fetches again only when what it received is as durable as the topic asks, so its fetch offset is the end of
 * what it holds. Only positions reported under the leader's own epoch count, so a new leader starts with none.
 */
final class InSyncReplicas {

    private static final long UNKNOWN = -1;

    private final int leader;
    private IntList maximalIsr;
    private int[] followers = new int[0];
    private long[] endOffsets = new long[0];

    InSyncReplicas(int leader, IntList isr) {
        this.leader = leader;
        this.maximalIsr = IntList.EMPTY;
        change(isr);
    }

    int size() {
        return maximalIsr.size();
    }

    /** Takes over a committed ISR; positions of followers that stay are kept. */
    void change(IntList isr) {
        int[] nextFollowers = new int[isr.size()];
        long[] nextEndOffsets = new long[isr.size()];
        int count = 0;
        for (int i = 0; i < isr.size(); i++) {
            int broker = isr.get(i);
            if (broker != leader) {
                nextFollowers[count] = broker;
                nextEndOffsets[count] = endOffset(broker);
                count++;
            }
        }
        maximalIsr = isr;
        followers = Arrays.copyOf(nextFollowers, count);
        endOffsets = Arrays.copyOf(nextEndOffsets, count);
    }

    /** Notes that a follower holds everything below {@code endOffset}. Followers outside the maximal ISR do not count. */
    void reported(int follower, long endOffset) {
        for (int i = 0; i < followers.length; i++) {
            if (followers[i] == follower) {
                endOffsets[i] = endOffset;
            }
        }
    }

    /** The exclusive end of what every member holds, -1 as long as one has not reported (A5). */
    long heldByAll(long leaderEndOffset) {
        long lowest = leaderEndOffset;
        for (long endOffset : endOffsets) {
            lowest = Math.min(lowest, endOffset);
        }
        return lowest;
    }

    private long endOffset(int follower) {
        for (int i = 0; i < followers.length; i++) {
            if (followers[i] == follower) {
                return endOffsets[i];
            }
        }
        return UNKNOWN;
    }
}
