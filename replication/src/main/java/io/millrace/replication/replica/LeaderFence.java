package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;

/**
 * Why a replica does not lead any more. Immutable.
 *
 * @param error what clients are told
 * @param readable whether reads below the high watermark go on
 */
record LeaderFence(ErrorCode error, String reason, boolean readable) {}
