package io.millrace.storage.checkpoint;

import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest row of every log, and which journal generations are alive. Confined to whoever holds the checkpoint. */
public final class CheckpointState {

    private final TreeMap<Integer, LogRow> rows = new TreeMap<>();
    private long liveGeneration = 1;

    public @Nullable LogRow row(int logId) {
        return rows.get(logId);
    }

    /** By log id. */
    public Collection<LogRow> rows() {
        return rows.values();
    }

    /** Journal files of older generations hold nothing that segments lack. */
    public long liveGeneration() {
        return liveGeneration;
    }

    void put(LogRow row) {
        rows.put(row.logId(), row);
    }

    void remove(int logId) {
        rows.remove(logId);
    }

    void liveGeneration(long generation) {
        liveGeneration = generation;
    }
}
