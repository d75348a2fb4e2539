package io.millrace.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.hostile.corpus.Corpus;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * What the broker under test knows and a recording cannot: ids of its topics, members that joined. Thread-safe: senders read, the
 * keeper of topics and answers to JoinGroup write.
 */
final class Vocabulary {

    private static final int MEMBERS = 64;
    private static final String INTERNAL = "__consumer_offsets";
    /** A cluster's owner may do these to the topic of everybody's offsets, as in Kafka; the healthy group would notice. */
    private static final Set<ApiKeys> NOT_ON_INTERNAL = EnumSet.of(
            ApiKeys.DELETE_TOPICS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS);

    /** What a broker, or somebody's broken client, might take for a name. */
    private static final List<String> WORDS = List.of(
            "tour",
            "tour-other",
            "tour-admin",
            "tour-simple",
            "tour-RangeAssignor",
            "tour-kcat",
            INTERNAL,
            "__transaction_state",
            "..",
            ".",
            "a/b",
            "../../etc/passwd",
            "",
            " ",
            "consumer",
            "connect",
            "range",
            "retention.ms",
            "segment.bytes",
            "cleanup.policy",
            "compact",
            "max.message.bytes",
            "1",
            "2",
            "-1",
            "2147483648",
            "NaN",
            "ÄÖ\u2028\uFEFF",
            "\u0000",
            "%s%n{}${jndi:x}",
            "a".repeat(249),
            "b".repeat(250));

    private final Map<ByteBuffer, byte[]> topicIds = new ConcurrentHashMap<>();
    private final Corpus corpus;
    private final AtomicReferenceArray<@Nullable Member> members = new AtomicReferenceArray<>(MEMBERS);

    /** A member that some JoinGroup brought about. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Member(byte[] groupId, byte[] memberId, int generation) {}

    Vocabulary(Corpus corpus) {
        this.corpus = corpus;
    }

    /** The topic has this id now. */
    void topicIs(String name, Uuid id) {
        Corpus.TopicId recorded = corpus.topicIds().get(name);
        if (recorded != null) {
            topicIds.put(
                    bytes(recorded.mostSignificant(), recorded.leastSignificant()),
                    bytes(id.getMostSignificantBits(), id.getLeastSignificantBits())
                            .array());
        }
    }

    private static ByteBuffer bytes(long mostSignificant, long leastSignificant) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(0, mostSignificant).putLong(Long.BYTES, leastSignificant);
    }

    /** The id by which the broker under test knows the topic, or the one given. */
    byte[] liveTopicId(byte[] recorded) {
        return topicIds.getOrDefault(ByteBuffer.wrap(recorded), recorded);
    }

    /** @param whole whether it is a member now, not only named */
    void joined(Random random, String groupId, String memberId, int generation, boolean whole) {
        int half = MEMBERS / 2;
        members.set(
                random.nextInt(half) + (whole ? half : 0),
                new Member(groupId.getBytes(UTF_8), memberId.getBytes(UTF_8), generation));
    }

    @Nullable
    Member member(Random random) {
        return members.get(random.nextInt(MEMBERS));
    }

    byte[] word(Random random, ApiKeys api) {
        String word = WORDS.get(random.nextInt(WORDS.size()));
        return (word.equals(INTERNAL) && NOT_ON_INTERNAL.contains(api) ? "" : word).getBytes(UTF_8);
    }
}
