package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;

/**
 * The answer to a command. Immutable.
 *
 * @param <A> what the command answers when it was carried out
 */
public sealed interface ControllerAnswer<A> {

    /** Carried out: what it changed is durable and published. */
    record Done<A>(A value) implements ControllerAnswer<A> {}

    /**
     * Not carried out. Retriable: {@code THROTTLING_QUOTA_EXCEEDED} (too many commands wait), {@code NOT_CONTROLLER} (this
     * process does not lead, or stops), {@code KAFKA_STORAGE_ERROR} (the metadata log is full or failed; the outcome of a
     * command that met a failure is unknown). Others are not.
     */
    record Failed<A>(ErrorCode error, String message) implements ControllerAnswer<A> {}
}
