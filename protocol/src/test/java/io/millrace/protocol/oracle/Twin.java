package io.millrace.protocol.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.netty.buffer.ByteBuf;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.Schema;

/**
 * One of our generated classes and Kafka's class for the same message.
 *
 * @param ours class in {@code io.millrace.protocol.message}
 * @param kafkas class that Kafka's generator made from the same schema
 */
record Twin(Class<? extends Message> ours, Class<? extends org.apache.kafka.common.protocol.Message> kafkas) {
    private static final List<String> KAFKA_PACKAGES = List.of(
            "org.apache.kafka.common.message.",
            "org.apache.kafka.coordinator.group.generated.",
            "org.apache.kafka.coordinator.transaction.generated.");

    /** Every class that our generator made, with its twin. */
    static List<Twin> all() {
        List<Twin> twins = new ArrayList<>();
        try (Stream<Path> files = Files.list(classFolder().resolve("io/millrace/protocol/message"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.contains("$") && !name.equals("ApiKey") && !name.equals("ApiMessages")) {
                    twins.add(of(name));
                }
            }
        } catch (Exception e) {
            throw new LinkageError("cannot list the generated classes", e);
        }
        return twins;
    }

    private static Path classFolder() throws URISyntaxException {
        return Path.of(
                ApiKey.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    static Twin of(String name) throws ClassNotFoundException {
        Class<? extends Message> ours =
                Class.forName("io.millrace.protocol.message." + name).asSubclass(Message.class);
        for (String kafkaPackage : KAFKA_PACKAGES) {
            for (String suffix : List.of("Data", "")) {
                try {
                    return new Twin(
                            ours,
                            Class.forName(kafkaPackage + name + suffix)
                                    .asSubclass(org.apache.kafka.common.protocol.Message.class));
                } catch (ClassNotFoundException e) {
                    // Another package or suffix has it.
                }
            }
        }
        throw new AssertionError("Kafka has no class for " + name);
    }

    boolean isCommon() {
        return kafkas.getName().startsWith(KAFKA_PACKAGES.getFirst());
    }

    org.apache.kafka.common.protocol.Message newKafka() {
        return (org.apache.kafka.common.protocol.Message) Reflected.create(kafkas);
    }

    short lowestVersion() {
        return newKafka().lowestSupportedVersion();
    }

    short highestVersion() {
        return newKafka().highestSupportedVersion();
    }

    /** Kafka's own description of the message in that version. */
    Schema schema(short version) {
        try {
            return ((Schema[]) kafkas.getField("SCHEMAS").get(null))[version];
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(kafkas.toString(), e);
        }
    }

    static byte[] kafkaBytes(org.apache.kafka.common.protocol.Message message, short version) {
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    Message readOurs(ByteBuf in, short version) {
        try {
            Method read = ours.getMethod("read", ByteBuf.class, short.class);
            return (Message) read.invoke(null, in, version);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new LinkageError(ours.toString(), e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(ours.toString(), e);
        }
    }

    /** The value as Kafka's own converter prints it. */
    JsonNode json(org.apache.kafka.common.protocol.Message message, short version) {
        try {
            Class<?> converter = Class.forName(kafkas.getName() + "JsonConverter");
            return (JsonNode) converter.getMethod("write", kafkas, short.class).invoke(null, message, version);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(kafkas.toString(), e);
        }
    }

    String name() {
        return ours.getSimpleName();
    }
}
