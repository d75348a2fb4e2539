package io.millrace.broker.request;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.Readings;
import io.millrace.protocol.message.ApiKey;
import io.millrace.runtime.metrics.Distribution;

/**
 * How long the requests of one API took on one shard's connections, by phase. Owned by the shard loop.
 *
 * <pre>
 *   last byte read --queue--> handler called --handle--> handler returned --sync--> answer given --answer--> last byte at the socket
 * </pre>
 */
final class ApiTimes {

    private final String api;
    private final Distribution queue = Distribution.ofNanos();
    private final Distribution handle = Distribution.ofNanos();
    private final Distribution sync = Distribution.ofNanos();
    private final Distribution answer = Distribution.ofNanos();

    ApiTimes(ApiKey api) {
        this.api = api.name();
    }

    /** Moments of one request, by the monotonic clock; one that was answered before its handler returned has no sync phase. */
    void record(long arrivedNs, long startedNs, long handledNs, long answeredNs, long departedNs) {
        boolean waited = answeredNs - handledNs > 0;
        queue.record(startedNs - arrivedNs);
        handle.record(handledNs - startedNs);
        sync.record(waited ? answeredNs - handledNs : 0);
        answer.record(departedNs - (waited ? answeredNs : handledNs));
    }

    void read(Readings into) {
        into.add(Meter.REQUEST_PHASE, queue, api, "queue");
        into.add(Meter.REQUEST_PHASE, handle, api, "handle");
        into.add(Meter.REQUEST_PHASE, sync, api, "sync");
        into.add(Meter.REQUEST_PHASE, answer, api, "answer");
    }
}
