package io.millrace.storage.log;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.LogConfig;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.append.LeaderAppender;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends to one log: whether it takes any now, and what follows when it did. Owner: the log's loop. */
final class LogAppends {

    private final JournaledLog log;
    private ValidationRules clientRules;

    LogAppends(JournaledLog log) {
        this.log = log;
        this.clientRules = log.config().rules(ValidationRules.Origin.CLIENT);
    }

    void reconfigured(LogConfig config) {
        clientRules = config.rules(ValidationRules.Origin.CLIENT);
    }

    ValidationRules clientRules() {
        return clientRules;
    }

    AppendResult asLeader(ByteBuffer batches, int leaderEpoch, ValidationRules.Origin origin) {
        boolean fromClient = origin == ValidationRules.Origin.CLIENT;
        AppendResult refused = refusal(batches, fromClient);
        if (refused != null) {
            return refused;
        }
        LeaderAppender appender = log.host().leaderAppender();
        return appended(
                fromClient
                        ? appender.append(log, batches, leaderEpoch, clientRules)
                        : appender.append(
                                log, batches, leaderEpoch, log.config().rules(origin)),
                batches.remaining());
    }

    /** What a worker checked before. */
    AppendResult asLeader(ByteBuffer batches, int leaderEpoch, CheckedBatches checked) {
        AppendResult refused = refusal(batches, checked.rules().origin() == ValidationRules.Origin.CLIENT);
        return refused != null
                ? refused
                : appended(log.host().leaderAppender().append(log, batches, leaderEpoch, checked), batches.remaining());
    }

    AppendResult asFollower(ByteBuffer batches) {
        AppendResult refused = refusal(batches, false);
        if (refused != null) {
            return refused;
        }
        return appended(log.host().followerAppender().append(log, batches), batches.remaining());
    }

    private AppendResult appended(AppendResult result, int sizeBytes) {
        if (result instanceof AppendResult.Appended) {
            log.files().rolls().afterAppend(log.logEndOffset(), sizeBytes);
            log.host().producerExpiry().appended(log);
            log.feed().enlist();
            log.retention().appended();
        } else if (LeaderAppender.TAIL_FULL.equals(result)) {
            log.host().tailFull();
        }
        return result;
    }

    private AppendResult.@Nullable Refused refusal(ByteBuffer batches, boolean fromClient) {
        LogHost host = log.host();
        StorageFailure damage = log.damage();
        StorageFailure broken = damage == null ? host.failure() : damage;
        if (broken != null || log.isClosed()) {
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, broken == null ? "the log is closed" : broken.message());
        }
        String full = fromClient ? host.clientRefusal(batches.remaining()) : null;
        if (full != null) {
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, full);
        }
        if (log.files().isCutting()) {
            return refused(
                    ErrorCode.KAFKA_STORAGE_ERROR, "a truncation to " + log.logEndOffset() + " is under way, retry");
        }
        if (batches.remaining() > host.maxBatchBytes() && !everyBatchFits(batches, host.maxBatchBytes())) {
            return refused(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a batch is larger than the journal's " + host.maxBatchBytes() + " bytes");
        }
        return null;
    }

    private static boolean everyBatchFits(ByteBuffer batches, int maxBatchBytes) {
        int at = batches.position();
        RecordBatchView batch = new RecordBatchView();
        while (at + RecordBatchView.HEADER_BYTES <= batches.limit()) {
            int sizeBytes = batch.wrap(batches, at).sizeBytes();
            if (sizeBytes <= 0 || sizeBytes > maxBatchBytes) {
                return sizeBytes <= 0;
            }
            at += sizeBytes;
        }
        return true;
    }

    private static AppendResult.Refused refused(ErrorCode error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }
}
