package io.millrace.tools.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicNamesTest {

    @Test
    void theNearestNameIsFound() {
        List<String> topics = List.of("orders", "clicks", "order-lines");
        assertThat(TopicNames.nearest("order", topics)).isEqualTo("orders");
        assertThat(TopicNames.nearest("clcks", topics)).isEqualTo("clicks");
        assertThat(TopicNames.nearest("orderlines", topics)).isEqualTo("order-lines");
    }

    @Test
    void nothingNearMeansNoAdvice() {
        assertThat(TopicNames.nearest("payments", List.of("orders", "clicks"))).isNull();
        assertThat(TopicNames.nearest("ab", List.of("xy"))).isNull();
        assertThat(TopicNames.nearest("a", List.of())).isNull();
    }
}
