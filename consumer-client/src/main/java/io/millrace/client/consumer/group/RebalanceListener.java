package io.millrace.client.consumer.group;

import io.millrace.client.cluster.TopicPartition;
import java.util.Collection;

/**
 * Told, on the thread that polls and from within {@code poll}, {@code unsubscribe} or {@code close}, what a rebalance changes. May
 * seek and commit; must not poll. An exception leaves {@code poll} after the change was made.
 */
public interface RebalanceListener {

    /** These are this member's from now on; their committed offsets have not been looked up yet. */
    default void onAssigned(Collection<TopicPartition> added) {}

    /** These go to other members next. They are still this member's: their last records can be committed here. */
    default void onRevoked(Collection<TopicPartition> revoked) {}

    /** These may be others' already; nothing can be committed for them. */
    default void onLost(Collection<TopicPartition> lost) {}
}
