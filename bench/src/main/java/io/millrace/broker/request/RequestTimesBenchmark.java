package io.millrace.broker.request;

import io.millrace.protocol.ErrorCodeVisitor;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ProduceResponse;
import io.millrace.runtime.Clock;
import io.millrace.runtime.SystemClock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the metrics add to one request: four readings of the clock, four histograms, a walk over the answer's error codes. In this
 * package because the counters are nobody else's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestTimesBenchmark {

    private static final int PARTITIONS = 6;

    private final Clock clock = new SystemClock();
    private final ApiTimes times = new ApiTimes(ApiKey.PRODUCE);
    private final ErrorCodeVisitor errors = new ApiErrors().of(ApiKey.PRODUCE);
    private final ProduceResponse answer = new ProduceResponse();
    private long arrivedNs;

    @Setup
    public void makeAnswer() {
        ProduceResponse.TopicProduceResponse topic = new ProduceResponse.TopicProduceResponse();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            topic.partitionResponses().add(new ProduceResponse.PartitionProduceResponse().index(partition));
        }
        answer.responses().add(topic);
        arrivedNs = clock.monotonicNs();
    }

    @Benchmark
    public void oneRequest() {
        long startedNs = clock.monotonicNs();
        long handledNs = clock.monotonicNs();
        answer.errorCodes(errors);
        long answeredNs = clock.monotonicNs();
        long departedNs = clock.monotonicNs();
        times.record(arrivedNs, startedNs, handledNs, answeredNs, departedNs);
        arrivedNs = departedNs;
    }
}
