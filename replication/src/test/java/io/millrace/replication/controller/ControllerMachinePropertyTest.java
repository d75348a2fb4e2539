package io.millrace.replication.controller;

import static io.millrace.replication.fixture.Expect.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.Uuid;
import io.millrace.replication.controller.ControllerCommand.ConfigOperation;
import io.millrace.replication.fixture.SeededRandomness;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.Endpoint;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataReplay;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.SnapshotRecords;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Random commands against a model of maps; then the records alone must lead to the same state. */
class ControllerMachinePropertyTest {

    private static final List<String> NAMES = List.of("a", "b", "c", "..", "bad name", "");
    private static final List<String> KEYS = List.of("retention.ms", "list", "refused");

    private static final List<ConfigOperation.Kind> KINDS = List.of(ConfigOperation.Kind.values());

    private static final ConfigSchema SCHEMA = new ConfigSchema() {
        @Override
        public @Nullable String refusal(ConfigResource resource, String key, String value) {
            return key.equals("refused") ? "Unknown config '" + key + "'" : null;
        }

        @Override
        public @Nullable String refusalOfAll(ConfigResource resource, SortedMap<String, String> configs) {
            return null;
        }

        @Override
        public boolean isList(ConfigResource resource, String key) {
            return key.equals("list");
        }

        @Override
        public @Nullable String defaultOf(ConfigResource resource, String key) {
            return null;
        }
    };

