package io.millrace.tools.records;

import io.millrace.client.admin.Admin;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.consumer.group.GroupConfig;
import io.millrace.client.consumer.group.RebalanceListener;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.ServerOptions;
import io.millrace.tools.shell.StopSignals;
import io.millrace.tools.shell.VerbException;
import io.millrace.tools.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints records as they come. */
@Command(
        name = "consume",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the values of a topic's records, one per line, from now on and until Ctrl-C.",
            "Records of one partition come in order. A missing key or value is printed as null."
        },
        footer = {
            "",
            "Examples:",
            "  millrace consume greetings --from-beginning --max 10",
            "  millrace consume orders --from-beginning --show-key | grep paid",
            "  millrace consume orders --partition 2 --offset 4711",
            "  millrace consume orders --group billing      goes on where this group stopped",
            "  millrace consume orders --from-beginning -O json | jq .headers"
        })
public final class ConsumeVerb implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(500);

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "TOPIC", description = "What to read.")
    private String topic;

    @Option(names = "--from-beginning", description = "Begin with the oldest record.")
    private boolean fromBeginning;

    @Option(
            names = "--group",
            paramLabel = "G",
            description = {
                "Read as a member of this consumer group: share the topic with its other members, commit what was printed,",
                "and begin where the group stands (see --from). With --partition only the offsets are the group's."
            })
    private @Nullable String group;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            description = {
                "Where to begin: committed (default with --group: where the group stands, or the oldest record when it has not",
                "committed yet), earliest, or latest (default without)."
            })
    private @Nullable StartAt from;

    @Option(names = "--partition", paramLabel = "N", description = "Read this partition only (default: all).")
    private @Nullable Integer partition;

    @Option(names = "--offset", paramLabel = "N", description = "Begin at this offset; needs --partition.")
    private @Nullable Long offset;

    @Option(names = "--key", paramLabel = "K", description = "Show records of this key only.")
    private @Nullable String key;

    @Option(names = "--show-key", description = "Print the key before the value.")
    private boolean showKey;

    @Option(
            names = "--key-separator",
            paramLabel = "S",
            defaultValue = "\\t",
            description = "What --show-key prints between key and value (default: a tab, \\t).")
    private String keySeparator;

    @Option(names = "--max", paramLabel = "N", description = "Stop after this many records were printed.")
    private @Nullable Long max;

    private volatile boolean stopped;

    @Override
    public Integer call() {
        checkOptions();
        ClientConfig client = server.config();
        TopicImage image = topicImage(client);
        List<TopicPartition> partitions = partitionsOf(image);
        RecordPrinter printer = new RecordPrinter(
                System.out,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                output.json()
                        ? new RecordForm.AsJson()
                        : new RecordForm.Plain(
                                showKey, Separators.parse(keySeparator).getBytes(StandardCharsets.UTF_8)),
                max == null ? Long.MAX_VALUE : max);
        String groupId = group;
        ConsumerConfig config = ConsumerConfig.of(client);
        try (Consumer consumer = Consumer.open(
                groupId == null
                        ? config
                        : config.withReset(OffsetReset.EARLIEST)
                                .withGroup(GroupConfig.of(groupId).withoutAutoCommit()))) {
            StopSignals.install(
                    () -> {
                        stopped = true;
                        consumer.wakeup();
                    },
                    () -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED));
            PrintedOffsets offsets =
                    new PrintedOffsets(consumer, spec.commandLine().getErr());
            if (groupId != null && partition == null) {
                consumer.subscribe(List.of(topic), new Begin(consumer));
            } else {
                consumer.assign(partitions);
                begin(consumer, partitions);
            }
            while (!stopped && !printer.isDone()) {
                List<ConsumerRecord> records = consumer.poll(POLL);
                if (!printer.print(records)) {
                    return 0; // whoever read our output has seen enough
                }
                if (groupId != null) {
                    offsets.printed(records.subList(0, printer.lookedAt()));
                }
            }
        }
        return 0;
    }

    /** Begins elsewhere than where the group stands, with the first partitions that it assigns. */
    private final class Begin implements RebalanceListener {

        private final Consumer consumer;
        private boolean begun;

        Begin(Consumer consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onAssigned(Collection<TopicPartition> added) {
            if (!begun) {
                begun = true;
                begin(consumer, added);
            }
        }
    }

    private StartAt startAt() {
        StartAt chosen = from;
        if (chosen != null) {
            return chosen;
        }
        return fromBeginning ? StartAt.EARLIEST : group != null ? StartAt.COMMITTED : StartAt.LATEST;
    }

    private void checkOptions() {
        if (from != null && (fromBeginning || offset != null)) {
            throw usage("--from, --from-beginning and --offset exclude each other: choose one");
        }
        if (from == StartAt.COMMITTED && group == null) {
            throw usage("--from committed needs --group: offsets are committed by groups");
        }
        if (group != null && group.isEmpty()) {
            throw usage("--group: the name is empty");
        }
        if (fromBeginning && offset != null) {
            throw usage("--from-beginning and --offset exclude each other: choose one");
        }
        if (offset != null && partition == null) {
            throw usage("--offset needs --partition: offsets are counted in each partition by itself");
        }
        if (offset != null && offset < 0) {
            throw usage("--offset: " + offset + " is negative");
        }
        if (max != null && max < 1) {
            throw usage("--max: " + max + " is not at least 1");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private TopicImage topicImage(ClientConfig client) {
        try (Admin admin = Admin.open(client)) {
            try {
                return Outcome.of(admin.describeTopics(List.of(topic)))
                        .getFirst()
                        .topic();
            } catch (UnknownTopicException e) {
                throw TopicNames.explain(admin, e);
            }
        }
    }

    private List<TopicPartition> partitionsOf(TopicImage image) {
        Integer only = partition;
        if (only != null) {
            if (image.partition(only) == null) {
                throw new VerbException("topic " + topic + " has no partition " + only + ": it has 0 to "
                        + (image.partitionCount() - 1));
            }
            return List.of(new TopicPartition(topic, only));
        }
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < image.partitionCount(); i++) {
            all.add(new TopicPartition(topic, i));
        }
        return all;
    }

    private void begin(Consumer consumer, Collection<TopicPartition> partitions) {
        Long at = offset;
        if (at != null) {
            consumer.seek(partitions.iterator().next(), at);
            return;
        }
        switch (startAt()) {
            case COMMITTED -> {}
            case EARLIEST -> consumer.seekToBeginning(partitions);
            case LATEST -> {
                consumer.seekToEnd(partitions);
                spec.commandLine()
                        .getErr()
                        .println("waiting for new records of " + topic
                                + "; --from-beginning reads what is there, Ctrl-C stops");
                spec.commandLine().getErr().flush();
            }
        }
    }
}
