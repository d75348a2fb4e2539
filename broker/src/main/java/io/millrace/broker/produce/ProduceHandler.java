package io.millrace.broker.produce;

import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.runtime.Workers;
import java.util.List;

/**
 * Produce, versions 3 to 13 (0 to 2 are advertised for old librdkafka and refused by the router).
 *
 * <p>The request is split by partition over the owning shards; each appends and completes its own; the answer leaves when the
 * last partition is as durable as {@code acks} asks. With {@code acks=0} nothing is answered, and an error closes the
 * connection, the only way to tell such a client.
 */
public final class ProduceHandler implements ApiHandler<ProduceRequest> {

    /** Checks that workers may have of one shard at a time. */
    public static final int MAX_CHECKS = CheckQueue.MAX_IN_FLIGHT;

    private final MetadataPublisher metadata;
    private final Shards shards;
    /** By shard. */
    private final List<CheckQueue> queues;

    /** @param workers look into large compressed batches; with room for {@link #MAX_CHECKS} of each shard */
    public ProduceHandler(MetadataPublisher metadata, Shards shards, Workers workers) {
        this.metadata = metadata;
        this.shards = shards;
        this.queues = shards.all().stream()
                .map(shard -> new CheckQueue(
                        shard.loop(), shard.replicas(), new AppendQueue(shard.loop(), shard.replicas()), workers))
                .toList();
    }

    /** What is known on the loop of shard {@code index}. */
    public MeterSource metersOf(int index) {
        return queues.get(index)::meters;
    }

    /** Frees what batches were checked with, once no request is in flight; on no shard's loop. */
    public void close() {
        for (Shard shard : shards.all()) {
            shard.loop().post(queues.get(shard.index())::close);
        }
    }

    @Override
    public void handle(RequestContext context, ProduceRequest request) {
        new PendingProduce(context, request, shards, queues).start(metadata.image());
    }
}
