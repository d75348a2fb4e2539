package io.millrace.broker.configs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.BrokerKeys;
import io.millrace.broker.config.EffectiveConfigs;
import io.millrace.broker.fixture.ManualLoop;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DescribeConfigsRequest;
import io.millrace.protocol.message.DescribeConfigsResponse;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DescribeConfigsHandlerTest {

    private static final int NODE = 1;

    private static DescribeConfigsResponse describe(int maxAnswerBytes, @Nullable List<String> keys) {
        DescribeConfigsHandler handler = new DescribeConfigsHandler(
                new MetadataPublisher(new ManualLoop()), new EffectiveConfigs(NODE, Map.of()), NODE, maxAnswerBytes);
        DescribeConfigsRequest request = new DescribeConfigsRequest()
                .includeDocumentation(true)
                .resources(List.of(
                        new DescribeConfigsRequest.DescribeConfigsResource()
                                .resourceType(ConfigResource.Type.BROKER.code())
                                .resourceName(Integer.toString(NODE))
                                .configurationKeys(keys),
                        new DescribeConfigsRequest.DescribeConfigsResource()
                                .resourceType(ConfigResource.Type.BROKER.code())
                                .resourceName("")
                                .configurationKeys(keys)));
        return handler.describe(MetadataImage.EMPTY, request);
    }

    @Test
    void anEmptyListOfKeysMeansAllAsNoneDoes() {
        assertThat(describe(1_000_000, null).results().getFirst().configs()).hasSameSizeAs(BrokerKeys.TABLE.keys());
        assertThat(describe(1_000_000, List.of()).results().getFirst().configs())
                .hasSameSizeAs(BrokerKeys.TABLE.keys());
        assertThat(describe(1_000_000, List.of("node.id")).results().getFirst().configs())
                .hasSize(1);
    }

    @Test
    void whatWouldMakeTheAnswerTooLargeIsRefusedWithAWayOut() {
        DescribeConfigsResponse response = describe(1_000, null);

        assertThat(response.results()).hasSize(2).allSatisfy(result -> {
            assertThat(ErrorCode.of(result.errorCode())).isEqualTo(ErrorCode.POLICY_VIOLATION);
            assertThat(result.errorMessage()).contains("ask for fewer");
            assertThat(result.configs()).isEmpty();
        });
        assertThat(describe(1_000, List.of("node.id")).results())
                .allSatisfy(result -> assertThat(result.errorCode()).isZero());
    }
}
