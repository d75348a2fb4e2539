package io.millrace.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of metrics keeps Prometheus' conventions. */
class MeterTest {

    private static final Pattern NAME = Pattern.compile("(millrace|process)_[a-z]+(_[a-z]+)*");
    private static final Pattern LABEL = Pattern.compile("[a-z]+");

    @Test
    void namesAreDistinctAndOfOnePattern() {
        assertThat(Arrays.stream(Meter.values()).map(Meter::metricName))
                .doesNotHaveDuplicates()
                .allMatch(name -> NAME.matcher(name).matches());
    }

    @Test
    void countersAndNothingElseEndInTotal() {
        for (Meter meter : Meter.values()) {
            assertThat(meter.metricName().endsWith("_total"))
                    .as(meter.metricName())
                    .isEqualTo(meter.kind().equals("counter"));
        }
    }

    @Test
    void unitsAreBaseUnits() {
        assertThat(Arrays.stream(Meter.values()).map(Meter::metricName))
                .noneMatch(name -> name.matches(".*_(ms|millis|milliseconds|us|ns|kb|kib|mb|mib)(_.*)?"));
        for (Meter meter : Meter.values()) {
            if (meter.kind().equals("histogram")) {
                assertThat(meter.metricName()).matches(".*_(seconds|bytes)");
            }
        }
    }

    @Test
    void everyMetricSaysWhatItIs() {
        for (Meter meter : Meter.values()) {
            assertThat(meter.help().length()).as(meter.metricName()).isGreaterThan(5);
            assertThat(meter.labels())
                    .doesNotHaveDuplicates()
                    .allMatch(label -> LABEL.matcher(label).matches());
        }
    }
}
