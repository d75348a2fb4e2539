package io.millrace.broker.fetch;

import io.millrace.protocol.Uuid;
import io.millrace.runtime.SystemClock;
import io.millrace.runtime.SystemRandomness;
import java.util.ArrayList;
import java.util.List;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * An incremental fetch of which one partition has news: find the session, take the request's one new position, list what is
 * wanted, put the partition that was served behind the others. In this package because sessions are nobody else's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FetchSessionBenchmark {

    @Param({"1", "100", "1000"})
    private int partitions;

    private final FetchSessions sessions = new FetchSessions(10_000, new SystemClock(), new SystemRandomness());
    private final List<FetchPartition.Key> keys = new ArrayList<>();
    private int sessionId;
    private int next;

    @Setup(Level.Trial)
    public void start() {
        List<FetchPartition> named = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            FetchPartition.Key key = new FetchPartition.Key(new Uuid(1, 2), "", partition);
            keys.add(key);
            named.add(new FetchPartition(key, new FetchPartition.Position(0, 1 << 20, 0, -1)));
        }
        FetchSession session = sessions.create(true, named);
        if (session == null) {
            throw new IllegalStateException("no session is free");
        }
        sessionId = session.id();
    }

    @Benchmark
    public List<FetchPartition> incrementalFetch() {
        FetchSession session = sessions.find(sessionId);
        if (session == null) {
            throw new IllegalStateException("the session is gone");
        }
        sessions.advance(session);
        FetchPartition.Key key = keys.get(next);
        next = (next + 1) % partitions;
        session.want(key, new FetchPartition.Position(next, 1 << 20, 0, -1));
        List<FetchPartition> wanted = List.copyOf(session.partitions());
        session.served(key);
        return wanted;
    }
}
