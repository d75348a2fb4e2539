package io.millrace.bench.micro;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.BatchValidator;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.runtime.SystemClock;
import io.millrace.storage.AppendResult;
import io.millrace.storage.append.AppendTarget;
import io.millrace.storage.append.LeaderAppender;
import io.millrace.storage.epoch.LeaderEpochs;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.producer.ProducerLimits;
import io.millrace.storage.producer.ProducerStates;
import io.millrace.storage.tail.TailLog;
import io.millrace.storage.tail.TailMemory;
import io.millrace.storage.tail.TailWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a leader does with one batch before the journal gets it: check, assign offsets, copy into the tail, observe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AppendBenchmark {

    private static final int VALUE_BYTES = 100;

    @Param({"1", "100"})
    private int records;

    @Param({"NONE", "LZ4"})
    private Codec codec;

    private final SystemClock clock = new SystemClock();
    private final TailWriter writer = new TailWriter(new TailMemory(16L << 20, 1 << 20));
    private final LeaderAppender appender = new LeaderAppender(writer, new BatchValidator(), clock);
    private final TailOnly log = new TailOnly(clock);
    private ByteBuffer batch;

    /** A log that is a tail and nothing more. */
    private static final class TailOnly implements AppendTarget {

        private final TailLog tail = new TailLog(0);
        private final LeaderEpochs epochs = new LeaderEpochs();
        private final ProducerStates producers;
        private final ObserverChain observers;
        private final ValidationRules rules = ValidationRules.forClients(1 << 20);

        TailOnly(SystemClock clock) {
            producers = new ProducerStates(ProducerLimits.defaults(), clock);
            observers = new ObserverChain(epochs, producers);
        }

        @Override
        public TailLog tail() {
            return tail;
        }

        @Override
        public ProducerStates producers() {
            return producers;
        }

        @Override
        public LeaderEpochs epochs() {
            return epochs;
        }

        @Override
        public ObserverChain observers() {
            return observers;
        }

        @Override
        public long logStartOffset() {
            return 0;
        }

        /** There are no segments to end. */
        @Override
        public void beforeBatch(long baseOffset, long endOffset, int sizeBytes) {}

        @Override
        public ValidationRules rules() {
            return rules;
        }
    }

    @Setup(Level.Trial)
    public void build() {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20).codec(codec)) {
            for (int i = 0; i < records; i++) {
                builder.append(clock.wallMs(), null, new byte[VALUE_BYTES]);
            }
            ByteBuffer built = builder.build();
            batch = ByteBuffer.allocateDirect(built.remaining()).put(built).flip();
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        appender.close();
        log.tail().close();
        writer.close();
    }

    @Benchmark
    public AppendResult append() {
        AppendResult result = appender.append(log, batch.duplicate(), 0);
        if (!(result instanceof AppendResult.Appended)) {
            throw new IllegalStateException(String.valueOf(result));
        }
        if (log.tail().sizeBytes() > 4 << 20) {
            log.tail().dropBelow(log.tail().endOffset());
        }
        return result;
    }
}
