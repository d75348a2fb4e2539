package io.millrace.bench.micro;

import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.MessageBytes;
import io.millrace.protocol.MessageWriter;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.protocol.message.ProduceRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
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

/** Reading a produce request and writing a fetch response: the two messages that carry records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MessageCodecBenchmark {

    private static final short PRODUCE_VERSION = 13;
    private static final short FETCH_VERSION = 17;
    private static final Uuid TOPIC_ID = new Uuid(0x1234, 0x5678);

    @Param({"1", "64"})
    private int partitions;

    @Param({"1024"})
    private int recordsBytes;

    private ByteBuf produceRequest;
    private FetchResponse fetchResponse;

    @Setup(Level.Trial)
    public void fill() {
        byte[] records = new byte[recordsBytes];
        ProduceRequest.TopicProduceData produced = new ProduceRequest.TopicProduceData().topicId(TOPIC_ID);
        FetchResponse.FetchableTopicResponse fetched = new FetchResponse.FetchableTopicResponse().topicId(TOPIC_ID);
        for (int partition = 0; partition < partitions; partition++) {
            produced.partitionData()
                    .add(new ProduceRequest.PartitionProduceData()
                            .index(partition)
                            .records(new BufferRecords(Unpooled.wrappedBuffer(records))));
            fetched.partitions()
                    .add(new FetchResponse.PartitionData()
                            .partitionIndex(partition)
                            .highWatermark(1_000)
                            .records(new BufferRecords(Unpooled.wrappedBuffer(records))));
        }
        ProduceRequest request = new ProduceRequest().acks((short) -1).timeoutMs(30_000);
        request.topicData().add(produced);
        produceRequest = Unpooled.wrappedBuffer(MessageBytes.encode(request, PRODUCE_VERSION));
        fetchResponse = new FetchResponse().sessionId(7);
        fetchResponse.responses().add(fetched);
    }

    @Benchmark
    public ProduceRequest readProduceRequest() {
        ProduceRequest request = ProduceRequest.read(produceRequest.duplicate(), PRODUCE_VERSION);
        request.release();
        return request;
    }

    @Benchmark
    public int writeFetchResponse() {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(fetchResponse.size(FETCH_VERSION));
        fetchResponse.write(new MessageWriter(out), FETCH_VERSION);
        int bytes = out.readableBytes();
        out.release();
        return bytes;
    }
}
