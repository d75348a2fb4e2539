package io.millrace.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.fixture.ManualLoop;
import io.millrace.broker.fixture.RecordedResponder;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.message.ApiKey;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.replica.Durability;
import io.millrace.replication.replica.PartitionLogs;
import io.millrace.replication.replica.ReplicaEvents;
import io.millrace.replication.replica.ReplicaSettings;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShardsTest {

    private static IllegalStateException planted() {
        return new IllegalStateException("planted");
    }

    private final ManualLoop loop = new ManualLoop();
    private final RecordedResponder responder = new RecordedResponder(loop);
    private final RequestContext request = new RequestContext(ApiKey.LIST_OFFSETS, (short) 1, 7, "test", responder);
    private final Shards shards = new Shards(List.of(new Shard(
            0,
            loop,
            new ShardReplicas(
                    new ShardReplicas.Shard(loop, 0, 1, 1),
                    new NoLogs(),
                    (image, topic) -> new ReplicaSettings(1, Durability.SYNCED),
                    ReplicaEvents.NONE))));

    private final List<Integer> worked = new ArrayList<>();

    @Test
    void aSlotThatThrowsEndsTheRequestAndTheOthersAreStillWorkedOn() {
        SlotGather gather = new SlotGather(request, 4, request::noAnswer);
        shards.scatter(request, new int[] {0, 0, 0, 0}, (slot, shard) -> {
            if (slot % 2 == 1) {
                throw planted();
            }
            worked.add(slot);
            gather.slotDone();
        });
        assertThat(worked).containsExactly(0, 2);
        assertThat(responder.completions()).isEqualTo(1);
        assertThat(responder.closedWhy()).contains("defect").contains("LIST_OFFSETS v1");
    }

    @Test
    void anAnswerThatCannotBeMadeEndsTheRequest() {
        SlotGather gather = new SlotGather(request, 1, () -> {
            throw planted();
        });
        gather.slotDone();
        assertThat(responder.closedWhy()).contains("defect");
    }

    @Test
    void whatThrowsOnceAllShardsSettledEndsTheRequest() {
        shards.whenSettled(request, () -> {
            throw planted();
        });
        loop.run();
        assertThat(responder.closedWhy()).contains("defect");
    }

    @Test
    void whatThrowsWhenItIsTheAnswersTurnEndsTheRequest() {
        request.whenHead(() -> {
            throw planted();
        });
        assertThat(responder.closedWhy()).contains("defect");
    }

    @Test
    void aRequestThatGoesWellIsAnsweredOnce() {
        SlotGather gather = new SlotGather(request, 2, request::noAnswer);
        shards.scatter(request, new int[] {0, Shards.NONE}, (slot, shard) -> gather.slotDone());
        assertThat(responder.completions()).isZero();
        gather.slotDone();
        assertThat(responder.completions()).isEqualTo(1);
        assertThat(responder.closedWhy()).isNull();
    }

    private static final class NoLogs implements PartitionLogs {

        @Override
        public @Nullable PartitionLog open(LogIdentity identity, MetadataImage image) {
            return null;
        }

        @Override
        public void reconfigure(PartitionLog log, MetadataImage image) {}

        @Override
        public void whenRoom(Runnable task) {}

        @Override
        public void delete(PartitionLog log) {}
    }
}
