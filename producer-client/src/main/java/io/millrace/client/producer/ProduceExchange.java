package io.millrace.client.producer;

import io.millrace.client.cluster.ClusterImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.protocol.message.ProduceResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One produce request: at most one batch per partition, all led by one broker, and how its answer falls to the batches. Owned by the
 * client's loop; used once.
 */
final class ProduceExchange {

    private static final int FIRST_VERSION_WITH_IDS = 13;
    private static final int FIRST_VERSION_WITH_ZSTD = 7;
    private static final int FIRST_VERSION_WITH_RECORDS_V2 = 3;

    private final Map<TopicPartition, ProducerBatch> batches = new LinkedHashMap<>();
    private final ProducerConfig config;
    private final ClusterImage image;
    private int bytes;

    ProduceExchange(ProducerConfig config, ClusterImage image) {
        this.config = config;
        this.image = image;
    }

    /** Whether a batch of this size may still come along; the first one always may. */
    boolean hasRoom(int batchBytes) {
        return batches.isEmpty() || (long) bytes + batchBytes <= config.maxRequestBytes();
    }

    void add(ProducerBatch batch) {
        batches.put(batch.partition(), batch);
        bytes += batch.sealedBytes();
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    List<ProducerBatch> batches() {
        return List.copyOf(batches.values());
    }

    ClientRequest request() {
        int lowest = config.codec() == Codec.ZSTD ? FIRST_VERSION_WITH_ZSTD : FIRST_VERSION_WITH_RECORDS_V2;
        int highest = everyTopicHasAnId() ? FIRST_VERSION_WITH_IDS : FIRST_VERSION_WITH_IDS - 1;
        return new ClientRequest(
                ApiRange.of(ApiKey.PRODUCE, lowest, highest), this::message, config.acks() != Acks.NONE);
    }

    private boolean everyTopicHasAnId() {
        for (TopicPartition partition : batches.keySet()) {
            TopicImage topic = image.topic(partition.topic());
            if (topic == null || topic.id().isZero()) {
                return false;
            }
        }
        return true;
    }

    private Message message(short version) {
        Map<String, ProduceRequest.TopicProduceData> topics = new LinkedHashMap<>();
        for (ProducerBatch batch : batches.values()) {
            String name = batch.partition().topic();
            topics.computeIfAbsent(name, key -> topicOf(key, version))
                    .partitionData()
                    .add(new ProduceRequest.PartitionProduceData()
                            .index(batch.partition().partition())
                            .records(BufferRecords.wrap(batch.seal().duplicate())));
        }
        return new ProduceRequest()
                .acks(config.acks().wire())
                .timeoutMs((int) Math.min(Integer.MAX_VALUE, config.client().requestTimeoutMs()))
                .topicData(new ArrayList<>(topics.values()));
    }

    private ProduceRequest.TopicProduceData topicOf(String name, short version) {
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData();
        TopicImage known = image.topic(name);
        if (version >= FIRST_VERSION_WITH_IDS && known != null) {
            return topic.topicId(known.id());
        }
        return topic.name(name);
    }

    /** Which batch met which end, in the order of the request. */
    Map<ProducerBatch, ProduceOutcome> outcomes(Reply reply) {
        Map<ProducerBatch, ProduceOutcome> outcomes = new LinkedHashMap<>();
        switch (reply) {
            case Reply.Answered answered
            when answered.message() instanceof ProduceResponse response -> {
                Map<TopicPartition, ProduceOutcome> answers = read(response);
                for (ProducerBatch batch : batches.values()) {
                    ProduceOutcome outcome = answers.get(batch.partition());
                    outcomes.put(
                            batch,
                            outcome != null
                                    ? outcome
                                    : new ProduceOutcome.Lost(RefusedException.of(
                                            what(batch.partition()),
                                            ErrorCode.UNKNOWN_SERVER_ERROR,
                                            "the broker's answer does not mention the partition")));
                }
            }
            case Reply.NotSent notSent -> all(outcomes, new ProduceOutcome.NotSent(notSent.cause()));
            case Reply.Lost lost -> all(outcomes, new ProduceOutcome.Lost(lost.cause()));
            case Reply.SentOneWay ignored -> all(outcomes, new ProduceOutcome.Written(-1, -1));
            case Reply.Answered ignored -> throw new IllegalStateException("no produce answer");
        }
        return outcomes;
    }

    private void all(Map<ProducerBatch, ProduceOutcome> outcomes, ProduceOutcome outcome) {
        for (ProducerBatch batch : batches.values()) {
            outcomes.put(batch, outcome);
        }
    }

    private Map<TopicPartition, ProduceOutcome> read(ProduceResponse response) {
        Map<TopicPartition, ProduceOutcome> outcomes = new LinkedHashMap<>();
        for (ProduceResponse.TopicProduceResponse topic : response.responses()) {
            String name = topic.name();
            if (name.isEmpty()) {
                TopicImage known = image.topic(topic.topicId());
                if (known == null) {
                    continue;
                }
                name = known.name();
            }
            for (ProduceResponse.PartitionProduceResponse partition : topic.partitionResponses()) {
                TopicPartition at = new TopicPartition(name, partition.index());
                outcomes.put(at, outcomeOf(at, partition));
            }
        }
        return outcomes;
    }

    private static ProduceOutcome outcomeOf(TopicPartition partition, ProduceResponse.PartitionProduceResponse answer) {
        ErrorCode error = ErrorCode.of(answer.errorCode());
        return switch (error) {
            case NONE -> new ProduceOutcome.Written(answer.baseOffset(), answer.logAppendTimeMs());
            // Appended before, so long ago that the broker has forgotten where.
            case DUPLICATE_SEQUENCE_NUMBER -> new ProduceOutcome.Written(-1, -1);
            default ->
                new ProduceOutcome.Refused(error, RefusedException.of(what(partition), error, messageOf(answer)));
        };
    }

    private static @Nullable String messageOf(ProduceResponse.PartitionProduceResponse answer) {
        if (!answer.recordErrors().isEmpty()) {
            ProduceResponse.BatchIndexAndErrorMessage first =
                    answer.recordErrors().getFirst();
            return "record " + first.batchIndex() + " of the batch: "
                    + (first.batchIndexErrorMessage() == null ? answer.errorMessage() : first.batchIndexErrorMessage());
        }
        return answer.errorMessage();
    }

    private static String what(TopicPartition partition) {
        return "write to " + partition;
    }
}
