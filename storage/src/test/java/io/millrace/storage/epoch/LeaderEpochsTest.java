package io.millrace.storage.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.EpochEnd;
import io.millrace.storage.observer.DamagedSectionException;
import io.millrace.storage.observer.SideSection;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class LeaderEpochsTest {

    private final LeaderEpochs epochs = new LeaderEpochs();

    @Test
    void anEmptyLogKnowsNoEpoch() {
        assertThat(epochs.endOf(0, 0)).isEqualTo(EpochEnd.UNKNOWN);
        assertThat(epochs.latestEpoch()).isEqualTo(-1);
        assertThat(epochs.epochAt(0)).isEqualTo(-1);
    }

    @Test
    void anEpochBetweenTwoKnownOnesEndsWhereTheNextBegins() {
        epochs.assign(2, 10);
        epochs.assign(5, 20);
        assertThat(epochs.endOf(3, 30)).isEqualTo(new EpochEnd(2, 20));
        assertThat(epochs.endOf(2, 30)).isEqualTo(new EpochEnd(2, 20));
        assertThat(epochs.endOf(5, 30)).isEqualTo(new EpochEnd(5, 30));
    }

    @Test
    void anEpochOlderThanAllKnownOnesEndsAtTheFirstKnownStart() {
        epochs.assign(5, 20);
        assertThat(epochs.endOf(1, 30)).isEqualTo(new EpochEnd(1, 20));
    }

    @Test
    void anEpochNewerThanAllKnownOnesIsUnknown() {
        epochs.assign(5, 20);
        assertThat(epochs.endOf(6, 30)).isEqualTo(EpochEnd.UNKNOWN);
    }

    @Test
    void anEpochWithoutRecordsGivesItsStartToTheNext() {
        epochs.assign(1, 0);
        epochs.assign(2, 10);
        epochs.assign(3, 10);
        assertThat(epochs.size()).isEqualTo(2);
        assertThat(epochs.endOf(2, 12)).isEqualTo(new EpochEnd(1, 10));
    }

    @Test
    void neitherEpochNorOffsetMayFall() {
        epochs.assign(4, 10);
        assertThatThrownBy(() -> epochs.assign(3, 20)).isInstanceOf(EpochOrderException.class);
        assertThatThrownBy(() -> epochs.assign(5, 9)).isInstanceOf(EpochOrderException.class);
    }

    @Test
    void theEpochThatHoldsTheNewLogStartBeginsThere() {
        epochs.assign(1, 0);
        epochs.assign(2, 10);
        epochs.truncateFromStart(5);
        assertThat(epochs.epoch(0)).isEqualTo(1);
        assertThat(epochs.startOffset(0)).isEqualTo(5);
        epochs.truncateFromStart(10);
        assertThat(epochs.size()).isEqualTo(1);
        assertThat(epochs.epochAt(10)).isEqualTo(2);
    }

    @Test
    void aSectionOutOfOrderIsRefusedAndLeavesNothing() {
        ByteBuffer payload = ByteBuffer.allocate(28).putInt(2);
        payload.putInt(3).putLong(10).putInt(2).putLong(20).flip();
        SideSection section = new SideSection(SideSection.EPOCHS, 1, payload);
        assertThatThrownBy(() -> epochs.restored(section)).isInstanceOf(DamagedSectionException.class);
        assertThat(epochs.size()).isZero();
    }

    @Test
    void aSectionWithAnImpossibleCountIsRefused() {
        SideSection section =
                new SideSection(SideSection.EPOCHS, 1, ByteBuffer.allocate(4).putInt(0, Integer.MAX_VALUE));
        assertThatThrownBy(() -> epochs.restored(section)).isInstanceOf(DamagedSectionException.class);
    }
}
