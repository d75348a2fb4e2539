package io.millrace.replication.replica;

import io.millrace.replication.metadata.MetadataImage;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.engine.LogStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The logs of one shard in one log directory. Owned by the shard loop. */
public final class StoredPartitionLogs implements PartitionLogs {

    /** What the topic's replicated configs and the defaults come to. Stateless; any thread. */
    @FunctionalInterface
    public interface LogConfigSource {
        LogConfig config(MetadataImage image, String topic);
    }

    private final LogStore store;
    private final LogConfigSource configs;

    public StoredPartitionLogs(LogStore store, LogConfigSource configs) {
        this.store = store;
        this.configs = configs;
    }

    @Override
    public @Nullable PartitionLog open(LogIdentity identity, MetadataImage image) {
        PartitionLog recovered = store.find(identity.topicId(), identity.partition());
        if (recovered != null) {
            recovered.reconfigure(configs.config(image, identity.topic()));
            return recovered;
        }
        return store.failure() == null ? store.create(identity, configs.config(image, identity.topic())) : null;
    }

    @Override
    public void reconfigure(PartitionLog log, MetadataImage image) {
        log.reconfigure(configs.config(image, log.identity().topic()));
    }

    @Override
    public void whenRoom(Runnable task) {
        store.whenRoom(task);
    }

    @Override
    public void delete(PartitionLog log) {
        store.delete(log, () -> {
            // Nobody waits: the topic is gone since its record was committed.
        });
    }

    /**
     * Recovered logs of topics that {@code image} does not have: to be reported, never to be removed for it. They come from a
     * process that ended between the commit of a deletion and the deletion, or from metadata that was lost.
     */
    public List<LogIdentity> strays(MetadataImage image) {
        List<LogIdentity> strays = new ArrayList<>();
        for (PartitionLog log : store.logs()) {
            if (image.topic(log.identity().topicId()) == null) {
                strays.add(log.identity());
            }
        }
        return strays;
    }
}
