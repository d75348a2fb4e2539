package io.millrace.storage;

/**
 * What went wrong in a log directory or in one log, as a value that can be logged and answered.
 *
 * @param message what, why, and what to do; names the path
 * @param permanent whether the directory stays offline until the process is started again (a failed sync is never retried)
 */
public record StorageFailure(String message, boolean permanent) {}
