package io.millrace.broker.logs;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.message.DescribeLogDirsRequest;
import io.millrace.protocol.message.DescribeLogDirsResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.LeaderReplica;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** DescribeLogDirs, versions 1 to 5 (KIP-113, KIP-827): the data folder, its file system, and the size of each partition in it. */
public final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequest> {

    private final MetadataPublisher metadata;
    private final Shards shards;
    private final LogFolder folder;

    public DescribeLogDirsHandler(MetadataPublisher metadata, Shards shards, LogFolder folder) {
        this.metadata = metadata;
        this.shards = shards;
        this.folder = folder;
    }

    @Override
    public void handle(RequestContext context, DescribeLogDirsRequest request) {
        new Inquiry(context, asked(metadata.image(), request)).start();
    }

    private record Asked(TopicImage topic, int partition) {}

    private static List<Asked> asked(MetadataImage image, DescribeLogDirsRequest request) {
        List<Asked> asked = new ArrayList<>();
        List<DescribeLogDirsRequest.DescribableLogDirTopic> topics = request.topics();
        if (topics == null) {
            for (TopicImage topic : image.topics()) {
                for (int partition = 0; partition < topic.partitionCount(); partition++) {
                    asked.add(new Asked(topic, partition));
                }
            }
            return asked;
        }
        for (DescribeLogDirsRequest.DescribableLogDirTopic topic : topics) {
            TopicImage found = image.topic(topic.topic());
            for (int partition : topic.partitions()) {
                if (found != null && found.partition(partition) != null) {
                    asked.add(new Asked(found, partition));
                }
            }
        }
        return asked;
    }

    /** One request; a slot per partition and one for the file system. */
    private final class Inquiry {

        private static final long NOT_HERE = -1;

        private final RequestContext context;
        private final List<Asked> asked;
        private final long[] sizes;
        private final SlotGather gather;
        private LogFolder.Space space = new LogFolder.Space(-1, -1);

        Inquiry(RequestContext context, List<Asked> asked) {
            this.context = context;
            this.asked = asked;
            this.sizes = new long[asked.size()];
            this.gather = new SlotGather(context, asked.size() + 1, this::answer);
        }

        void start() {
            int[] shardOfSlot = new int[sizes.length];
            for (int slot = 0; slot < shardOfSlot.length; slot++) {
                shardOfSlot[slot] = shards.shardOf(asked.get(slot).topic.name(), asked.get(slot).partition);
            }
            shards.scatter(context, shardOfSlot, this::measure);
            folder.space(context.loop(), found -> {
                space = found;
                gather.slotDone();
            });
        }

        private void measure(int slot, Shard shard) {
            Asked wanted = asked.get(slot);
            LeaderReplica replica = shard.replicas().leader(wanted.topic.topicId(), wanted.partition);
            sizes[slot] = replica == null ? NOT_HERE : replica.log().sizeBytes();
            gather.slotDone();
        }

        private void answer() {
            Map<String, DescribeLogDirsResponse.DescribeLogDirsTopic> topics = new LinkedHashMap<>();
            for (int slot = 0; slot < sizes.length; slot++) {
                if (sizes[slot] != NOT_HERE) {
                    String name = asked.get(slot).topic.name();
                    topics.computeIfAbsent(name, key -> new DescribeLogDirsResponse.DescribeLogDirsTopic().name(key))
                            .partitions()
                            .add(new DescribeLogDirsResponse.DescribeLogDirsPartition()
                                    .partitionIndex(asked.get(slot).partition)
                                    .partitionSize(sizes[slot]));
                }
            }
            DescribeLogDirsResponse response = new DescribeLogDirsResponse();
            response.results()
                    .add(new DescribeLogDirsResponse.DescribeLogDirsResult()
                            .logDir(folder.path().toString())
                            .topics(new ArrayList<>(topics.values()))
                            .totalBytes(space.totalBytes())
                            .usableBytes(space.usableBytes()));
            context.answer(response);
        }
    }
}
