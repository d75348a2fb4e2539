package io.millrace.client.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.compress.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PartitionSenderTest {

    private static final int BROKER = 1;
    private static final long LINGER_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final ProducerIdentity FIRST = new ProducerIdentity(7, (short) 0);

    private final ProducerConfig config = ProducerConfig.of(ClientConfig.of("localhost:9092"));
    private final BatchPool pool = new BatchPool(Codec.NONE, 1024);
    private final PartitionQueue queue = new PartitionQueue(new TopicPartition("t", 0), pool, 1024, LINGER_NS);
    private final PartitionSender sender = new PartitionSender(queue, config, pool);
    private final List<ProducerBatch> finished = new ArrayList<>();
    private final List<ClientException> failures = new ArrayList<>();
    private final DeliveryListener told = new DeliveryListener() {
        @Override
        public void delivered(RecordMetadata metadata) {}

        @Override
        public void failed(ClientException cause) {
            failures.add(cause);
        }
    };
    private long nowNs = 1_000;

    /** One record in a batch of its own, ready now. */
    private void ready(String value) {
        queue.append(ProducerRecord.of("t", null, value.getBytes(UTF_8)), 0, 100, told, nowNs);
        queue.flush(new ArrayList<>());
    }

    private ProducerBatch taken() {
        assertThat(sender.readyBytes(BROKER, nowNs)).isPositive();
        return Objects.requireNonNull(sender.takeReady(BROKER, nowNs));
    }

    private static ClientException cause(ErrorCode error) {
        return RefusedException.of("write to t-0", error, null);
    }

    private ProduceOutcome refused(ErrorCode error) {
        return new ProduceOutcome.Refused(error, cause(error));
    }

    @Test
    void aTimerIsWantedForALingerThatIsNotOver() {
        queue.append(ProducerRecord.of("t", null, "a".getBytes(UTF_8)), 0, 100, told, nowNs);
        assertThat(sender.nextEventNs(nowNs)).isEqualTo(nowNs + LINGER_NS);
    }

    @Test
    void whatIsReadyAndCannotBeSentWaitsForAnEventNotForTime() {
        ready("a");
        nowNs += 10 * LINGER_NS;
        assertThat(sender.readyBytes(BROKER, nowNs)).isEqualTo(-1); // no producer id
        assertThat(sender.nextEventNs(nowNs)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aBatchWhoseAnswerWasLostIsNeverReportedAsNotWritten() {
        sender.identity(FIRST);
        ready("a");
        ready("b");
        ProducerBatch lost = taken();
        ProducerBatch fenced = taken();
        sender.settle(lost, new ProduceOutcome.Lost(cause(ErrorCode.NETWORK_EXCEPTION)), nowNs, finished);
        sender.settle(fenced, refused(ErrorCode.INVALID_PRODUCER_EPOCH), nowNs, finished);
        sender.failWaiting(cause(ErrorCode.CLUSTER_AUTHORIZATION_FAILED), finished);
        assertThat(failures).hasSize(2);
        assertThat(failures.get(0)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failures.get(1)).isNotInstanceOf(OutcomeUnknownException.class);
        assertThat(sender.hasWork()).isFalse();
        sender.identity(new ProducerIdentity(8, (short) 0));
        nowNs += TimeUnit.SECONDS.toNanos(10); // whatever it backed off for
        ready("c");
        assertThat(taken().baseSequence()).isZero();
    }

    @Test
    void aFencedIdentityIsNotAskedForBeforeEveryAnswerIsIn() {
        sender.identity(FIRST);
        ready("a");
        ready("b");
        ProducerBatch fenced = taken();
        ProducerBatch second = taken();
        sender.settle(fenced, refused(ErrorCode.INVALID_PRODUCER_EPOCH), nowNs, finished);
        assertThat(sender.needsIdentity()).isFalse();
        assertThat(sender.settle(second, refused(ErrorCode.INVALID_PRODUCER_EPOCH), nowNs, finished))
                .isEqualTo(PartitionSender.Aftermath.NEW_PRODUCER_ID);
        assertThat(sender.needsIdentity()).isTrue();
    }
}
