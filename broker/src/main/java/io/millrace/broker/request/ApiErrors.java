package io.millrace.broker.request;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.metrics.Readings;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ErrorCodeVisitor;
import io.millrace.protocol.message.ApiKey;
import java.util.concurrent.atomic.AtomicLongArray;

/** The error codes in all answers, by API. Thread-safe; an answer without errors touches nothing shared. */
@SuppressWarnings("EnumOrdinal") // an array look-up per answer
final class ApiErrors implements MeterSource {

    private static final int LOWEST_CODE = -1;
    private static final int CODES = highestCode() - LOWEST_CODE + 1;

    private final OfApi[] byApi = new OfApi[ApiKey.values().length];

    ApiErrors() {
        for (ApiKey api : ApiKey.values()) {
            byApi[api.ordinal()] = new OfApi();
        }
    }

    private static int highestCode() {
        int highest = 0;
        for (ErrorCode error : ErrorCode.values()) {
            highest = Math.max(highest, error.code());
        }
        return highest;
    }

    /** Counts what it is shown. */
    private static final class OfApi implements ErrorCodeVisitor {
        private final AtomicLongArray counts = new AtomicLongArray(CODES);

        @Override
        public void errorCode(short code) {
            int index = code - LOWEST_CODE;
            counts.incrementAndGet(index >= 0 && index < CODES ? index : 0);
        }
    }

    ErrorCodeVisitor of(ApiKey api) {
        return byApi[api.ordinal()];
    }

    @Override
    public void read(Readings into) {
        for (ApiKey api : ApiKey.values()) {
            AtomicLongArray counts = byApi[api.ordinal()].counts;
            for (int i = 0; i < CODES; i++) {
                long count = counts.get(i);
                if (count > 0) {
                    ErrorCode error = ErrorCode.of((short) (i + LOWEST_CODE));
                    into.add(Meter.REQUEST_ERRORS, count, api.name(), error.name());
                }
            }
        }
    }
}
