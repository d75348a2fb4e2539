package io.millrace.replication.replica;

/** Told once about each append, on the shard loop, perhaps before the append returns. */
@FunctionalInterface
public interface ProduceCompletion {

    /**
     * The append has its outcome.
     *
     * @param slot what the caller gave with the append, to tell the partitions of one request apart
     */
    void done(int slot, ProduceOutcome outcome);
}
