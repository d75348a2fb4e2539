package io.millrace.broker.fetch;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.FetchRequest;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.runtime.Randomness;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetch, versions 4 to 18: finds the session (KIP-227), then lets {@link FetchRun} wait and read. */
public final class FetchHandler implements ApiHandler<FetchRequest> {

    private static final int FIRST_SESSION_VERSION = 7;
    private static final int FIRST_TOPIC_ID_VERSION = 13;

    private final MetadataPublisher metadata;
    private final Shards shards;
    private final int maxBytes;
    private final FetchSessions[] sessionsByShard;
    private final ParkedFetches[] parkedByShard;

    /** @param maxBytes bound on an answer, whatever the client asks */
    public FetchHandler(MetadataPublisher metadata, Shards shards, int maxBytes, Randomness randomness) {
        this.metadata = metadata;
        this.shards = shards;
        this.maxBytes = maxBytes;
        this.sessionsByShard = new FetchSessions[shards.count()];
        this.parkedByShard = new ParkedFetches[shards.count()];
        for (int i = 0; i < sessionsByShard.length; i++) {
            int maxPartitions = FetchSessions.MAX_PARTITIONS / shards.count();
            sessionsByShard[i] =
                    new FetchSessions(maxPartitions, shards.shard(i).loop().clock(), randomness);
            parkedByShard[i] = new ParkedFetches(ParkedFetches.MAX_PARKED / shards.count());
        }
    }

    /** What is known on the loop of shard {@code index}. */
    public MeterSource metersOf(int index) {
        FetchSessions sessions = sessionsByShard[index];
        ParkedFetches parked = parkedByShard[index];
        return into -> {
            into.add(Meter.PARKED_FETCHES, parked.fetches());
            into.add(Meter.UNPARKED_FETCHES, parked.refusals());
            into.add(Meter.FETCH_SESSIONS, sessions.size());
            into.add(Meter.FETCH_SESSION_PARTITIONS, sessions.partitions());
            into.add(Meter.FETCH_SESSION_EVICTIONS, sessions.evictions());
        };
    }

    @Override
    public void handle(RequestContext context, FetchRequest request) {
        FetchSessions sessions = sessionsByShard[shards.here()];
        boolean sessionless =
                context.version() < FIRST_SESSION_VERSION || request.sessionEpoch() == FetchSession.FINAL_EPOCH;
        if (sessionless) {
            sessions.remove(request.sessionId());
            run(context, request, null, named(context, request), true);
        } else if (request.sessionEpoch() == FetchSession.INITIAL_EPOCH) {
            sessions.remove(request.sessionId());
            startSession(context, request, sessions);
        } else {
            continueSession(context, request, sessions);
        }
    }

    private void startSession(RequestContext context, FetchRequest request, FetchSessions sessions) {
        List<FetchPartition> named = named(context, request);
        FetchSession session = named.isEmpty() ? null : sessions.create(byTopicId(context), named);
        if (session == null) {
            run(context, request, null, named, true);
            return;
        }
        run(context, request, session, List.copyOf(session.partitions()), true);
    }

    private void continueSession(RequestContext context, FetchRequest request, FetchSessions sessions) {
        FetchSession session = sessions.find(request.sessionId());
        if (session == null) {
            refuse(context, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        } else if (request.sessionEpoch() != session.nextEpoch()) {
            refuse(context, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        } else if (session.byTopicId() != byTopicId(context)) {
            refuse(context, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
        } else {
            sessions.advance(session);
            if (!sessions.want(session, named(context, request))) {
                refuse(context, ErrorCode.FETCH_SESSION_ID_NOT_FOUND); // the client asks again in full
                return;
            }
            for (FetchRequest.ForgottenTopic topic : request.forgottenTopicsData()) {
                for (int partition : topic.partitions()) {
                    sessions.forget(session, key(context, topic.topicId(), topic.topic(), partition));
                }
            }
            if (session.size() == 0) {
                sessions.remove(session.id());
                run(context, request, null, List.of(), true);
            } else {
                run(context, request, session, List.copyOf(session.partitions()), false);
            }
        }
    }

    private void run(
            RequestContext context,
            FetchRequest request,
            @Nullable FetchSession session,
            List<FetchPartition> partitions,
            boolean full) {
        FetchLimits limits = FetchLimits.of(request, maxBytes);
        new FetchRun(context, shards, limits, session, partitions, full, parkedByShard[shards.here()])
                .start(metadata.image());
    }

    private static void refuse(RequestContext context, ErrorCode error) {
        context.answer(new FetchResponse().errorCode(error.code()));
    }

    private static List<FetchPartition> named(RequestContext context, FetchRequest request) {
        List<FetchPartition> named = new ArrayList<>();
        for (FetchRequest.FetchTopic topic : request.topics()) {
            for (FetchRequest.FetchPartition partition : topic.partitions()) {
                named.add(new FetchPartition(
                        key(context, topic.topicId(), topic.topic(), partition.partition()),
                        new FetchPartition.Position(
                                partition.fetchOffset(),
                                partition.partitionMaxBytes(),
                                partition.currentLeaderEpoch(),
                                partition.lastFetchedEpoch())));
            }
        }
        return named;
    }

    private static FetchPartition.Key key(RequestContext context, Uuid topicId, String topic, int partition) {
        return byTopicId(context)
                ? new FetchPartition.Key(topicId, "", partition)
                : new FetchPartition.Key(Uuid.ZERO, topic, partition);
    }

    private static boolean byTopicId(RequestContext context) {
        return context.version() >= FIRST_TOPIC_ID_VERSION;
    }
}
