package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;
import io.millrace.replication.metadata.ConfigResource;
import org.jspecify.annotations.Nullable;

/**
 * What became of the configs of one resource. Immutable.
 *
 * @param error NONE when all of it was done; else nothing was
 * @param message null when done
 */
public record ConfigOutcome(
        ConfigResource resource, ErrorCode error, @Nullable String message) {

    static ConfigOutcome done(ConfigResource resource) {
        return new ConfigOutcome(resource, ErrorCode.NONE, null);
    }
}
