package io.millrace.client.admin;

import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.cluster.Call;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetLookup;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Looks after topics, and by {@link #groups} after consumer groups. Thread-safe.
 *
 * <p>Futures complete on the client's own thread, so what is chained to them must not block; they fail with a
 * {@link io.millrace.client.error.ClientException}. Everything that only reads is retried until {@code apiTimeoutMs}; creating and
 * deleting are retried only while the cluster has certainly not done it.
 */
public final class Admin implements AutoCloseable {

    private final Cluster cluster;

    private Admin(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Makes a client; connections are opened by the first call. */
    public static Admin open(ClientConfig config) {
        return new Admin(Cluster.open(config));
    }

    /** Creates topics, each with an outcome of its own, in the order given. */
    public Map<String, CompletableFuture<CreatedTopic>> createTopics(Collection<NewTopic> topics) {
        Map<String, CompletableFuture<CreatedTopic>> outcomes = new LinkedHashMap<>();
        for (NewTopic topic : topics) {
            outcomes.put(topic.name(), createTopic(topic));
        }
        return outcomes;
    }

    /** Creates one topic; TOPIC_ALREADY_EXISTS when there is one of this name. */
    public CompletableFuture<CreatedTopic> createTopic(NewTopic topic) {
        int timeoutMs = (int) Math.min(Integer.MAX_VALUE, cluster.config().requestTimeoutMs());
        return Call.start(
                cluster,
                "create topic " + topic.name(),
                Call.Target.CONTROLLER,
                Call.Repeat.UNSAFE,
                TopicRequests.create(topic, timeoutMs),
                (answer, version) -> TopicRequests.readCreated(topic, answer));
    }

    /** Deletes topics with all their records, each with an outcome of its own, in the order given. */
    public Map<String, CompletableFuture<Void>> deleteTopics(Collection<String> names) {
        Map<String, CompletableFuture<Void>> outcomes = new LinkedHashMap<>();
        for (String name : names) {
            outcomes.put(name, deleteTopic(name));
        }
        return outcomes;
    }

    /** Deletes one topic with all its records; UNKNOWN_TOPIC_OR_PARTITION when there is none. */
    public CompletableFuture<Void> deleteTopic(String name) {
        int timeoutMs = (int) Math.min(Integer.MAX_VALUE, cluster.config().requestTimeoutMs());
        return Call.start(
                        cluster,
                        "delete topic " + name,
                        Call.Target.CONTROLLER,
                        Call.Repeat.UNSAFE,
                        TopicRequests.delete(name, timeoutMs),
                        (answer, version) -> TopicRequests.readDeleted(name, answer))
                .thenAccept(deleted -> {});
    }

    /** Sets some configuration of a topic and takes some back to its default; all of it or nothing. */
    public CompletableFuture<Void> configureTopic(String name, Map<String, String> set, Set<String> unset) {
        return Call.start(
                        cluster,
                        "configure topic " + name,
                        Call.Target.CONTROLLER,
                        Call.Repeat.SAFE,
                        TopicChanges.configure(name, Map.copyOf(set), Set.copyOf(unset)),
                        (answer, version) -> TopicChanges.readConfigured(name, answer))
                .thenAccept(done -> {});
    }

    /** Gives a topic more partitions; INVALID_PARTITIONS when {@code totalPartitions} is no more than it has. */
    public CompletableFuture<Void> addPartitions(String name, int totalPartitions) {
        int timeoutMs = (int) Math.min(Integer.MAX_VALUE, cluster.config().requestTimeoutMs());
        return Call.start(
                        cluster,
                        "add partitions to topic " + name,
                        Call.Target.CONTROLLER,
                        Call.Repeat.UNSAFE,
                        TopicChanges.grow(name, totalPartitions, timeoutMs),
                        (answer, version) -> TopicChanges.readGrown(name, answer))
                .thenAccept(done -> {});
    }

    /**
     * Deletes the oldest records of a partition: those below {@code beforeOffset}, or all that are committed for -1.
     *
     * @return where the partition starts now
     */
    public CompletableFuture<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        int timeoutMs = (int) Math.min(Integer.MAX_VALUE, cluster.config().requestTimeoutMs());
        return Call.startAtLeader(
                cluster,
                "trim " + partition,
                partition,
                Call.Repeat.SAFE,
                TopicChanges.trim(partition, beforeOffset, timeoutMs),
                (answer, version) -> TopicChanges.readTrimmed(partition, answer));
    }

    /** All topics that this client may see, by name; the internal ones too. */
    public CompletableFuture<List<TopicImage>> listTopics() {
        return Call.start(
                cluster,
                "list topics",
                Call.Target.ANY_BROKER,
                Call.Repeat.SAFE,
                TopicRequests.list(),
                (answer, version) -> TopicRequests.readList(answer));
    }

    /** Describes topics with their configuration, in the order given; fails when one does not exist. */
    public CompletableFuture<List<TopicDescription>> describeTopics(Collection<String> names) {
        List<String> wanted = List.copyOf(names);
        CompletableFuture<List<TopicImage>> topics = Call.start(
                cluster,
                "describe topics " + wanted,
                Call.Target.ANY_BROKER,
                Call.Repeat.SAFE,
                TopicRequests.describe(wanted),
                (answer, version) -> TopicRequests.readDescribed(wanted, answer));
        CompletableFuture<Map<String, List<ConfigEntry>>> configs = topics.thenCompose(ignored -> Call.start(
                cluster,
                "describe configuration of " + wanted,
                Call.Target.ANY_BROKER,
                Call.Repeat.SAFE,
                TopicRequests.describeConfigs(wanted),
                (answer, version) -> TopicRequests.readConfigs(answer)));
        return topics.thenCombine(
                configs,
                (images, entries) -> images.stream()
                        .map(image -> new TopicDescription(image, entries.getOrDefault(image.name(), List.of())))
                        .toList());
    }

    /** The offsets asked for, one per partition; fails as a whole. */
    public CompletableFuture<Map<TopicPartition, FoundOffset>> listOffsets(Map<TopicPartition, OffsetQuery> queries) {
        return OffsetLookup.start(cluster, queries);
    }

    /** What looks after consumer groups, over the same connections. */
    public GroupAdmin groups() {
        return new GroupAdmin(cluster);
    }

    /** Closes the connections; calls under way fail. Not from a future's callback. */
    @Override
    public void close() {
        cluster.close();
    }
}
