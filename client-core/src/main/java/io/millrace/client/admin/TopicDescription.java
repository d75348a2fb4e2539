package io.millrace.client.admin;

import io.millrace.client.cluster.TopicImage;
import java.util.List;

/**
 * A topic with its configuration. Immutable.
 *
 * @param configs in the broker's order; values set for the topic and defaults alike
 */
public record TopicDescription(TopicImage topic, List<ConfigEntry> configs) {
    public TopicDescription {
        configs = List.copyOf(configs);
    }
}
