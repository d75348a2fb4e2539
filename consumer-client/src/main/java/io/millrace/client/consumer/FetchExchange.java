package io.millrace.client.consumer;

import io.millrace.client.cluster.ClusterImage;
import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.FetchRequest;
import io.millrace.protocol.message.FetchResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of several partitions from the broker that leads them, without a fetch session: each request names all its partitions, so a
 * lost answer leaves nothing to repair. Owned by the client's loop; used once.
 */
final class FetchExchange {

    private static final int LOWEST = 4;
    private static final int FIRST_VERSION_WITH_IDS = 13;
    private static final int HIGHEST = 16;
    private static final int FIRST_VERSION_WITH_EPOCH = 9;
    private static final int NO_SESSION = 0;
    private static final int NO_SESSION_EPOCH = -1;

    /** What was asked of one partition. */
    record Asked(FetchState state, int generation, long offset) {}

    private final Map<TopicPartition, Asked> asked = new LinkedHashMap<>();
    private final ConsumerConfig config;
    private final ClusterImage image;
    private final int maxWaitMs;
    private final int maxBytes;

    FetchExchange(ConsumerConfig config, ClusterImage image, List<FetchState> partitions, int maxWaitMs, int maxBytes) {
        this.config = config;
        this.image = image;
        this.maxWaitMs = maxWaitMs;
        this.maxBytes = maxBytes;
        for (FetchState state : partitions) {
            asked.put(state.partition(), new Asked(state, state.generation(), state.fetchOffset()));
        }
    }

    int maxBytes() {
        return maxBytes;
    }

    Iterable<Asked> asked() {
        return asked.values();
    }

    ClientRequest request() {
        int highest = everyTopicHasAnId() ? HIGHEST : FIRST_VERSION_WITH_IDS - 1;
        return ClientRequest.of(ApiRange.of(ApiKey.FETCH, LOWEST, highest), this::message);
    }

    private boolean everyTopicHasAnId() {
        for (TopicPartition partition : asked.keySet()) {
            TopicImage topic = image.topic(partition.topic());
            if (topic == null || topic.id().isZero()) {
                return false;
            }
        }
        return true;
    }

    private Message message(short version) {
        Map<String, FetchRequest.FetchTopic> topics = new LinkedHashMap<>();
        for (Asked each : asked.values()) {
            TopicPartition name = each.state().partition();
            FetchRequest.FetchPartition partition = new FetchRequest.FetchPartition()
                    .partition(name.partition())
                    .fetchOffset(each.offset())
                    .partitionMaxBytes(config.partitionMaxBytes());
            PartitionImage at = image.partition(name);
            if (version >= FIRST_VERSION_WITH_EPOCH && at != null) {
                partition.currentLeaderEpoch(at.leaderEpoch());
            }
            topics.computeIfAbsent(name.topic(), key -> topicOf(key, version))
                    .partitions()
                    .add(partition);
        }
        return new FetchRequest()
                .maxWaitMs(maxWaitMs)
                .minBytes(1)
                .maxBytes(maxBytes)
                .sessionId(NO_SESSION)
                .sessionEpoch(NO_SESSION_EPOCH)
                .topics(new ArrayList<>(topics.values()));
    }

    private FetchRequest.FetchTopic topicOf(String name, short version) {
        FetchRequest.FetchTopic topic = new FetchRequest.FetchTopic();
        TopicImage known = image.topic(name);
        return version >= FIRST_VERSION_WITH_IDS && known != null ? topic.topicId(known.id()) : topic.topic(name);
    }

    /** What was asked of the partition that an answer speaks of; null when nothing was. */
    @Nullable
    Asked askedOf(FetchResponse.FetchableTopicResponse topic, int partition) {
        String name = topic.topic();
        if (name.isEmpty()) {
            TopicImage known = image.topic(topic.topicId());
            if (known == null) {
                return null;
            }
            name = known.name();
        }
        return asked.get(new TopicPartition(name, partition));
    }
}
