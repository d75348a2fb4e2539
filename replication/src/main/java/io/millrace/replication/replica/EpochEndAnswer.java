package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;

/**
 * Where a leader epoch ends (KIP-320). Immutable.
 *
 * @param leaderEpoch the largest epoch at or below the one asked for, -1 when unknown
 * @param endOffset exclusive, -1 when unknown
 */
public record EpochEndAnswer(ErrorCode error, int leaderEpoch, long endOffset) {}
