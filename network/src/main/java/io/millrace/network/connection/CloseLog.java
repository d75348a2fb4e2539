package io.millrace.network.connection;

import io.millrace.runtime.Clock;
import io.millrace.runtime.LogRateLimit;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes why connections end: one line per reason and {@value #INTERVAL_NS} ns, whatever clients do. Thread-safe. */
public final class CloseLog {

    private static final Logger LOG = LoggerFactory.getLogger(CloseLog.class);
    private static final long INTERVAL_NS = 10_000_000_000L;
    private static final int MAX_CLIENT_ID_CHARS = 64;

    private final Map<CloseReason, LogRateLimit> limits = new EnumMap<>(CloseReason.class);

    public CloseLog(Clock clock) {
        for (CloseReason reason : CloseReason.values()) {
            limits.put(reason, new LogRateLimit(clock, INTERVAL_NS));
        }
    }

    /** Writes the line if its turn has come. */
    public void closed(
            CloseReason reason, String listener, @Nullable SocketAddress peer, @Nullable String clientId, String why) {
        if (!reason.noteworthy()) {
            LOG.debug("closed reason={} listener={} peer={} why=\"{}\"", reason, listener, peer, why);
            return;
        }
        LogRateLimit limit = limits.get(reason);
        long heldBack = limit == null ? 0 : limit.permit();
        if (heldBack != LogRateLimit.HELD_BACK) {
            String client = clientId == null ? "-" : printable(clientId);
            LOG.warn(
                    "closed reason={} listener={} peer={} client={} why=\"{}\" heldBack={}",
                    reason,
                    listener,
                    peer,
                    client,
                    why,
                    heldBack);
        }
    }

    // A client id is a stranger's bytes: no line breaks, no terminal controls, no flood.
    private static String printable(String clientId) {
        int chars = Math.min(clientId.length(), MAX_CLIENT_ID_CHARS);
        StringBuilder printable = new StringBuilder(chars);
        for (int i = 0; i < chars; i++) {
            char c = clientId.charAt(i);
            printable.append(c < ' ' || c > '~' ? '?' : c);
        }
        return printable.toString();
    }
}
