package io.millrace.replication.replica;

import io.millrace.replication.metadata.MetadataImage;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import org.jspecify.annotations.Nullable;

/** Where a shard's logs come from: the seam over the storage engine. Called on the shard loop. */
public interface PartitionLogs {

    /**
     * The log of a partition, found or created, configured as {@code image} says.
     *
     * @return null when its directory is offline, which was reported already
     */
    @Nullable
    PartitionLog open(LogIdentity identity, MetadataImage image);

    /** The topic's configs may have changed. */
    void reconfigure(PartitionLog log, MetadataImage image);

    /** After an append found no room in the tail: runs {@code task} once, on the loop, when it may be tried again. */
    void whenRoom(Runnable task);

    /** The topic was deleted, by a record that says so: the log may go. */
    void delete(PartitionLog log);
}
