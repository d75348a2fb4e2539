package io.millrace.broker.config;

import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.MetadataImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of the places where a value may be set decides: the topic, this broker, all brokers, the broker's start, the default.
 * Immutable; any thread.
 */
public final class EffectiveConfigs {

    /**
     * One place that has a value.
     *
     * @param key that is set there: the topic's own or a broker key that is its synonym
     * @param text as it was written there
     * @param value as the asked key writes it
     */
    public record Candidate(ConfigKey<?> key, String text, String value, ConfigSource source) {}

    private final ConfigResource broker;
    private final Map<String, String> started;
    private final Map<ConfigKey<?>, List<TopicSynonym>> synonyms = new LinkedHashMap<>();

    /** @param started what this broker was started with */
    public EffectiveConfigs(int nodeId, Map<String, String> started) {
        this.broker = ConfigResource.broker(nodeId);
        this.started = Map.copyOf(started);
        for (TopicSynonym synonym : LogKeys.synonyms()) {
            synonyms.computeIfAbsent(synonym.topic(), key -> new ArrayList<>(1)).add(synonym);
        }
    }

    /** Every place that has a value for a key of a topic, the one that decides first; never empty. */
    public List<Candidate> ofTopic(MetadataImage image, String topic, ConfigKey<?> key) {
        return ofTopic(image, image.configs(ConfigResource.topic(topic)), key);
    }

    /** As the other, for a topic that has these configs or is about to. */
    public List<Candidate> ofTopic(MetadataImage image, Map<String, String> set, ConfigKey<?> key) {
        List<Candidate> found = new ArrayList<>(2);
        String own = set.get(key.name());
        if (own != null) {
            found.add(new Candidate(key, own, own, ConfigSource.TOPIC));
        }
        List<TopicSynonym> known = synonyms.get(key);
        if (known == null) {
            addDefault(key, found);
            return found;
        }
        for (TopicSynonym synonym : known) {
            for (Candidate candidate : ofBroker(image, synonym.broker())) {
                found.add(new Candidate(
                        candidate.key(), candidate.text(), synonym.converted(candidate.text()), candidate.source()));
            }
        }
        // A default goes behind whatever was set, under any name.
        found.sort((a, b) -> Boolean.compare(isDefault(a), isDefault(b)));
        return found;
    }

    private static boolean isDefault(Candidate candidate) {
        return candidate.source() == ConfigSource.DEFAULT;
    }

    /** Every place that has a value for a key of this broker, the one that decides first; empty when there is none. */
    public List<Candidate> ofBroker(MetadataImage image, ConfigKey<?> key) {
        List<Candidate> found = new ArrayList<>(1);
        add(key, image.configs(broker).get(key.name()), ConfigSource.BROKER, found);
        add(key, image.configs(ConfigResource.CLUSTER).get(key.name()), ConfigSource.ALL_BROKERS, found);
        add(key, started.get(key.name()), ConfigSource.STATIC_BROKER, found);
        addDefault(key, found);
        return found;
    }

    private static void add(ConfigKey<?> key, @Nullable String text, ConfigSource source, List<Candidate> found) {
        if (text != null) {
            found.add(new Candidate(key, text, text, source));
        }
    }

    private static void addDefault(ConfigKey<?> key, List<Candidate> found) {
        add(key, key.defaultText(), ConfigSource.DEFAULT, found);
    }

    /** What is in force for a topic. */
    ConfigValues topicValues(MetadataImage image, String topic) {
        Map<String, String> set = image.configs(ConfigResource.topic(topic));
        Map<String, String> texts = new LinkedHashMap<>();
        for (ConfigKey<?> key : TopicKeys.TABLE.keys()) {
            Candidate decides = ofTopic(image, set, key).getFirst();
            if (decides.source() != ConfigSource.DEFAULT) {
                texts.put(key.name(), decides.value());
            }
        }
        return TopicKeys.TABLE.parse(texts);
    }
}
