package io.millrace.broker.fetch;

import io.millrace.broker.request.SlicePayload;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.storage.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what was read into the response. Owned by the connection's loop. */
final class FetchAnswer {

    private final @Nullable FetchSession session;
    private final FetchLimits limits;
    private final boolean full;

    /** @param full whether partitions without news are named too */
    FetchAnswer(@Nullable FetchSession session, FetchLimits limits, boolean full) {
        this.session = session;
        this.limits = limits;
        this.full = full;
    }

    /** Takes over the slices of {@code reads}, one per partition. */
    FetchResponse of(List<FetchPartition> partitions, @Nullable PartitionRead[] reads) {
        FetchResponse response =
                new FetchResponse().sessionId(session == null ? FetchSession.NO_SESSION_ID : session.id());
        FetchResponse.FetchableTopicResponse topic = null;
        for (int slot = 0; slot < reads.length; slot++) {
            FetchPartition partition = partitions.get(slot);
            PartitionRead read = reads[slot];
            if (read == null) {
                throw new IllegalStateException("partition " + partition.key() + " was never read");
            }
            if (!partition.mustAnswer(read) && !full) {
                continue;
            }
            if (session != null && read.sizeBytes() > 0) {
                session.served(partition.key());
            }
            if (topic == null || !isOf(topic, partition.key())) {
                topic = new FetchResponse.FetchableTopicResponse()
                        .topic(partition.key().topic())
                        .topicId(partition.key().topicId());
                response.responses().add(topic);
            }
            topic.partitions().add(answer(partition.key(), read));
        }
        return response;
    }

    private static boolean isOf(FetchResponse.FetchableTopicResponse topic, FetchPartition.Key key) {
        return topic.topicId().equals(key.topicId()) && topic.topic().equals(key.topic());
    }

    private FetchResponse.PartitionData answer(FetchPartition.Key key, PartitionRead read) {
        FetchResponse.PartitionData answer = new FetchResponse.PartitionData()
                .partitionIndex(key.partition())
                .errorCode(read.error().code())
                .highWatermark(read.highWatermark())
                .lastStableOffset(read.lastStableOffset())
                .logStartOffset(read.logStartOffset())
                // Without transactions nothing was aborted: an empty list for read_committed, none otherwise.
                .abortedTransactions(limits.readsCommittedOnly() ? new ArrayList<>() : null)
                .records(new SlicePayload(read.slices(), read.sizeBytes()));
        EpochEnd diverging = read.divergingEpoch();
        if (diverging != null) {
            answer.divergingEpoch(new FetchResponse.EpochEndOffset()
                    .epoch(diverging.leaderEpoch())
                    .endOffset(diverging.endOffset()));
        }
        return answer;
    }
}
