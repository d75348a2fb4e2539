package io.millrace.network.connection;

import io.millrace.network.frame.ReceiveBudget;

/** What the connections of one server share; each part is thread-safe. */
public record ConnectionScope(
        RequestHandler handler,
        ConnectionLimits limits,
        InFlightBudget budget,
        ReceiveBudget receiveBudget,
        NetworkMetrics metrics,
        CloseLog closeLog) {}
