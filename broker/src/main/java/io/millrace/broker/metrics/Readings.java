package io.millrace.broker.metrics;

import io.millrace.runtime.metrics.Distribution;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one scrape: by metric and labels. What several sources add under the same labels is summed. One owner at a
 * time: a loop that fills it, then the scrape that joins what all loops filled.
 */
public final class Readings {

    /** One number, or one distribution. */
    static final class Value {
        private double number;
        private @Nullable Distribution distribution;

        double number() {
            return number;
        }

        @Nullable
        Distribution distribution() {
            return distribution;
        }
    }

    /** By metric, in the order of the table; then by label values, in the order of the table's labels. */
    private final Map<Meter, Map<List<String>, Value>> values = new LinkedHashMap<>();

    /** Adds to a counter or gauge. */
    public void add(Meter meter, double number, String... labels) {
        value(meter, labels).number += number;
    }

    /** As the other; a double holds every count below 2^53 exactly, and the scrape's text is one of doubles. */
    public void add(Meter meter, long number, String... labels) {
        add(meter, (double) number, labels);
    }

    /** Counts only if it is the largest of all that are told under these labels. */
    public void max(Meter meter, double number, String... labels) {
        Value present = value(meter, labels);
        present.number = Math.max(present.number, number);
    }

    /** As the other. */
    public void max(Meter meter, long number, String... labels) {
        max(meter, (double) number, labels);
    }

    /** Adds to a histogram; copies {@code counted}, which its owner goes on to change. */
    public void add(Meter meter, Distribution counted, String... labels) {
        Value present = value(meter, labels);
        if (present.distribution == null) {
            present.distribution = counted.copy();
        } else {
            present.distribution.add(counted);
        }
    }

    private Value value(Meter meter, String... labels) {
        if (labels.length != meter.labels().size()) {
            throw new IllegalArgumentException(meter + " has the labels " + meter.labels() + ", not " + labels.length);
        }
        return values.computeIfAbsent(meter, ignored -> new LinkedHashMap<>())
                .computeIfAbsent(List.of(labels), ignored -> new Value());
    }

    /** Joins what another loop filled. */
    void join(Readings other) {
        other.values.forEach((meter, series) -> series.forEach((labels, value) -> {
            String[] names = labels.toArray(String[]::new);
            if (value.distribution != null) {
                add(meter, value.distribution, names);
            } else if (meter.isMaximum()) {
                max(meter, value.number, names);
            } else {
                add(meter, value.number, names);
            }
        }));
    }

    /** The series of a metric; empty when nobody told any. */
    Map<List<String>, Value> series(Meter meter) {
        return values.getOrDefault(meter, Map.of());
    }
}