    /** One step: what to do, and numbers to do it with. */
    record Step(int kind, int name, int count, int other, boolean validateOnly) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> step = Combinators.combine(
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(0, NAMES.size() - 1),
                        Arbitraries.integers().between(-2, 5),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(false, false, false, true))
                .as(Step::new);
        return step.list().ofMaxSize(60);
    }

    /** The naive model: what a reader would draw on paper. */
    private static final class Model {
        final TreeMap<String, Integer> partitions = new TreeMap<>();
        final Map<String, TreeMap<String, String>> configs = new HashMap<>();
        final Map<String, List<Integer>> leaderEpochs = new HashMap<>();
        final TreeMap<Integer, Long> brokerEpochs = new TreeMap<>();
        long nextProducerId;
    }

    private final Model model = new Model();
    private final List<Message> log = new ArrayList<>();
    private ControllerMachine machine =
            new ControllerMachine(ControllerSettings.of("c"), SCHEMA, new SeededRandomness(1));

    @Property(tries = 400)
    void agreesWithTheModelAndReplaysToTheSameDigest(@ForAll("steps") List<Step> steps) {
        reset();
        for (Step step : steps) {
            run(step);
            compare();
        }
        assertThat(machine.image().endOffset()).isEqualTo(log.size());
        assertThat(MetadataReplay.replay(MetadataImage.EMPTY, log).digest())
                .isEqualTo(machine.image().digest());
        List<Message> snapshot = new ArrayList<>();
        SnapshotRecords.write(machine.image(), snapshot::add);
        MetadataImage restored = MetadataReplay.restored(
                MetadataReplay.replay(MetadataImage.EMPTY, snapshot),
                machine.image().endOffset());
        assertThat(restored.digest()).isEqualTo(machine.image().digest());
        assertThat(restored.partitionCount()).isEqualTo(machine.image().partitionCount());
    }

    private void reset() {
        model.partitions.clear();
        model.configs.clear();
        model.leaderEpochs.clear();
        model.brokerEpochs.clear();
        model.nextProducerId = 0;
        log.clear();
        machine = new ControllerMachine(ControllerSettings.of("c"), SCHEMA, new SeededRandomness(1));
        log.addAll(machine.firstRecords());
        machine.replay(machine.firstRecords());
    }

    private <A> ControllerAnswer<A> decide(ControllerCommand<A> command) {
        long before = machine.image().digest();
        Decision<A> decision = machine.decide(command);
        assertThat(machine.image().digest()).as("deciding changes nothing").isEqualTo(before);
        decision.records().forEach(machine::replay);
        log.addAll(decision.records());
        return decision.answer();
    }

    private <A> A done(ControllerCommand<A> command) {
        return ((ControllerAnswer.Done<A>) decide(command)).value();
    }

    private void run(Step step) {
        String name = NAMES.get(step.name());
        switch (step.kind()) {
            case 0 -> create(name, step);
            case 1 -> delete(name);
            case 2 -> grow(name, step);
            case 3 -> alter(name, step);
            case 4 -> set(name, step);
            case 5 -> register(step.other() % 2);
            default -> allocate(step.other() % 2);
        }
    }

    private void create(String name, Step step) {
        var topic = new ControllerCommand.NewTopic(name, step.count(), (short) -1, new TreeMap<>(), new TreeMap<>());
        TopicOutcome outcome = done(new ControllerCommand.CreateTopics(List.of(topic), step.validateOnly()))
                .getFirst();
        ErrorCode expected = ErrorCode.NONE;
        if (name.isEmpty() || name.equals("..") || name.contains(" ")) {
            expected = ErrorCode.INVALID_TOPIC_EXCEPTION;
        } else if (model.partitions.containsKey(name)) {
            expected = ErrorCode.TOPIC_ALREADY_EXISTS;
        } else if (step.count() == 0 || step.count() == -2) {
            expected = ErrorCode.INVALID_PARTITIONS;
        } else if (model.brokerEpochs.isEmpty()) {
            expected = ErrorCode.INVALID_REPLICATION_FACTOR;
        }
        assertThat(error(outcome)).isEqualTo(expected);
        if (expected == ErrorCode.NONE && !step.validateOnly()) {
            int count = step.count() == -1 ? 1 : step.count();
            model.partitions.put(name, count);
            model.leaderEpochs.put(name, new ArrayList<>());
            addEpochs(name, count);
        }
    }

    private void addEpochs(String name, int count) {
        for (int i = 0; i < count; i++) {
            present(model.leaderEpochs.get(name)).add(0);
        }
    }

    private void delete(String name) {
        TopicOutcome outcome = done(new ControllerCommand.DeleteTopics(
                        List.of(new ControllerCommand.TopicRef.ByName(name))))
                .getFirst();
        boolean known = model.partitions.remove(name) != null;
        model.configs.remove(name);
        model.leaderEpochs.remove(name);
        assertThat(error(outcome)).isEqualTo(known ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private void grow(String name, Step step) {
        var growth = new ControllerCommand.NewPartitions(name, step.count(), null);
        TopicOutcome outcome = done(new ControllerCommand.CreatePartitions(List.of(growth), step.validateOnly()))
                .getFirst();
        Integer present = model.partitions.get(name);
        if (present == null) {
            assertThat(error(outcome)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        } else if (step.count() <= present) {
            assertThat(error(outcome)).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        } else {
            assertThat(error(outcome)).isEqualTo(ErrorCode.NONE);
            if (!step.validateOnly()) {
                model.partitions.put(name, step.count());
                addEpochs(name, step.count() - present);
            }
        }
    }

    private void alter(String name, Step step) {
        String key = KEYS.get(Math.floorMod(step.count(), KEYS.size()));
        ConfigOperation.Kind kind = KINDS.get(step.other());
        String value = "v" + (step.count() & 1);
        var alteration = new ControllerCommand.ConfigAlteration(
                ConfigResource.topic(name), List.of(new ConfigOperation(kind, key, value)));
        ConfigOutcome outcome = done(new ControllerCommand.AlterConfigs(List.of(alteration), step.validateOnly()))
                .getFirst();
        boolean listOperation = kind == ConfigOperation.Kind.APPEND || kind == ConfigOperation.Kind.SUBTRACT;
        ErrorCode expected = ErrorCode.NONE;
        if (!model.partitions.containsKey(name)) {
            expected = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        } else if ((listOperation && !key.equals("list"))
                || (key.equals("refused") && kind == ConfigOperation.Kind.SET)) {
            expected = ErrorCode.INVALID_CONFIG;
        }
        assertThat(outcome.error()).isEqualTo(expected);
        if (expected == ErrorCode.NONE && !step.validateOnly()) {
            TreeMap<String, String> configs = model.configs.computeIfAbsent(name, each -> new TreeMap<>());
            List<String> entries =
                    new ArrayList<>(List.of(configs.getOrDefault(key, "").split(",")));
            entries.removeIf(String::isEmpty);
            switch (kind) {
                case SET -> configs.put(key, value);
                case DELETE -> configs.remove(key);
                case APPEND -> {
                    if (!entries.contains(value)) {
                        entries.add(value);
                    }
                    configs.put(key, String.join(",", entries));
                }
                case SUBTRACT -> {
                    entries.remove(value);
                    configs.put(key, String.join(",", entries));
                }
            }
        }
    }

    private void set(String name, Step step) {
        SortedMap<String, @Nullable String> configs = new TreeMap<>();
        configs.put(KEYS.get(step.other() % KEYS.size()), "w");
        var replacement = new ControllerCommand.ConfigReplacement(ConfigResource.topic(name), configs);
        ConfigOutcome outcome = done(new ControllerCommand.SetConfigs(List.of(replacement), step.validateOnly()))
                .getFirst();
        if (!model.partitions.containsKey(name)) {
            assertThat(outcome.error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        } else if (configs.containsKey("refused")) {
            assertThat(outcome.error()).isEqualTo(ErrorCode.INVALID_CONFIG);
        } else if (!step.validateOnly()) {
            TreeMap<String, String> copy = new TreeMap<>();
            copy.put(configs.firstKey(), "w");
            model.configs.put(name, copy);
        }
    }

    private void register(int brokerId) {
        var registered = done(new ControllerCommand.RegisterBroker(
                brokerId,
                new Uuid(9, brokerId),
                null,
                List.of(new Endpoint("PLAINTEXT", "localhost", 9092, (short) 0)),
                List.of(new Uuid(8, brokerId))));
        model.brokerEpochs
                .values()
                .forEach(epoch -> assertThat(registered.brokerEpoch()).isGreaterThan(epoch));
        model.brokerEpochs.put(brokerId, registered.brokerEpoch());
        for (TopicImage topic : machine.image().topics()) {
            for (PartitionImage partition : topic.partitions()) {
                if (partition.leader() == brokerId) {
                    List<Integer> epochs = present(model.leaderEpochs.get(topic.name()));
                    epochs.set(partition.partition(), epochs.get(partition.partition()) + 1);
                }
            }
        }
    }

    private void allocate(int brokerId) {
        Long epoch = model.brokerEpochs.get(brokerId);
        var answer = decide(new ControllerCommand.AllocateProducerIds(brokerId, epoch == null ? 1 : epoch));
        if (epoch == null) {
            assertThat(answer).isInstanceOf(ControllerAnswer.Failed.class);
        } else {
            var block = ((ControllerAnswer.Done<ControllerCommand.ProducerIdBlock>) answer).value();
            assertThat(block.firstProducerId()).isEqualTo(model.nextProducerId);
            model.nextProducerId += block.count();
        }
    }

    private void compare() {
        MetadataImage image = machine.image();
        List<String> names = new ArrayList<>();
        long partitions = 0;
        for (TopicImage topic : image.topics()) {
            names.add(topic.name());
            partitions += topic.partitionCount();
            assertThat(topic.partitionCount()).isEqualTo(model.partitions.get(topic.name()));
            assertThat(image.topic(topic.topicId())).isSameAs(topic);
            List<Integer> epochs =
                    topic.partitions().stream().map(PartitionImage::leaderEpoch).toList();
            assertThat(epochs).isEqualTo(model.leaderEpochs.get(topic.name()));
            assertThat(image.configs(ConfigResource.topic(topic.name())))
                    .isEqualTo(model.configs.getOrDefault(topic.name(), new TreeMap<>()));
        }
        assertThat(names).containsExactlyElementsOf(model.partitions.keySet());
        assertThat(image.partitionCount()).isEqualTo(partitions);
        assertThat(image.nextProducerId()).isEqualTo(model.nextProducerId);
        assertThat(image.brokerCount()).isEqualTo(model.brokerEpochs.size());
    }

    private static ErrorCode error(TopicOutcome outcome) {
        return switch (outcome) {
            case TopicOutcome.Succeeded ignored -> ErrorCode.NONE;
            case TopicOutcome.Failed failed -> failed.error();
        };
    }
}
