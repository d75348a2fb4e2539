package io.millrace.protocol.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.Message;
import io.millrace.protocol.MessageWriter;
import io.millrace.protocol.UnencodableMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Damaged encodings of every message and version: each is decoded or refused with {@link MalformedMessageException}, holds no
 * reference to the frame afterwards, and costs memory in proportion to its length.
 *
 * <p>{@code -Dmillrace.fuzz.seconds=600} runs until the time is over, {@code -Dmillrace.fuzz.seed=N} starts elsewhere.
 */
final class MessageFuzzTest {
    private static final List<Profile> CORPUS =
            List.of(Profile.ANY, Profile.ANY, Profile.HIGHEST, Profile.UNTAGGED, Profile.EMPTY);
    private static final int MUTANTS_PER_ENCODING = 120;

    /** Allocation of one decode: objects of the message, plus reflection and the exception. */
    private static final long FIXED_BYTES = 32 * 1024;

    private static final long BYTES_PER_INPUT_BYTE = 256;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long decoded;
    private long malformed;
    private long rewritten;
    private long tooLongToRewrite;
    private double worstRatio;
    private String worst = "";

    @Test
    void damaged_messages_are_decoded_or_refused_and_nothing_else() {
        long seconds = Long.getLong("millrace.fuzz.seconds", 0);
        long seed = Long.getLong("millrace.fuzz.seed", 1);
        long endNs = System.nanoTime() + seconds * 1_000_000_000L;
        int rounds = 0;
        List<Twin> twins = Twin.all();
        do {
            for (Twin twin : twins) {
                for (short version = twin.lowestVersion(); version <= twin.highestVersion(); version++) {
                    fuzz(twin, version, seed + rounds);
                }
            }
            rounds++;
        } while (System.nanoTime() < endNs);
        System.out.println(
                "fuzz: rounds=" + rounds + " decoded=" + decoded + " malformed=" + malformed + " other=0 rewritten="
                        + rewritten + " tooLongToRewrite=" + tooLongToRewrite + " worstAllocationPerInputByte="
                        + Math.round(worstRatio) + " (" + worst + ")");
        assertThat(decoded).isGreaterThan(10_000);
        assertThat(malformed).isGreaterThan(10_000);
    }

    private void fuzz(Twin twin, short version, long seed) {
        for (int i = 0; i < CORPUS.size(); i++) {
            org.apache.kafka.common.protocol.Message kafka = twin.newKafka();
            new KafkaFiller(seed * 31 + i, CORPUS.get(i), 0).fill(kafka, twin.schema(version), 0);
            byte[] valid = Twin.kafkaBytes(kafka, version);
            Mutation mutation = new Mutation(seed * 1_000_003 + i * 7L + version);
            for (int mutant = 0; mutant < MUTANTS_PER_ENCODING; mutant++) {
                decode(twin, version, mutation.of(valid), mutant % 8 == 0);
            }
        }
    }

    private void decode(Twin twin, short version, byte[] bytes, boolean rewrite) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes.clone());
        long before = threads.getCurrentThreadAllocatedBytes();
        Message message = null;
        try {
            message = twin.readOurs(in, version);
            decoded++;
        } catch (MalformedMessageException e) {
            malformed++;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(describe(twin, version, bytes), e);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        long most = FIXED_BYTES + BYTES_PER_INPUT_BYTE * bytes.length;
        // The first decodes of a kind load classes and spin method handles; a later one shows what the bytes cost.
        for (int again = 0; again < 4 && allocated > most; again++) {
            allocated = allocatedAgain(twin, version, bytes);
        }
        if (allocated > most) {
            throw new AssertionError(allocated + " bytes allocated: " + describe(twin, version, bytes));
        }
        if (bytes.length > 512 && (double) allocated / bytes.length > worstRatio) {
            worstRatio = (double) allocated / bytes.length;
            worst = twin.name() + " version " + version + ", " + bytes.length + " bytes";
        }
        if (message != null) {
            if (rewrite) {
                rewrite(twin, version, message, bytes);
            }
            message.release();
        }
        if (bytes.length > 0 && in.refCnt() != 1) {
            throw new AssertionError("a reference is left: " + describe(twin, version, bytes));
        }
    }

    private long allocatedAgain(Twin twin, short version, byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes.clone());
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            twin.readOurs(in, version).release();
        } catch (MalformedMessageException e) {
            assertThat(e.field()).isNotEmpty();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** What was decoded can be written and read again without change, even when the damaged form was not the canonical one. */
    private void rewrite(Twin twin, short version, Message message, byte[] bytes) {
        ByteBuf out = Unpooled.buffer();
        try {
            int size = message.size(version);
            message.write(new MessageWriter(out), version);
            assertThat(out.readableBytes()).isEqualTo(size);
        } catch (UnencodableMessageException e) {
            // Bytes that are no UTF-8 grow when decoded; only their length may then be in the way.
            assertThat(e).hasMessageContaining("is over 32767");
            tooLongToRewrite++;
            return;
        }
        Message again = twin.readOurs(out, version);
        if (!again.equals(message)) {
            throw new AssertionError("changed when written again: " + describe(twin, version, bytes));
        }
        again.release();
        rewritten++;
    }

    private static String describe(Twin twin, short version, byte[] bytes) {
        return twin.name() + " version " + version + " " + HexFormat.of().formatHex(bytes);
    }
}
