package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.replication.controller.ControllerCommand.AlterConfigs;
import io.millrace.replication.controller.ControllerCommand.ConfigAlteration;
import io.millrace.replication.controller.ControllerCommand.ConfigOperation;
import io.millrace.replication.controller.ControllerCommand.ConfigReplacement;
import io.millrace.replication.controller.ControllerCommand.SetConfigs;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.SnapshotRecords;
import io.millrace.replication.record.ConfigRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides changes of configs. Stateless; control loop only. */
final class ConfigDecider {

    private final ConfigSchema schema;

    ConfigDecider(ConfigSchema schema) {
        this.schema = schema;
    }

    Decision<List<ConfigOutcome>> alter(MetadataImage image, AlterConfigs command) {
        Map<ConfigResource, Integer> seen = new HashMap<>();
        command.resources().forEach(each -> seen.merge(each.resource(), 1, Integer::sum));
        List<Message> records = new ArrayList<>();
        List<ConfigOutcome> outcomes = new ArrayList<>();
        for (ConfigAlteration each : command.resources()) {
            SortedMap<String, String> before = image.configs(each.resource());
            decide(image, each.resource(), seen, outcomes, () -> {
                SortedMap<String, String> after = altered(each, before);
                if (!command.validateOnly()) {
                    addDifference(each.resource(), before, after, records);
                }
            });
        }
        return new Decision<>(records, new ControllerAnswer.Done<>(List.copyOf(outcomes)));
    }

    Decision<List<ConfigOutcome>> set(MetadataImage image, SetConfigs command) {
        Map<ConfigResource, Integer> seen = new HashMap<>();
        command.resources().forEach(each -> seen.merge(each.resource(), 1, Integer::sum));
        List<Message> records = new ArrayList<>();
        List<ConfigOutcome> outcomes = new ArrayList<>();
        for (ConfigReplacement each : command.resources()) {
            SortedMap<String, String> before = image.configs(each.resource());
            decide(image, each.resource(), seen, outcomes, () -> {
                SortedMap<String, String> after =
                        checked(each.resource(), Collections.emptySortedMap(), each.configs());
                if (!command.validateOnly()) {
                    addDifference(each.resource(), before, after, records);
                }
            });
        }
        return new Decision<>(records, new ControllerAnswer.Done<>(List.copyOf(outcomes)));
    }

    /** What one resource asks for; it either adds all of its records or throws before the first. */
    private interface Change {
        void run() throws Refusal;
    }

    /** A resource that is named more than once is refused as a whole, and answered once. */
    private static void decide(
            MetadataImage image,
            ConfigResource resource,
            Map<ConfigResource, Integer> seen,
            List<ConfigOutcome> outcomes,
            Change change) {
        Integer times = seen.remove(resource);
        if (times == null) {
            return;
        }
        try {
            if (times > 1) {
                throw new Refusal(ErrorCode.INVALID_REQUEST, "Each resource may be named only once in a request");
            }
            checkExists(image, resource);
            change.run();
            outcomes.add(ConfigOutcome.done(resource));
        } catch (Refusal refusal) {
            outcomes.add(new ConfigOutcome(resource, refusal.error(), refusal.reason()));
        }
    }

    private static void checkExists(MetadataImage image, ConfigResource resource) throws Refusal {
        switch (resource.type()) {
            case TOPIC -> {
                if (image.topic(resource.name()) == null) {
                    throw new Refusal(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "Topic '" + resource.name() + "' does not exist.");
                }
            }
            case BROKER -> {
                if (!resource.name().isEmpty()) {
                    checkBroker(image, resource.name());
                }
            }
        }
    }

    private static void checkBroker(MetadataImage image, String name) throws Refusal {
        int brokerId;
        try {
            brokerId = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "A broker is named by its number, not by '" + name + "'");
        }
        if (image.broker(brokerId) == null) {
            throw new Refusal(ErrorCode.BROKER_ID_NOT_REGISTERED, "No broker with id " + brokerId + " is registered.");
        }
    }

    private SortedMap<String, String> altered(ConfigAlteration alteration, SortedMap<String, String> before)
            throws Refusal {
        ConfigResource resource = alteration.resource();
        SortedMap<String, @Nullable String> changes = new TreeMap<>();
        Set<String> removed = new HashSet<>();
        for (ConfigOperation operation : alteration.operations()) {
            String key = operation.key();
            if (changes.containsKey(key) || removed.contains(key)) {
                throw new Refusal(ErrorCode.INVALID_REQUEST, "Config '" + key + "' is changed more than once");
            }
            if (operation.kind() == ConfigOperation.Kind.DELETE) {
                removed.add(key);
            } else {
                changes.put(key, result(resource, operation, before.get(key)));
            }
        }
        SortedMap<String, String> kept = new TreeMap<>(before);
        kept.keySet().removeAll(removed);
        return checked(resource, kept, changes);
    }

    private @Nullable String result(ConfigResource resource, ConfigOperation operation, @Nullable String before)
            throws Refusal {
        String value = operation.value();
        if (value == null || operation.kind() == ConfigOperation.Kind.SET) {
            return value;
        }
        if (!schema.isList(resource, operation.key())) {
            throw new Refusal(
                    ErrorCode.INVALID_CONFIG,
                    "Config '" + operation.key() + "' is not a list: nothing can be added to it or taken from it");
        }
        Set<String> entries =
                new LinkedHashSet<>(split(before != null ? before : schema.defaultOf(resource, operation.key())));
        if (operation.kind() == ConfigOperation.Kind.APPEND) {
            entries.addAll(split(value));
        } else {
            split(value).forEach(entries::remove);
        }
        return String.join(",", entries);
    }

    private static List<String> split(@Nullable String list) {
        List<String> entries = new ArrayList<>();
        if (list != null) {
            for (String entry : list.split(",", -1)) {
                if (!entry.isBlank()) {
                    entries.add(entry.strip());
                }
            }
        }
        return entries;
    }

    /** {@code kept} with {@code changes} on top, each change and then the whole checked against the schema. */
    SortedMap<String, String> checked(
            ConfigResource resource, SortedMap<String, String> kept, SortedMap<String, @Nullable String> changes)
            throws Refusal {
        SortedMap<String, String> all = new TreeMap<>(kept);
        for (Map.Entry<String, @Nullable String> change : changes.entrySet()) {
            String value = change.getValue();
            if (value == null) {
                throw new Refusal(ErrorCode.INVALID_CONFIG, "Config '" + change.getKey() + "' has no value");
            }
            String refusal = schema.refusal(resource, change.getKey(), value);
            if (refusal != null) {
                throw new Refusal(ErrorCode.INVALID_CONFIG, refusal);
            }
            all.put(change.getKey(), value);
        }
        String refusal = schema.refusalOfAll(resource, all);
        if (refusal != null) {
            throw new Refusal(ErrorCode.INVALID_CONFIG, refusal);
        }
        return all;
    }

    private static void addDifference(
            ConfigResource resource,
            SortedMap<String, String> before,
            SortedMap<String, String> after,
            List<Message> records) {
        for (String key : before.keySet()) {
            if (!after.containsKey(key)) {
                records.add(new ConfigRecord()
                        .resourceType(resource.type().code())
                        .resourceName(resource.name())
                        .key(key)
                        .value(null));
            }
        }
        for (Map.Entry<String, String> entry : after.entrySet()) {
            if (!entry.getValue().equals(before.get(entry.getKey()))) {
                records.add(SnapshotRecords.config(resource, entry.getKey(), entry.getValue()));
            }
        }
    }
}
