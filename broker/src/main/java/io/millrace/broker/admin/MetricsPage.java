package io.millrace.broker.admin;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.broker.metrics.Gathering;
import io.millrace.broker.metrics.MeterCollector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All metrics as Prometheus text. Used by one thread at a time: the admin port's worker, and who closes it afterwards.
 *
 * <p>The registry is made by the first scrape: its classes and those of the JVM's beans take 0.2 to 0.5 s to load, which a start
 * of under half a second cannot afford and a broker that nobody scrapes need not. Nothing is lost but the garbage collector's
 * pauses before it, for every other meter reads a counter that is kept anyway.
 */
final class MetricsPage {

    private final Gathering gathering;

    private @Nullable Made made;

    private record Made(PrometheusMeterRegistry registry, JvmGcMetrics collector, List<MeterBinder> process) {}

    MetricsPage(Gathering gathering) {
        this.gathering = gathering;
    }

    /** In the text form 0.0.4. */
    String scrape() {
        Made ready = made;
        if (ready == null) {
            ready = make();
            made = ready;
        }
        return ready.registry().scrape();
    }

    private Made make() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        JvmGcMetrics collector = new JvmGcMetrics();
        List<MeterBinder> process = List.of(
                collector,
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        process.forEach(binder -> binder.bindTo(registry));
        registry.getPrometheusRegistry().register(new MeterCollector(gathering));
        return new Made(registry, collector, process);
    }

    /** Stops listening to the JVM's garbage collector. */
    void close() {
        if (made != null) {
            made.collector().close();
            made.registry().close();
            made = null;
        }
    }
}
