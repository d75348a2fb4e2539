package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where leader epochs end, as consumers ask it after a change of leader (KIP-320): each start of the broker is one. */
class EpochEndIT {

    @ParameterizedTest
    @ValueSource(shorts = {2, 3, 4})
    void anEpochEndsWhereTheNextBeganInEveryVersion(short version) throws Exception {
        try (TestBroker broker = TestBroker.start()) {
            JavaClients clients = new JavaClients(broker);
            try (Admin admin = clients.admin()) {
                admin.createTopics(List.of(new NewTopic("epochs", 1, (short) 1)))
                        .all()
                        .get();
            }
            produce(clients, 3);
            broker.restart();
            produce(clients, 4);
            try (RawRequests raw = new RawRequests(broker)) {
                EpochEndOffset first = ask(raw, version, 0);
                assertThat(first.leaderEpoch()).isZero();
                assertThat(first.endOffset()).isEqualTo(3);
                EpochEndOffset second = ask(raw, version, 1);
                assertThat(second.leaderEpoch()).isEqualTo(1);
                assertThat(second.endOffset()).isEqualTo(7);
            }
        }
    }

    private static void produce(JavaClients clients, int count) throws Exception {
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("epochs", 0, "k", "v")).get();
            }
        }
    }

    private static EpochEndOffset ask(RawRequests raw, short version, int leaderEpoch) {
        OffsetForLeaderTopicCollection topics = new OffsetForLeaderTopicCollection();
        topics.add(new OffsetForLeaderTopic()
                .setTopic("epochs")
                .setPartitions(List.of(new OffsetForLeaderPartition()
                        .setPartition(0)
                        .setCurrentLeaderEpoch(1)
                        .setLeaderEpoch(leaderEpoch))));
        OffsetForLeaderEpochRequestData data =
                new OffsetForLeaderEpochRequestData().setReplicaId(-1).setTopics(topics);
        OffsetsForLeaderEpochResponse answer = raw.send(
                OffsetsForLeaderEpochRequest.parse(MessageUtil.toByteBufferAccessor(data, version), version),
                OffsetsForLeaderEpochResponse.class);
        assertThat(answer.errorCounts().keySet()).containsExactly(Errors.NONE);
        return answer.data().topics().iterator().next().partitions().getFirst();
    }
}
