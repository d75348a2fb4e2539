package io.millrace.storage.log;

import io.millrace.storage.checkpoint.LogRow;

/**
 * A row on its way to the checkpoint.
 *
 * @param oldestGenerationAfter oldest journal generation that the log needs once the row is durable
 * @param durableEnd what of the log's batches it makes durable
 * @param plan tells whether the log was truncated since
 */
public record LogCheckpoint(JournaledLog log, LogRow row, long oldestGenerationAfter, int plan, long durableEnd) {}
