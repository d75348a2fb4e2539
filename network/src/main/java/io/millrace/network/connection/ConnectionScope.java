package io.millrace.network.connection;

/** What the connections of one server share; each part is thread-safe. */
public record ConnectionScope(
        RequestHandler handler,
        ConnectionLimits limits,
        InFlightBudget budget,
        NetworkMetrics metrics,
        CloseLog closeLog) {}
