package io.millrace.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Uuid;
import io.millrace.replication.replica.ReplicaEvents;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The traffic of topics on one shard, and how many topics have series of their own. */
class ShardTrafficTest {

    private static final Uuid A = new Uuid(1, 1);
    private static final Uuid B = new Uuid(2, 2);
    private static final Uuid C = new Uuid(3, 3);

    private final NamedTopics naming = new NamedTopics(2);
    private final ShardTraffic traffic = new ShardTraffic(naming);

    private static double inBytes(Readings readings, String topic) {
        Readings.Value value = readings.series(Meter.IN_BYTES).get(List.of(topic));
        return value == null ? -1 : value.number();
    }

    private Readings read() {
        Readings readings = new Readings();
        traffic.read(readings);
        return readings;
    }

    private static double number(Readings readings, Meter meter) {
        return Objects.requireNonNull(readings.series(meter).get(List.of("a"))).number();
    }

    @Test
    void countsByTopicWhatItsReplicasReport() {
        ReplicaEvents first = traffic.ofTopic(A, "a");
        ReplicaEvents second = traffic.ofTopic(A, "a");
        first.appended(100, 3);
        second.appended(50, 2);
        second.fetched(70, 4);
        Readings readings = read();
        assertThat(inBytes(readings, "a")).isEqualTo(150);
        assertThat(number(readings, Meter.IN_RECORDS)).isEqualTo(5);
        assertThat(number(readings, Meter.OUT_BYTES)).isEqualTo(70);
        assertThat(number(readings, Meter.OUT_RECORDS)).isEqualTo(4);
        assertThat(inBytes(readings, Meter.OTHER)).isEqualTo(-1);
    }

    @Test
    void foldsWhatIsBeyondTheLimitIntoOneSeries() {
        traffic.ofTopic(A, "a").appended(1, 1);
        traffic.ofTopic(B, "b").appended(2, 1);
        traffic.ofTopic(C, "c").appended(4, 1);
        traffic.ofTopic(new Uuid(4, 4), "d").appended(8, 1);
        Readings readings = read();
        assertThat(readings.series(Meter.IN_BYTES)).hasSize(3);
        assertThat(inBytes(readings, Meter.OTHER)).isEqualTo(12);
        assertThat(traffic.label(C)).isEqualTo(Meter.OTHER);
    }

    @Test
    void dropsADeletedTopicAndGivesItsPlaceToTheNext() {
        traffic.ofTopic(A, "a").appended(1, 1);
        traffic.ofTopic(B, "b");
        traffic.topicDeleted(A);
        traffic.ofTopic(C, "c").appended(4, 1);
        Readings readings = read();
        assertThat(inBytes(readings, "a")).isEqualTo(-1);
        assertThat(inBytes(readings, "c")).isEqualTo(4);
    }

    @Test
    void namesATopicOnEveryShardOrOnNone() {
        ShardTraffic other = new ShardTraffic(naming);
        traffic.ofTopic(A, "a");
        other.ofTopic(B, "b");
        other.ofTopic(C, "c").appended(4, 1);
        other.ofTopic(A, "a").appended(2, 1);
        traffic.ofTopic(C, "c").appended(8, 1);
        traffic.ofTopic(A, "a").appended(1, 1);
        Readings all = read();
        Readings theirs = new Readings();
        other.read(theirs);
        all.join(theirs);
        assertThat(inBytes(all, "a")).isEqualTo(3);
        assertThat(inBytes(all, Meter.OTHER)).isEqualTo(12);
    }
}
