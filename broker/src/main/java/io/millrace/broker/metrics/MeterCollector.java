package io.millrace.broker.metrics;

import io.millrace.runtime.metrics.Distribution;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gives the registry what {@link Gathering} gathered, at every scrape anew: a series that nobody tells is gone. */
public final class MeterCollector implements MultiCollector {

    private static final String COUNTER_SUFFIX = "_total";
    private static final double NANOS_PER_SECOND = 1e9;

    private final Gathering gathering;

    public MeterCollector(Gathering gathering) {
        this.gathering = gathering;
    }

    @Override
    public MetricSnapshots collect() {
        Readings readings = gathering.gather();
        List<MetricSnapshot> snapshots = new ArrayList<>();
        for (Meter meter : Meter.values()) {
            Map<List<String>, Readings.Value> series = readings.series(meter);
            if (!series.isEmpty()) {
                snapshots.add(snapshot(meter, series));
            }
        }
        return new MetricSnapshots(snapshots);
    }

    private static MetricSnapshot snapshot(Meter meter, Map<List<String>, Readings.Value> series) {
        return switch (meter.type()) {
            case COUNTER -> counter(meter, series);
            case GAUGE, MAXIMUM -> gauge(meter, series);
            case HISTOGRAM -> histogram(meter, series);
        };
    }

    private static CounterSnapshot counter(Meter meter, Map<List<String>, Readings.Value> series) {
        String name = meter.metricName();
        CounterSnapshot.Builder builder = CounterSnapshot.builder()
                .name(name.substring(0, name.length() - COUNTER_SUFFIX.length()))
                .help(meter.help());
        series.forEach((labels, value) -> builder.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of(meter.labels(), labels))
                .value(value.number())
                .build()));
        return builder.build();
    }

    private static GaugeSnapshot gauge(Meter meter, Map<List<String>, Readings.Value> series) {
        GaugeSnapshot.Builder builder =
                GaugeSnapshot.builder().name(meter.metricName()).help(meter.help());
        series.forEach((labels, value) -> builder.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of(meter.labels(), labels))
                .value(value.number())
                .build()));
        return builder.build();
    }

    private static HistogramSnapshot histogram(Meter meter, Map<List<String>, Readings.Value> series) {
        HistogramSnapshot.Builder builder =
                HistogramSnapshot.builder().name(meter.metricName()).help(meter.help());
        double unit = meter.metricName().endsWith("_seconds") ? NANOS_PER_SECOND : 1;
        series.forEach((labels, value) -> {
            Distribution counted = value.distribution();
            if (counted != null) {
                builder.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .labels(Labels.of(meter.labels(), labels))
                        .classicHistogramBuckets(buckets(counted, unit))
                        .sum(counted.sum() / unit)
                        .build());
            }
        });
        return builder.build();
    }

    private static ClassicHistogramBuckets buckets(Distribution counted, double unit) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counted.buckets(); i++) {
            boolean last = i == counted.buckets() - 1;
            buckets.bucket(last ? Double.POSITIVE_INFINITY : counted.upperBound(i) / unit, counted.count(i));
        }
        return buckets.build();
    }
}
