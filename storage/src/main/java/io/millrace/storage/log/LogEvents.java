package io.millrace.storage.log;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import org.jspecify.annotations.Nullable;

/** Tells whoever listens to a log what became of it. Owned by the shard loop. */
final class LogEvents {

    private final LogEnds ends;
    private PartitionLog.@Nullable Listener listener;

    LogEvents(LogEnds ends) {
        this.ends = ends;
    }

    void listener(PartitionLog.Listener newListener) {
        listener = newListener;
    }

    boolean awaitsWritten() {
        PartitionLog.Listener told = listener;
        return told != null && told.awaitsWritten();
    }

    void written() {
        PartitionLog.Listener told = listener;
        if (told != null) {
            told.writtenTo(ends.writtenEnd());
        }
    }

    void synced() {
        PartitionLog.Listener told = listener;
        if (told != null) {
            told.syncedTo(ends.syncedEnd());
        }
    }

    void retained() {
        PartitionLog.Listener told = listener;
        if (told != null) {
            told.retainedFrom(ends.logStartOffset());
        }
    }

    void failed(StorageFailure failure) {
        PartitionLog.Listener told = listener;
        if (told != null) {
            told.failed(failure);
        }
    }
}
