package io.millrace.broker.produce;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.replication.metadata.MetadataPublisher;
import java.util.List;

/**
 * Produce, versions 3 to 13 (0 to 2 are advertised for old librdkafka and refused by the router).
 *
 * <p>The request is split by partition over the owning shards; each appends and completes its own; the answer leaves when the
 * last partition is as durable as {@code acks} asks. With {@code acks=0} nothing is answered, and an error closes the
 * connection, the only way to tell such a client.
 */
public final class ProduceHandler implements ApiHandler<ProduceRequest> {

    private final MetadataPublisher metadata;
    private final Shards shards;
    /** By shard. */
    private final List<AppendQueue> queues;

    public ProduceHandler(MetadataPublisher metadata, Shards shards) {
        this.metadata = metadata;
        this.shards = shards;
        this.queues = shards.all().stream()
                .map(shard -> new AppendQueue(shard.loop(), shard.replicas()))
                .toList();
    }

    /** What is known on the loop of shard {@code index}. */
    public MeterSource metersOf(int index) {
        AppendQueue queue = queues.get(index);
        return into -> {
            into.add(Meter.APPENDS_WAITING, queue.size());
            into.add(Meter.APPEND_WAITS, queue.waits());
            into.add(Meter.APPENDS_EXPIRED, queue.expired());
        };
    }

    @Override
    public void handle(RequestContext context, ProduceRequest request) {
        new PendingProduce(context, request, shards, queues).start(metadata.image());
    }
}
