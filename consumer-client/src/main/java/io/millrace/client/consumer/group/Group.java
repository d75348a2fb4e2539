package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientClosedException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The polling thread's hold on its group: every method hands the work to the client's loop. Owned by that thread, closed by it.
 *
 * <p>Without {@link #subscribe} it only keeps offsets, for partitions that were assigned by hand.
 */
public final class Group {

    private final Cluster cluster;
    private final GroupConfig config;
    private final Membership membership;
    private final GroupCoordinator coordinator;

    private Group(Cluster cluster, GroupConfig config, GroupCoordinator coordinator, Membership membership) {
        this.cluster = cluster;
        this.config = config;
        this.coordinator = coordinator;
        this.membership = membership;
    }

    /**
     * From any thread; the future completes on the loop.
     *
     * @param changed runs on the loop whenever {@link #view} has something new for the polling thread
     */
    public static CompletableFuture<Group> open(Cluster cluster, GroupConfig config, Runnable changed) {
        CompletableFuture<Group> opened = new CompletableFuture<>();
        cluster.run("open group", () -> {
            GroupCoordinator coordinator = new GroupCoordinator(cluster, config);
            opened.complete(
                    new Group(cluster, config, coordinator, new Membership(cluster, config, coordinator, changed)));
        });
        return opened;
    }

    public GroupConfig config() {
        return config;
    }

    public GroupView view() {
        return membership.view();
    }

    /** The polling thread is here; {@code waits} while it waits within {@code poll}. */
    public void polled(boolean waits) {
        membership.heartbeats().polled(waits);
    }

    /** Takes part for these topics, or changes to them; {@link #view} knows of it when the future completes. */
    public CompletableFuture<@Nullable Void> subscribe(Collection<String> topics) {
        List<String> names = List.copyOf(topics);
        CompletableFuture<@Nullable Void> subscribed = new CompletableFuture<>();
        cluster.run("subscribe", () -> {
            membership.subscribe(names);
            subscribed.complete(null);
        });
        return subscribed;
    }

    /** Answers a {@link GroupView.Stage.Prepare}: the rebalance may go on; these partitions are held meanwhile. */
    public void prepared(int round, Collection<TopicPartition> held) {
        List<TopicPartition> partitions = List.copyOf(held);
        cluster.run("join group", () -> membership.prepared(round, partitions));
    }

    /** What a cooperative assignment took away was given up: others may have it after another round. */
    public void revoked() {
        cluster.run("rejoin group", () -> membership.rejoin("it gave up partitions"));
    }

    /** Leaves; the future completes once the group knows, or will find out by itself. */
    public CompletableFuture<@Nullable Void> leave(boolean tell, String reason) {
        CompletableFuture<@Nullable Void> left = new CompletableFuture<>();
        cluster.run("leave group", () -> membership.leave(tell, reason, () -> left.complete(null)));
        return left;
    }

    /** Commits after everything committed before; nothing at all ends when that has. */
    public CompletableFuture<@Nullable Void> commit(Map<TopicPartition, CommittedOffset> offsets, long timeoutMs) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        Map<TopicPartition, CommittedOffset> copy = Map.copyOf(offsets);
        cluster.run("commit", () -> membership.commits().submit(copy, timeoutMs, done));
        return done;
    }

    /** Where the group stands in those of the partitions for which it has committed. */
    public CompletableFuture<Map<TopicPartition, CommittedOffset>> committed(Collection<TopicPartition> partitions) {
        CompletableFuture<Map<TopicPartition, CommittedOffset>> found = new CompletableFuture<>();
        if (partitions.isEmpty()) {
            found.complete(Map.of());
            return found;
        }
        List<TopicPartition> asked = List.copyOf(partitions);
        cluster.run(
                "look up committed offsets",
                () -> new CommittedLookup(cluster, config, coordinator, asked, found).attempt());
        return found;
    }

    /** Stops without telling the group; what is under way fails. */
    public void close() {
        cluster.run("close", () -> membership.close(new ClientClosedException("commit")));
    }
}
