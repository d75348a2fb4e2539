package io.millrace.broker.metrics;

/** Who knows some of the numbers of a scrape. */
@FunctionalInterface
public interface MeterSource {

    /** Adds what it knows; on the loop that owns it. Must not block. */
    void read(Readings into);
}
