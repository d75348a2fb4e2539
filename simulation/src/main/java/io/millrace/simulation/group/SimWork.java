package io.millrace.simulation.group;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.simulation.SimRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What a simulated consumer does with its partitions: begins where the group has committed, goes on by a few records at a time,
 * commits one request after the other. Owner: the simulation's thread.
 */
final class SimWork {

    private static final int MAX_STEP = 4;

    private final SimRandom random;
    private final SimLink link;
    private final GroupHistory history;
    private final Map<Integer, Long> positions = new LinkedHashMap<>();
    private boolean committing;

    SimWork(SimRandom random, SimLink link, GroupHistory history) {
        this.random = random;
        this.link = link;
        this.history = history;
    }

    void forget() {
        positions.clear();
    }

    void keep(Set<Integer> partitions) {
        positions.keySet().retainAll(partitions);
    }

    /**
     * Reads where to begin.
     *
     * @param current whether the answer still matters when it comes
     * @param again what to do when there is none
     */
    void fetch(Set<Integer> partitions, BooleanSupplier current, Runnable again) {
        if (partitions.isEmpty()) {
            return;
        }
        int[] indexes = partitions.stream().mapToInt(Integer::intValue).toArray();
        Map<Integer, Long> atLeast = new LinkedHashMap<>();
        partitions.forEach(partition -> atLeast.put(partition, history.acknowledged(partition)));
        OffsetFetchRequest.OffsetFetchRequestGroup request = new OffsetFetchRequest.OffsetFetchRequestGroup()
                .groupId(SimMember.GROUP)
                .topics(List.of(new OffsetFetchRequest.OffsetFetchRequestTopics()
                        .name(SimMember.TOPIC)
                        .partitionIndexes(indexes)));
        link.<OffsetFetchResponse.OffsetFetchResponseGroup>call(
                SimMember.CALL_MS,
                false,
                (groups, answer) -> groups.offsets().fetch(request, MetadataImage.EMPTY, answer),
                error -> new OffsetFetchResponse.OffsetFetchResponseGroup().errorCode(error.code()),
                response -> {
                    if (!current.getAsBoolean()) {
                        return;
                    }
                    if (response == null || response.errorCode() != ErrorCode.NONE.code()) {
                        again.run();
                    } else {
                        response.topics().getFirst().partitions().forEach(partition -> begin(partition, atLeast));
                    }
                });
    }

    private void begin(OffsetFetchResponse.OffsetFetchResponsePartitions partition, Map<Integer, Long> atLeast) {
        int index = partition.partitionIndex();
        history.fetched(index, partition.committedOffset(), atLeast.getOrDefault(index, -1L));
        positions.put(index, Math.max(0, partition.committedOffset()));
    }

    /**
     * Goes on a little and commits, unless a commit is under way.
     *
     * @param request says who commits
     */
    void commit(OffsetCommitRequest request, Set<Integer> owned) {
        if (committing || positions.isEmpty()) {
            return;
        }
        positions.replaceAll((partition, position) -> position + random.nextInt(MAX_STEP));
        Map<Integer, Long> done = new LinkedHashMap<>(positions);
        done.keySet().retainAll(owned);
        OffsetCommitRequest.OffsetCommitRequestTopic topic = new OffsetCommitRequest.OffsetCommitRequestTopic()
                .name(SimMember.TOPIC)
                .topicId(Uuid.ZERO);
        done.forEach((partition, position) -> topic.partitions()
                .add(new OffsetCommitRequest.OffsetCommitRequestPartition()
                        .partitionIndex(partition)
                        .committedOffset(position)
                        .committedMetadata("")));
        request.topics(new ArrayList<>(List.of(topic)));
        committing = true;
        link.<OffsetCommitResponse>call(
                SimMember.CALL_MS,
                false,
                (groups, answer) -> groups.offsets().commit(request, answer),
                error -> new OffsetCommitResponse(),
                response -> {
                    committing = false;
                    if (response != null) {
                        acknowledged(done, response);
                    }
                });
    }

    private void acknowledged(Map<Integer, Long> done, OffsetCommitResponse response) {
        response.topics()
                .forEach(topic -> topic.partitions().forEach(partition -> {
                    Long position = done.get(partition.partitionIndex());
                    if (partition.errorCode() == ErrorCode.NONE.code() && position != null) {
                        history.commitAcknowledged(partition.partitionIndex(), position);
                    }
                }));
    }
}
