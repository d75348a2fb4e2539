package io.millrace.tools.topic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.admin.ConfigEntry;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.tools.shell.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What verbs about topics print with {@code -O json}. */
final class TopicJson {

    private TopicJson() {}

    static ObjectNode heading(TopicImage topic) {
        return Json.object()
                .put("topic", topic.name())
                .put("id", topic.id().toString())
                .put("internal", topic.internal());
    }

    static ObjectNode described(
            TopicDescription description,
            Map<TopicPartition, FoundOffset> starts,
            Map<TopicPartition, FoundOffset> ends,
            boolean allConfigs) {
        TopicImage topic = description.topic();
        ObjectNode document = heading(topic);
        ArrayNode partitions = document.putArray("partitions");
        for (PartitionImage partition : topic.partitions()) {
            TopicPartition name = new TopicPartition(topic.name(), partition.partition());
            ObjectNode node = partitions
                    .addObject()
                    .put("partition", partition.partition())
                    .put("leader", partition.hasLeader() ? (Integer) partition.leaderId() : null)
                    .put("leaderEpoch", partition.leaderEpoch());
            ids(node.putArray("replicas"), partition.replicas());
            ids(node.putArray("inSyncReplicas"), partition.inSyncReplicas());
            node.put("startOffset", offset(starts.get(name))).put("endOffset", offset(ends.get(name)));
        }
        ArrayNode configs = document.putArray("configs");
        for (ConfigEntry entry : description.configs()) {
            if (entry.setOnTopic() || allConfigs) {
                configs.addObject()
                        .put("name", entry.name())
                        .put("value", entry.sensitive() ? null : entry.value())
                        .put("inherited", !entry.setOnTopic())
                        .put("sensitive", entry.sensitive());
            }
        }
        return document;
    }

    static ObjectNode configured(String topic, Map<String, String> set, Set<String> unset) {
        ObjectNode document = Json.object().put("topic", topic);
        ObjectNode changed = document.putObject("set");
        new TreeMap<>(set).forEach(changed::put);
        ArrayNode taken = document.putArray("unset");
        new TreeSet<>(unset).forEach(taken::add);
        return document;
    }

    private static void ids(ArrayNode array, List<Integer> brokers) {
        brokers.forEach(array::add);
    }

    private static @Nullable Long offset(@Nullable FoundOffset found) {
        return found == null ? null : (Long) found.offset();
    }
}
