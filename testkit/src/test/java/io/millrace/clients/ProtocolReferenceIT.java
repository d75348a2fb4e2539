package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What ApiVersions offers: every version of it is answered in that version's encoding, some test drives it with a real client,
 * and docs/reference/protocol.md says so; {@code -Dmillrace.reference.write=true} writes it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtocolReferenceIT {

    private static final Path PAGE = Path.of("..", "docs", "reference", "protocol.md");

    private static final String INTRODUCTION = """
            # Protocol

            Generated from what a running broker answers to ApiVersions; a test keeps it fresh. An API is offered once a test drives it,
            never before. `ProtocolReferenceIT` sends an empty request in every version that is listed, encoded by Kafka's own classes, and
            decodes the answer with them; the tests in the last column use the API through a client.

            | key | API | versions | driven by |
            |---|---|---|---|
            """;

    private static final String NOTES = """

            Produce 0 to 2 are named, not served: librdkafka before 2.5 takes their absence for a broker without compression. A request in a
            version that is not listed closes the connection, but for ApiVersions, which is answered in version 0. Keys 4 to 7 and message
            formats 0 and 1 are gone, as in Kafka 4. What Kafka 4.3 has beyond this (transactions, the new group protocols, share and streams
            groups, security, reassignment, quotas, quorum) is not offered.
            """;

    /** The lowest version of Produce that has an encoding. */
    private static final int FIRST_PRODUCE = 3;

    private final TestBroker broker = TestBroker.start();
    private final RawRequests raw = new RawRequests(broker);

    @AfterAll
    void stop() throws IOException {
        raw.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private static Map<ApiKeys, List<Class<?>>> drivers() {
        Map<ApiKeys, List<Class<?>>> drivers = new EnumMap<>(ApiKeys.class);
        for (ApiKeys data : List.of(
                ApiKeys.PRODUCE,
                ApiKeys.FETCH,
                ApiKeys.LIST_OFFSETS,
                ApiKeys.METADATA,
                ApiKeys.API_VERSIONS,
                ApiKeys.INIT_PRODUCER_ID)) {
            drivers.put(data, List.of(JavaClientIT.class, NativeClientIT.class));
        }
        for (ApiKeys group : List.of(
                ApiKeys.FIND_COORDINATOR,
                ApiKeys.JOIN_GROUP,
                ApiKeys.SYNC_GROUP,
                ApiKeys.HEARTBEAT,
                ApiKeys.LEAVE_GROUP,
                ApiKeys.OFFSET_COMMIT,
                ApiKeys.OFFSET_FETCH,
                ApiKeys.DESCRIBE_GROUPS,
                ApiKeys.LIST_GROUPS,
                ApiKeys.DELETE_GROUPS,
                ApiKeys.OFFSET_DELETE)) {
            drivers.put(group, List.of(JavaGroupIT.class));
        }
        for (ApiKeys admin : List.of(
                ApiKeys.CREATE_PARTITIONS,
                ApiKeys.ALTER_CONFIGS,
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                ApiKeys.DESCRIBE_CLUSTER,
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                ApiKeys.LIST_CONFIG_RESOURCES)) {
            drivers.put(admin, List.of(AdminIT.class));
        }
        for (ApiKeys topics : List.of(ApiKeys.CREATE_TOPICS, ApiKeys.DELETE_TOPICS, ApiKeys.DESCRIBE_CONFIGS)) {
            drivers.put(topics, List.of(JavaClientIT.class, AdminIT.class));
        }
        drivers.put(ApiKeys.DELETE_RECORDS, List.of(RetentionIT.class));
        drivers.put(ApiKeys.DESCRIBE_LOG_DIRS, List.of(RetentionIT.class));
        drivers.put(ApiKeys.OFFSET_FOR_LEADER_EPOCH, List.of(EpochEndIT.class));
        return drivers;
    }

    private List<ApiVersion> offered() {
        return raw
                .send(new ApiVersionsRequest.Builder().build((short) 4), ApiVersionsResponse.class)
                .data()
                .apiKeys()
                .stream()
                .sorted(Comparator.comparingInt(ApiVersion::apiKey))
                .toList();
    }

    @Test
    void everyOfferedVersionIsAnsweredInItsEncoding() {
        for (ApiVersion api : offered()) {
            ApiKeys key = ApiKeys.forId(api.apiKey());
            int from = key == ApiKeys.PRODUCE ? FIRST_PRODUCE : api.minVersion();
            for (int version = from; version <= api.maxVersion(); version++) {
                assertThat(raw.sendEmpty(key, (short) version))
                        .as(key + " v" + version + ": bytes behind the answer")
                        .isZero();
            }
        }
    }

    @Test
    void everyOfferedApiIsDrivenByATestAndTheOthersAreNotClaimed() {
        assertThat(offered().stream().map(api -> ApiKeys.forId(api.apiKey())).collect(Collectors.toSet()))
                .isEqualTo(drivers().keySet());
    }

    @Test
    void isWhatTheBrokerOffers() throws IOException {
        String page = generate();
        if (Boolean.getBoolean("millrace.reference.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("write it with -Dmillrace.reference.write=true")
                .content()
                .isEqualTo(page);
    }

    private String generate() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        Map<ApiKeys, List<Class<?>>> drivers = drivers();
        for (ApiVersion api : offered()) {
            ApiKeys key = ApiKeys.forId(api.apiKey());
            page.append("| ")
                    .append(key.id)
                    .append(" | ")
                    .append(key.name)
                    .append(" | ")
                    .append(
                            api.minVersion() == api.maxVersion()
                                    ? Short.toString(api.minVersion())
                                    : api.minVersion() + " to " + api.maxVersion())
                    .append(" | ")
                    .append(drivers.getOrDefault(key, List.of()).stream()
                            .map(test -> "`" + test.getSimpleName() + "`")
                            .collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
        return page.append(NOTES).toString();
    }
}
