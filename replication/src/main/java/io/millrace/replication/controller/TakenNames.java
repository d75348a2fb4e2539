package io.millrace.replication.controller;

import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which names a new topic would collide with: Kafka's rule that names which differ only by {@code .} and {@code _} are one
 * name, since metrics write both as {@code _}. For one command; control loop only.
 */
final class TakenNames {

    private final MetadataImage image;
    /** Metric name to topic name, of topics that have one of the two characters; null until one such name is asked about. */
    private @Nullable Map<String, String> byMetricName;

    TakenNames(MetadataImage image) {
        this.image = image;
    }

    /** The topic that {@code name} collides with; null when there is none. */
    @Nullable
    String collision(String name) {
        return ambiguous(name) ? byMetricName().get(metricName(name)) : null;
    }

    /** A topic that the same command creates. */
    void add(String name) {
        if (ambiguous(name)) {
            byMetricName().put(metricName(name), name);
        }
    }

    private Map<String, String> byMetricName() {
        Map<String, String> names = byMetricName;
        if (names == null) {
            names = new HashMap<>();
            for (TopicImage topic : image.topics()) {
                if (ambiguous(topic.name())) {
                    names.put(metricName(topic.name()), topic.name());
                }
            }
            byMetricName = names;
        }
        return names;
    }

    private static boolean ambiguous(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    private static String metricName(String name) {
        return name.replace('.', '_');
    }
}
