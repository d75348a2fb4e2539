package io.millrace.broker.request;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.metrics.Readings;
import io.millrace.protocol.message.ApiKey;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the connections of one shard asked. Owned by the shard loop. */
@SuppressWarnings("EnumOrdinal") // an array look-up per request
final class RequestMeters implements MeterSource {

    /** Why a frame came to no handler. */
    enum Reject {
        /** Its API key is none that is offered. */
        API_UNKNOWN,
        /** Its version is none that is served. */
        VERSION_NOT_SERVED,
        /** Its header or body is no message. */
        REQUEST_MALFORMED,
        /** Bytes follow the message. */
        REQUEST_TOO_LONG
    }

    /** By ordinal of the API; null where nobody asked yet. Bounded by the APIs that exist. */
    private final @Nullable ApiTimes[] times = new @Nullable ApiTimes[ApiKey.values().length];

    private final long[] rejects = new long[Reject.values().length];

    ApiTimes times(ApiKey api) {
        ApiTimes present = times[api.ordinal()];
        if (present == null) {
            present = new ApiTimes(api);
            times[api.ordinal()] = present;
        }
        return present;
    }

    void rejected(Reject reject) {
        rejects[reject.ordinal()]++;
    }

    @Override
    public void read(Readings into) {
        for (ApiTimes each : times) {
            if (each != null) {
                each.read(into);
            }
        }
        for (Reject reject : Reject.values()) {
            into.add(
                    Meter.DECODE_REJECTS,
                    rejects[reject.ordinal()],
                    reject.name().toLowerCase(Locale.ROOT));
        }
    }
}
