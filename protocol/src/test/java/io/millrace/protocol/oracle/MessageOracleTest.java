package io.millrace.protocol.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Message;
import io.millrace.protocol.MessageWriter;
import io.millrace.protocol.UnencodableMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.junit.jupiter.api.Test;

/** Every message in every version, ours against Kafka's, in both directions. */
final class MessageOracleTest {
    /** Message-versions in kafka-clients 4.3.1, and in its two coordinators. */
    private static final int COMMON_VERSIONS = 625;

    private static final int COORDINATOR_VERSIONS = 55;
    private static final int RANDOM_INSTANCES = Boolean.getBoolean("millrace.quick") ? 4 : 40;

    private static final List<Profile> PROFILES = profiles();

    private static List<Profile> profiles() {
        List<Profile> profiles = new ArrayList<>(List.of(
                Profile.NULLS,
                Profile.NULLS_IN_TAGS,
                Profile.EMPTY,
                Profile.LOWEST,
                Profile.HIGHEST,
                Profile.UNTAGGED,
                Profile.LARGE));
        for (int i = 0; i < RANDOM_INSTANCES; i++) {
            profiles.add(Profile.ANY);
        }
        return profiles;
    }

    @Test
    void every_message_in_every_version_has_the_same_bytes_as_kafkas() {
        int common = 0;
        int coordinators = 0;
        int instances = 0;
        for (Twin twin : Twin.all()) {
            Message ours = (Message) Reflected.create(twin.ours());
            assertThat(ours.lowestVersion()).as(twin.name()).isEqualTo(twin.lowestVersion());
            assertThat(ours.highestVersion()).as(twin.name()).isEqualTo(twin.highestVersion());
            for (short version = twin.lowestVersion(); version <= twin.highestVersion(); version++) {
                for (int i = 0; i < PROFILES.size(); i++) {
                    compare(twin, version, PROFILES.get(i), i);
                    instances++;
                }
                if (twin.isCommon()) {
                    common++;
                } else {
                    coordinators++;
                }
            }
        }
        System.out.println("oracle: message-versions common=" + common + " coordinators=" + coordinators + " instances="
                + instances);
        assertThat(common).isEqualTo(COMMON_VERSIONS);
        assertThat(coordinators).isEqualTo(COORDINATOR_VERSIONS);
    }

    private static void compare(Twin twin, short version, Profile profile, int seed) {
        String what = twin.name() + " version " + version + " profile " + profile.name() + " seed " + seed;
        org.apache.kafka.common.protocol.Message kafka = twin.newKafka();
        new KafkaFiller(seed, profile, 0).fill(kafka, twin.schema(version), 0);
        byte[] wanted = Twin.kafkaBytes(kafka, version);

        // Ours writes what Kafka's holds, and Kafka reads the same value back.
        Message ours = ModelCopy.copy(kafka, twin);
        byte[] written = write(ours, version, what);
        assertThat(written).as(what).isEqualTo(wanted);
        org.apache.kafka.common.protocol.Message again = twin.newKafka();
        again.read(new ByteBufferAccessor(ByteBuffer.wrap(written)), version);
        assertThat(twin.json(again, version)).as(what).isEqualTo(twin.json(kafka, version));

        // Ours reads what Kafka wrote: the same value, and the same bytes again.
        ByteBuf in = Unpooled.wrappedBuffer(wanted);
        Message read = twin.readOurs(in, version);
        assertThat(in.isReadable()).as(what).isFalse();
        assertThat(read).as(what).isEqualTo(ours).hasSameHashCodeAs(ours);
        assertThat(write(read, version, what)).as(what).isEqualTo(wanted);
        read.release();
    }

    @Test
    void a_field_that_the_version_lacks_is_refused_or_dropped_exactly_as_by_kafka() {
        int refused = 0;
        int dropped = 0;
        for (Twin twin : Twin.all()) {
            for (short version = twin.lowestVersion(); version <= twin.highestVersion(); version++) {
                for (int seed = 0; seed < 12; seed++) {
                    String what = twin.name() + " version " + version + " seed " + seed;
                    org.apache.kafka.common.protocol.Message kafka = twin.newKafka();
                    KafkaFiller filler = new KafkaFiller(seed, Profile.LOWEST, 15);
                    filler.fill(kafka, twin.schema(version), 0);
                    if (filler.strays() == 0) {
                        continue;
                    }
                    Message ours = ModelCopy.copy(kafka, twin);
                    byte[] wanted;
                    try {
                        wanted = Twin.kafkaBytes(kafka, version);
                    } catch (UnsupportedVersionException e) {
                        refused++;
                        assertThat(refuses(ours, version))
                                .as(what + ": " + e.getMessage())
                                .isTrue();
                        continue;
                    }
                    dropped++;
                    assertThat(write(ours, version, what)).as(what).isEqualTo(wanted);
                }
            }
        }
        System.out.println("oracle: fields the version lacks: refused=" + refused + " dropped=" + dropped);
        assertThat(refused).isGreaterThan(100);
        assertThat(dropped).isGreaterThan(100);
    }

    private static boolean refuses(Message message, short version) {
        try {
            message.write(new MessageWriter(Unpooled.buffer()), version);
            return false;
        } catch (UnencodableMessageException e) {
            return true;
        }
    }

    private static byte[] write(Message message, short version, String what) {
        int size = message.size(version);
        ByteBuf out = Unpooled.buffer(size, size);
        message.write(new MessageWriter(out), version);
        assertThat(out.writableBytes()).as(what + ": size() is exact").isZero();
        return out.array();
    }
}
