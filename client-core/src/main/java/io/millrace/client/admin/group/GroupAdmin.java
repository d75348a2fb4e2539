package io.millrace.client.admin.group;

import io.millrace.client.cluster.BrokerPlace;
import io.millrace.client.cluster.Call;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.CoordinatorRoute;
import io.millrace.client.cluster.Route;
import io.millrace.client.cluster.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * Looks after consumer groups. Thread-safe; made by {@link io.millrace.client.admin.Admin#groups}, and ends with it.
 *
 * <p>Each call asks for the group's coordinator and follows it when it moves. Futures complete on the client's own thread and fail
 * with a {@link io.millrace.client.error.ClientException}.
 */
public final class GroupAdmin {

    private final Cluster cluster;

    public GroupAdmin(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * The groups of all brokers, by id. Brokers before Kafka 2.6 do not know states, those before 3.8 no types: they list every
     * group.
     *
     * @param states only groups in these; empty for all
     * @param types only groups of these; empty for all
     */
    public CompletableFuture<List<GroupListing>> list(Set<String> states, Set<String> types) {
        return Call.start(
                        cluster,
                        "list brokers",
                        Call.Target.ANY_BROKER,
                        Call.Repeat.SAFE,
                        GroupRequests.brokers(),
                        (answer, version) -> GroupRequests.readBrokers(answer))
                .thenCompose(brokers -> gather(brokers.stream()
                        .map(broker -> listAt(broker, Set.copyOf(states), Set.copyOf(types)))
                        .toList()));
    }

    private CompletableFuture<List<GroupListing>> listAt(BrokerPlace broker, Set<String> states, Set<String> types) {
        return Call.startOn(
                cluster,
                "list groups of broker " + broker.id(),
                Route.broker(cluster, broker),
                Call.Repeat.SAFE,
                GroupRequests.list(states, types),
                (answer, version) -> GroupRequests.readList(answer));
    }

    private static CompletableFuture<List<GroupListing>> gather(List<CompletableFuture<List<GroupListing>>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<GroupListing> all = new ArrayList<>();
            parts.forEach(part -> all.addAll(part.join()));
            all.sort(Comparator.comparing(GroupListing::groupId));
            return List.copyOf(all);
        });
    }

    /** One group; in state {@link GroupDescription#DEAD} when there is none of this id. */
    public CompletableFuture<GroupDescription> describe(String groupId) {
        CoordinatorRoute route = new CoordinatorRoute(cluster, groupId);
        return Call.start(
                        cluster,
                        "find the coordinator of group " + groupId,
                        Call.Target.ANY_BROKER,
                        Call.Repeat.SAFE,
                        CoordinatorRoute.find(groupId),
                        (answer, version) -> CoordinatorRoute.readFound(groupId, answer))
                .thenCompose(coordinator -> Call.startOn(
                        cluster,
                        "describe group " + groupId,
                        route,
                        Call.Repeat.SAFE,
                        GroupRequests.describe(groupId),
                        (answer, version) -> GroupRequests.readDescribed(groupId, coordinator, answer)));
    }

    /** All that a group has committed, ordered; empty when there is no such group. */
    public CompletableFuture<SortedMap<TopicPartition, CommittedOffset>> committedOffsets(String groupId) {
        return Call.startOn(
                cluster,
                "read the offsets of group " + groupId,
                new CoordinatorRoute(cluster, groupId),
                Call.Repeat.SAFE,
                OffsetRequests.fetch(groupId),
                (answer, version) -> OffsetRequests.readFetched(groupId, answer));
    }

    /**
     * Commits for a group that has no members, as nobody's member; UNKNOWN_MEMBER_ID when it has some. Fails as a whole, then some
     * partitions may have been committed.
     */
    public CompletableFuture<Void> commitOffsets(String groupId, Map<TopicPartition, CommittedOffset> offsets) {
        return Call.startOn(
                        cluster,
                        "move the offsets of group " + groupId,
                        new CoordinatorRoute(cluster, groupId),
                        Call.Repeat.SAFE,
                        OffsetRequests.commit(groupId, Map.copyOf(offsets)),
                        (answer, version) -> OffsetRequests.readCommitted(groupId, answer))
                .thenAccept(done -> {});
    }

    /** Deletes a group with its offsets; GROUP_ID_NOT_FOUND when there is none, NON_EMPTY_GROUP when it has members. */
    public CompletableFuture<Void> delete(String groupId) {
        return Call.startOn(
                        cluster,
                        "delete group " + groupId,
                        new CoordinatorRoute(cluster, groupId),
                        Call.Repeat.UNSAFE,
                        GroupRequests.delete(groupId),
                        (answer, version) -> GroupRequests.readDeleted(groupId, answer))
                .thenAccept(done -> {});
    }
}
