package io.millrace.broker.boot;

import io.millrace.broker.produce.ProduceHandler;
import io.millrace.broker.shard.Shards;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.runtime.ThreadWorkers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The produce path and the threads that look into its large batches. Owned by the thread that starts and stops the broker. */
record BatchChecks(ProduceHandler produce, ThreadWorkers workers) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BatchChecks.class);
    private static final int MAX_WORKERS = 8;

    /** As many threads as the shards leave cores, at least one: they start when the first large batch comes. */
    static BatchChecks start(MetadataPublisher metadata, Shards shards) {
        int cores = Runtime.getRuntime().availableProcessors();
        ThreadWorkers workers = new ThreadWorkers(
                "batch-checker",
                Math.clamp(cores - shards.count(), 1, MAX_WORKERS),
                shards.count() * ProduceHandler.MAX_CHECKS,
                failure -> LOG.error("event=check-failed", failure));
        return new BatchChecks(new ProduceHandler(metadata, shards, workers), workers);
    }

    /** Nothing is read from clients any more. */
    @Override
    public void close() {
        workers.close();
        produce.close();
    }
}
