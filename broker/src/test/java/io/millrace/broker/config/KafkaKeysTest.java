package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Every configuration of Kafka 4.3 works, or is refused with a reason. */
class KafkaKeysTest {

    @Test
    void everyTopicKeyOfKafkaIsOne() throws IOException {
        assertThat(names("kafka-4.3-topic-keys.txt")).allMatch(name -> TopicKeys.TABLE.find(name) != null);
    }

    @Test
    void everyBrokerKeyOfKafkaWorksOrIsRefusedWithAReason() throws IOException {
        for (String name : names("kafka-4.3-broker-keys.txt")) {
            boolean works = BrokerKeys.TABLE.find(name) != null;
            String reason = BrokerKeys.TABLE.refusals().reason(name);
            assertThat(works || reason != null).as(name).isTrue();
        }
    }

    @Test
    void aLongerBeginningGoesBeforeAShorterOne() {
        Refusals refusals = new Refusals("a.* c", "first", "a.b.*", "second");
        assertThat(refusals.reason("a.x")).isEqualTo("first");
        assertThat(refusals.reason("a.b.x")).isEqualTo("second");
        assertThat(refusals.reason("c")).isEqualTo("first");
        assertThat(refusals.reason("cc")).isNull();
    }

    private static List<String> names(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(KafkaKeysTest.class.getResourceAsStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
