package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.protocol.record.BatchValidation.Valid;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The append path's promise: a valid uncompressed batch is checked without allocation, once compiled. */
class ValidationAllocationTest {
    private static final int BATCHES_PER_ROUND = 5_000;
    private static final int ROUNDS = 100;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void validatingAllocatesNothing(boolean direct) {
        RecordBatchView view = new RecordBatchView();
        ByteBuffer batch = batch(direct);
        ValidationRules rules = ValidationRules.forClients(1 << 20);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        try (BatchValidator validator = new BatchValidator()) {
            // How many rounds it takes until the compiler is through depends on the machine.
            for (int round = 0; round < ROUNDS && least > 1000; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                int valid = 0;
                for (int i = 0; i < BATCHES_PER_ROUND; i++) {
                    view.wrap(batch, 0);
                    if (validator.validate(view, batch.limit(), rules, 5000) instanceof Valid) {
                        valid++;
                    }
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                assertThat(valid).isEqualTo(BATCHES_PER_ROUND);
            }
        }
        assertThat(least)
                .as("bytes allocated for %d batches", BATCHES_PER_ROUND)
                .isLessThanOrEqualTo(1000);
    }

    private static ByteBuffer batch(boolean direct) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 20)) {
            for (int i = 0; i < 20; i++) {
                assertThat(builder.append(1000 + i, new byte[8], new byte[100])).isTrue();
            }
            ByteBuffer built = builder.build();
            ByteBuffer batch = direct ? ByteBuffer.allocateDirect(built.limit()) : ByteBuffer.allocate(built.limit());
            return batch.put(built).flip();
        }
    }
}
