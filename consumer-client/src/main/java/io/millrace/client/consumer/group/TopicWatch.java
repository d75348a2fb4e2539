package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.protocol.ErrorCode;
import io.millrace.runtime.Timer;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The topics that the group reads, and how many partitions each has. Owned by the client's loop. A topic that does not exist yet is
 * asked for every second, so that the group begins to read it soon after it was created.
 */
final class TopicWatch {

    private static final long MISSING_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final Cluster cluster;
    private final Runnable onChange;
    private SortedSet<String> topics = new TreeSet<>();
    /** What the last assignment was made of; null unless this member made it. */
    private @Nullable SortedMap<String, Integer> assigned;

    private @Nullable Runnable onceKnown;
    private @Nullable Timer timer;

    /** @param onChange runs when what the last assignment was made of is not so any more */
    TopicWatch(Cluster cluster, Runnable onChange) {
        this.cluster = cluster;
        this.onChange = onChange;
    }

    /** Starts listening. Once. */
    void start() {
        cluster.metadata().onImage(this::look);
    }

    /** Watches these topics. */
    void watch(Collection<String> names) {
        onceKnown = null;
        topics = new TreeSet<>(names);
        boolean all = true;
        for (String topic : topics) {
            all &= cluster.metadata().track(topic);
        }
        if (!all || !isKnown()) {
            cluster.metadata().refresh();
        }
        look();
    }

    /** Runs {@code task} as soon as it is known of each topic how many partitions it has, or that it does not exist. */
    void onceKnown(Runnable task) {
        onceKnown = task;
        look();
    }

    /** The topics that exist. */
    SortedMap<String, Integer> partitionCounts() {
        SortedMap<String, Integer> counts = new TreeMap<>();
        ClusterImage image = cluster.metadata().image();
        for (String topic : topics) {
            TopicImage at = image.topic(topic);
            if (at != null) {
                counts.put(topic, at.partitionCount());
            }
        }
        return counts;
    }

    /** This member assigned partitions by these counts, or, null, another one did. */
    void assignedBy(@Nullable SortedMap<String, Integer> counts) {
        assigned = counts;
        look();
    }

    private boolean isKnown() {
        ClusterImage image = cluster.metadata().image();
        for (String topic : topics) {
            if (image.topic(topic) == null && !isMissing(image, topic)) {
                return false;
            }
        }
        return true;
    }

    /** Certainly: a topic without a leader, say, is still there. */
    private static boolean isMissing(ClusterImage image, String topic) {
        ErrorCode error = image.topicErrors().get(topic);
        return error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || (error != null && !error.retriable());
    }

    private void look() {
        if (cluster.isClosed()) {
            return;
        }
        SortedMap<String, Integer> counts = partitionCounts();
        if (counts.size() < topics.size() && timer == null) {
            timer = cluster.loop().schedule(MISSING_INTERVAL_NS, () -> {
                timer = null;
                if (!cluster.isClosed() && partitionCounts().size() < topics.size()) {
                    cluster.metadata().refresh();
                }
            });
        }
        Runnable task = onceKnown;
        if (task != null && isKnown()) {
            onceKnown = null;
            task.run();
        }
        SortedMap<String, Integer> before = assigned;
        if (before != null && isKnown() && !before.equals(counts)) {
            assigned = null;
            onChange.run();
        }
    }
}
