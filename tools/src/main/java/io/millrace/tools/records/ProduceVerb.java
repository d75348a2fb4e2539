package io.millrace.tools.records;

import io.millrace.client.admin.Admin;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.client.producer.Acks;
import io.millrace.client.producer.DeliveryListener;
import io.millrace.client.producer.Producer;
import io.millrace.client.producer.ProducerConfig;
import io.millrace.client.producer.ProducerRecord;
import io.millrace.client.producer.RecordMetadata;
import io.millrace.protocol.compress.Codec;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.ServerOptions;
import io.millrace.tools.shell.VerbException;
import io.millrace.tools.topic.TopicNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends the lines of standard input, each as a record. */
@Command(
        name = "produce",
        mixinStandardHelpOptions = true,
        description = {
            "Sends each line of standard input as a record, and says at the end how many were acknowledged.",
            "An empty line is a record with an empty value; a last line without line feed is sent too.",
            "The topic is created when it does not exist and the broker allows that (auto.create.topics.enable)."
        },
        footer = {
            "",
            "Examples:",
            "  echo hello | millrace produce greetings",
            "  millrace produce orders --key-separator : --codec zstd < orders.txt"
        })
public final class ProduceVerb implements Callable<Integer> {

    private static final int MAX_LINE_BYTES = 16 * 1024 * 1024;
    private static final int REQUEST_BYTES = MAX_LINE_BYTES + 1024;
    private static final int BATCH_BYTES = 64 * 1024;
    private static final long LINGER_MS = 5;
    private static final long BUFFER_BYTES = 64L * 1024 * 1024;
    private static final long MAX_BLOCK_MS = 30_000;
    private static final long STOP_TIMEOUT_MS = 5_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Parameters(paramLabel = "TOPIC", description = "Where to send to.")
    private String topic;

    @Option(
            names = "--key-separator",
            paramLabel = "S",
            description =
                    "What is before the first S in a line is the record's key (\\t: a tab). Without it records have no key.")
    private @Nullable String keySeparator;

    @Option(
            names = "--codec",
            paramLabel = "C",
            defaultValue = "none",
            description = "Compression: none, gzip, snappy, lz4 or zstd (default ${DEFAULT-VALUE}).")
    private String codec;

    @Option(
            names = "--acks",
            paramLabel = "A",
            defaultValue = "all",
            description =
                    "all: every in-sync replica has it, and no record is sent twice; 1: the leader has it; 0: nobody asks"
                            + " (default ${DEFAULT-VALUE}).")
    private String acks;

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "Send all records there (default: by key, as Kafka's clients do; without key in turn).")
    private @Nullable Integer partition;

    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong deliveredBytes = new AtomicLong();
    private final AtomicReference<@Nullable ClientException> failure = new AtomicReference<>();
    private volatile boolean interrupted;

    @Override
    public Integer call() throws IOException {
        ProducerConfig config = ProducerConfig.of(server.config())
                .withAcks(parseAcks())
                .withCodec(parseCodec())
                .withBatching(LINGER_MS, BATCH_BYTES, REQUEST_BYTES)
                .withBuffer(BUFFER_BYTES, MAX_BLOCK_MS);
        byte[] separator = parseSeparator();
        if (partition != null && partition < 0) {
            throw new ParameterException(spec.commandLine(), "--partition: " + partition + " is negative");
        }
        long startedNs = System.nanoTime();
        Producer producer = Producer.open(config);
        // Ctrl-C: what was read is still delivered.
        Thread stop = new Thread(() -> {
            interrupted = true;
            producer.close(STOP_TIMEOUT_MS);
            summary(startedNs);
        });
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            sendLines(producer, separator);
            producer.close();
        } catch (ClientClosedException e) {
            if (interrupted) {
                return ExitCode.INTERRUPTED;
            }
            throw e;
        } catch (UnknownTopicException e) {
            try (Admin admin = Admin.open(server.config())) {
                throw TopicNames.explain(admin, e);
            }
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(stop);
                producer.close();
            }
        }
        summary(startedNs);
        ClientException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return 0;
    }

    // javac does not write the array's @Nullable of a record's canonical constructor to its class file.
    @SuppressWarnings("NullAway")
    private void sendLines(Producer producer, byte @Nullable [] separator) throws IOException {
        LineReader lines = new LineReader(System.in, MAX_LINE_BYTES);
        byte[] line;
        while (failure.get() == null && (line = lines.next()) != null) {
            byte @Nullable [] key = null;
            byte[] value = line;
            if (separator != null) {
                int at = indexOf(line, separator);
                if (at < 0) {
                    throw new VerbException("line " + lines.lines() + " has no key separator '" + keySeparator
                            + "'; the lines before it were sent");
                }
                key = Arrays.copyOf(line, at);
                value = Arrays.copyOfRange(line, at + separator.length, line.length);
            }
            producer.send(new ProducerRecord(topic, partition, null, key, value, List.of()), new Delivery(line.length));
        }
    }

    /** Counts one record. */
    private final class Delivery implements DeliveryListener {

        private final int bytes;

        Delivery(int bytes) {
            this.bytes = bytes;
        }

        @Override
        public void delivered(RecordMetadata metadata) {
            delivered.incrementAndGet();
            deliveredBytes.addAndGet(bytes);
        }

        @Override
        public void failed(ClientException cause) {
            failure.compareAndSet(null, cause);
        }
    }

    private static int indexOf(byte[] line, byte[] separator) {
        for (int at = 0; at + separator.length <= line.length; at++) {
            if (Arrays.equals(line, at, at + separator.length, separator, 0, separator.length)) {
                return at;
            }
        }
        return -1;
    }

    private void summary(long startedNs) {
        double seconds = (System.nanoTime() - startedNs) / 1e9;
        double mib = deliveredBytes.get() / (1024.0 * 1024.0);
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%s %s to %s in %.2f s (%,.0f records/s, %.1f MiB/s)%n",
                        Plural.of(delivered.get(), "record"),
                        acks.equals("0") ? "sent" : "acknowledged, sent",
                        topic,
                        seconds,
                        delivered.get() / seconds,
                        mib / seconds);
        spec.commandLine().getErr().flush();
    }

    private Acks parseAcks() {
        return switch (acks) {
            case "all", "-1" -> Acks.ALL;
            case "1" -> Acks.LEADER;
            case "0" -> Acks.NONE;
            default -> throw new ParameterException(spec.commandLine(), "--acks: '" + acks + "' is none of all, 1, 0");
        };
    }

    private Codec parseCodec() {
        try {
            return Codec.valueOf(codec.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--codec: '" + codec + "' is none of none, gzip, snappy, lz4, zstd", e);
        }
    }

    private byte @Nullable [] parseSeparator() {
        String given = keySeparator;
        if (given == null) {
            return null;
        }
        if (given.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--key-separator: give at least one character");
        }
        return Separators.parse(given).getBytes(StandardCharsets.UTF_8);
    }
}
