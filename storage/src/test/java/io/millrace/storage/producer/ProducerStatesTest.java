package io.millrace.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ErrorCode;
import io.millrace.storage.observer.DamagedSectionException;
import io.millrace.storage.observer.SampleBatches;
import io.millrace.storage.observer.SideSection;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProducerStatesTest {

    private static final long ID = 77;

    private final HandClock clock = new HandClock();
    private final ProducerCount broker = new ProducerCount(100);
    private final ProducerStates states = new ProducerStates(new ProducerLimits(3, 1000, broker), clock);
    private long end;

    @Test
    void theFirstBatchBeginsWithSequenceZero() {
        assertThat(check(0, 0, 1)).isInstanceOf(ProducerCheck.InSequence.class);
        assertThat(error(0, 5, 1)).isEqualTo(ErrorCode.UNKNOWN_PRODUCER_ID);
    }

    @Test
    void eachOfTheLastFiveBatchesIsRecognisedWithItsPlace() {
        for (int i = 0; i < 7; i++) {
            append(0, i * 3, 3);
        }
        for (int i = 2; i < 7; i++) {
            assertThat(check(0, i * 3, 3))
                    .isEqualTo(new ProducerCheck.Duplicate(i * 3L, i * 3L + 3, 1000 + i * 3L + 2));
        }
        assertThat(error(0, 3, 3)).isEqualTo(ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(check(0, 21, 1)).isInstanceOf(ProducerCheck.InSequence.class);
    }

    @Test
    void gapsAndOverlapsAreOutOfOrder() {
        append(0, 0, 3);
        append(0, 3, 3);
        assertThat(error(0, 7, 1)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(error(0, 5, 2)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(error(0, 0, 6)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void sequencesWrapToZero() {
        append(0, 0, 1);
        append(0, Integer.MAX_VALUE - 1, 2);
        assertThat(check(0, 0, 4)).isInstanceOf(ProducerCheck.InSequence.class);
        append(0, 0, 4);
        assertThat(check(0, 4, 1)).isInstanceOf(ProducerCheck.InSequence.class);
        assertThat(check(0, Integer.MAX_VALUE - 1, 2)).isInstanceOf(ProducerCheck.Duplicate.class);
    }

    @Test
    void aBatchThatItselfWrapsIsFollowedByTheRightSequence() {
        append(0, Integer.MAX_VALUE, 3);
        assertThat(check(0, 2, 1)).isInstanceOf(ProducerCheck.InSequence.class);
        assertThat(check(0, Integer.MAX_VALUE, 3)).isInstanceOf(ProducerCheck.Duplicate.class);
    }

    @Test
    void aNewEpochBeginsAtZeroAndFencesTheOld() {
        append(0, 0, 3);
        assertThat(error(1, 3, 1)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        append(1, 0, 2);
        assertThat(error(0, 3, 1)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(check(1, 0, 2)).isInstanceOf(ProducerCheck.Duplicate.class);
        assertThat(error(1, 0, 3)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void idleProducersExpireInOrderAndOnlyThose() {
        appendOf(1, 0);
        clock.passMs(400);
        appendOf(2, 0);
        clock.passMs(599);
        states.expire();
        assertThat(states.size()).isEqualTo(2);
        assertThat(states.nextExpiryNs()).isEqualTo(clock.monotonicNs() + 1_000_000);
        clock.passMs(1);
        states.expire();
        assertThat(states.size()).isEqualTo(1);
        assertThat(broker.count()).isEqualTo(1);
        clock.passMs(400);
        states.expire();
        assertThat(states.nextExpiryNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(states.expirations()).isEqualTo(2);
    }

    @Test
    void anOpenTransactionNeitherExpiresNorIsEvicted() {
        states.appended(SampleBatches.view(SampleBatches.transactional(end, 2, 9, 0, 0)), end, 0);
        long first = end;
        end += 2;
        for (int id = 100; id < 110; id++) {
            appendOf(id, 0);
        }
        clock.passMs(5000);
        states.expire();
        assertThat(states.size()).isEqualTo(1);
        assertThat(states.firstOpenTransactionOffset()).isEqualTo(first);

        states.appended(SampleBatches.view(SampleBatches.marker(end, 9, 0)), end, 0);

        assertThat(states.firstOpenTransactionOffset()).isEqualTo(-1);
        clock.passMs(1000);
        states.expire();
        assertThat(states.size()).isZero();
    }

    @Test
    void theLongestIdleProducerGoesFirstWhenALogHasTooMany() {
        for (int id = 1; id <= 3; id++) {
            appendOf(id, 0);
        }
        appendOf(1, 1);
        appendOf(4, 0);
        assertThat(states.size()).isEqualTo(3);
        assertThat(states.evictions()).isEqualTo(1);
        assertThat(states.check(SampleBatches.view(SampleBatches.idempotent(0, 1, 2, 0, 1))))
                .isInstanceOfSatisfying(
                        ProducerCheck.OutOfSequence.class,
                        out -> assertThat(out.error()).isEqualTo(ErrorCode.UNKNOWN_PRODUCER_ID));
        assertThat(states.check(SampleBatches.view(SampleBatches.idempotent(0, 1, 1, 0, 2))))
                .isInstanceOf(ProducerCheck.InSequence.class);
    }

    @Test
    void aStateCountsAmongTheBrokersOnceALogHasTakenItOver() {
        ProducerStates rebuilt = new ProducerStates(new ProducerLimits(10, 1000, broker), clock);
        rebuilt.appended(SampleBatches.view(SampleBatches.idempotent(0, 1, 1, 0, 0)), 0, 0);
        rebuilt.appended(SampleBatches.view(SampleBatches.idempotent(1, 1, 2, 0, 0)), 1, 0);
        assertThat(broker.count()).isZero();
        rebuilt.joinBroker();
        assertThat(broker.count()).isEqualTo(2);
        rebuilt.cleared();
        assertThat(broker.count()).isZero();
    }

    @Test
    void evictionTakesTheLongestIdleAndSparesTheLastIfAsked() {
        appendOf(1, 0);
        appendOf(2, 0);
        assertThat(states.evictLongestIdle(true)).isTrue();
        assertThat(states.evictLongestIdle(true)).isFalse();
        assertThat(states.size()).isEqualTo(1);
        assertThat(states.evictLongestIdle(false)).isTrue();
        assertThat(broker.count()).isZero();
    }

    @Test
    void onlyATruncationThatCutsAProducersBatchNeedsAReplay() {
        append(0, 0, 3);
        end += 5;
        assertThat(states.truncatedTo(3)).isTrue();
        assertThat(states.truncatedTo(2)).isFalse();
    }

    @Test
    void aDamagedSectionLeavesNothing() {
        append(0, 0, 3);
        ByteBuffer cut = states.sealed().payload();
        cut.limit(cut.limit() - 1);
        assertThatThrownBy(() -> states.restored(new SideSection(SideSection.PRODUCERS, 1, cut)))
                .isInstanceOf(DamagedSectionException.class);
        assertThat(states.size()).isZero();
        assertThat(broker.count()).isZero();
    }

    @BeforeEach
    void joinBroker() {
        states.joinBroker();
    }

    private void append(int epoch, int sequence, int records) {
        states.appended(SampleBatches.view(SampleBatches.idempotent(end, records, ID, epoch, sequence)), end, 0);
        end += records;
    }

    private void appendOf(long id, int sequence) {
        states.appended(SampleBatches.view(SampleBatches.idempotent(end, 1, id, 0, sequence)), end, 0);
        end++;
    }

    private ProducerCheck check(int epoch, int sequence, int records) {
        return states.check(SampleBatches.view(SampleBatches.idempotent(end, records, ID, epoch, sequence)));
    }

    private ErrorCode error(int epoch, int sequence, int records) {
        return ((ProducerCheck.OutOfSequence) check(epoch, sequence, records)).error();
    }
}
