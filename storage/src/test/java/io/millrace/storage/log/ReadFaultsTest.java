package io.millrace.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import org.junit.jupiter.api.Test;

class ReadFaultsTest {

    private static final long SECOND_NS = 1_000_000_000L;

    private final ReadFaults faults = new ReadFaults();

    private static ReadResult failed(String message) {
        return new ReadResult.Failed(new StorageFailure(message, false));
    }

    @Test
    void whoAskedIsToldOnce() {
        faults.add(5, failed("no descriptor"), 0);
        assertThat(faults.take(4, 0)).isNull();
        assertThat(faults.take(5, SECOND_NS)).isEqualTo(failed("no descriptor"));
        assertThat(faults.take(5, SECOND_NS)).isNull();
    }

    @Test
    void aFaultOfAReaderThatWentAwayIsNoAnswerForALaterOne() {
        faults.add(5, failed("no descriptor"), -SECOND_NS);
        faults.add(6, failed("no descriptor"), 2 * SECOND_NS);
        assertThat(faults.take(5, 3 * SECOND_NS)).isNull();
        assertThat(faults.take(6, 3 * SECOND_NS)).isNotNull();
    }

    @Test
    void aBoundKeepsTheNewest() {
        for (int offset = 0; offset < 100; offset++) {
            faults.add(offset, failed("at " + offset), 0);
        }
        assertThat(faults.take(91, 0)).isNull();
        assertThat(faults.take(92, 0)).isEqualTo(failed("at 92"));
    }
}
