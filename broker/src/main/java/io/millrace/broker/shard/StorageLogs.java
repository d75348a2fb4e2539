package io.millrace.broker.shard;

import io.millrace.broker.config.TopicConfigs;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.replica.PartitionLogs;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.engine.LogStore;
import org.jspecify.annotations.Nullable;

/** The logs of one shard as its replicas see them. Owned by the shard's loop. */
public final class StorageLogs implements PartitionLogs {

    private final LogStore store;
    private final TopicConfigs configs;

    public StorageLogs(LogStore store, TopicConfigs configs) {
        this.store = store;
        this.configs = configs;
    }

    @Override
    public @Nullable PartitionLog open(LogIdentity identity, MetadataImage image) {
        if (store.failure() != null) {
            return null;
        }
        PartitionLog found = store.find(identity.topicId(), identity.partition());
        if (found == null) {
            return store.create(identity, configs.logConfig(image, identity.topic()));
        }
        reconfigure(found, image);
        return found;
    }

    @Override
    public void reconfigure(PartitionLog log, MetadataImage image) {
        log.reconfigure(configs.logConfig(image, log.identity().topic()));
    }

    @Override
    public void delete(PartitionLog log) {
        store.delete(log, () -> {});
    }
}
