package io.millrace.client.admin;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.CreatePartitionsRequest;
import io.millrace.protocol.message.CreatePartitionsResponse;
import io.millrace.protocol.message.DeleteRecordsRequest;
import io.millrace.protocol.message.DeleteRecordsResponse;
import io.millrace.protocol.message.IncrementalAlterConfigsRequest;
import io.millrace.protocol.message.IncrementalAlterConfigsResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests that change a topic that is there, and how their answers read. Stateless. */
final class TopicChanges {

    private static final ApiRange ALTER_CONFIGS = ApiRange.of(ApiKey.INCREMENTAL_ALTER_CONFIGS, 0, 1);
    private static final ApiRange CREATE_PARTITIONS = ApiRange.of(ApiKey.CREATE_PARTITIONS, 0, 3);
    private static final ApiRange DELETE_RECORDS = ApiRange.of(ApiKey.DELETE_RECORDS, 0, 2);
    private static final byte TOPIC_RESOURCE = 2;
    private static final byte SET = 0;
    private static final byte DELETE = 1;

    private TopicChanges() {}

    static ClientRequest configure(String topic, Map<String, String> set, Set<String> unset) {
        return ClientRequest.of(ALTER_CONFIGS, version -> {
            IncrementalAlterConfigsRequest.AlterConfigsResource resource =
                    new IncrementalAlterConfigsRequest.AlterConfigsResource()
                            .resourceType(TOPIC_RESOURCE)
                            .resourceName(topic);
            set.forEach((key, value) -> resource.configs().add(change(key, SET, value)));
            unset.forEach(key -> resource.configs().add(change(key, DELETE, null)));
            return new IncrementalAlterConfigsRequest().resources(List.of(resource));
        });
    }

    private static IncrementalAlterConfigsRequest.AlterableConfig change(
            String key, byte operation, @Nullable String value) {
        return new IncrementalAlterConfigsRequest.AlterableConfig()
                .name(key)
                .configOperation(operation)
                .value(value);
    }

    static boolean readConfigured(String topic, Message answer) {
        for (IncrementalAlterConfigsResponse.AlterConfigsResourceResponse each :
                ((IncrementalAlterConfigsResponse) answer).responses()) {
            check("configure topic " + topic, topic, ErrorCode.of(each.errorCode()), each.errorMessage());
        }
        return true;
    }

    static ClientRequest grow(String topic, int totalPartitions, int timeoutMs) {
        return ClientRequest.of(
                CREATE_PARTITIONS,
                version -> new CreatePartitionsRequest()
                        .topics(List.of(new CreatePartitionsRequest.CreatePartitionsTopic()
                                .name(topic)
                                .count(totalPartitions)
                                .assignments(null)))
                        .timeoutMs(timeoutMs));
    }

    static boolean readGrown(String topic, Message answer) {
        for (CreatePartitionsResponse.CreatePartitionsTopicResult each :
                ((CreatePartitionsResponse) answer).results()) {
            check("add partitions to topic " + topic, topic, ErrorCode.of(each.errorCode()), each.errorMessage());
        }
        return true;
    }

    static ClientRequest trim(TopicPartition partition, long beforeOffset, int timeoutMs) {
        return ClientRequest.of(
                DELETE_RECORDS,
                version -> new DeleteRecordsRequest()
                        .topics(List.of(new DeleteRecordsRequest.DeleteRecordsTopic()
                                .name(partition.topic())
                                .partitions(List.of(new DeleteRecordsRequest.DeleteRecordsPartition()
                                        .partitionIndex(partition.partition())
                                        .offset(beforeOffset)))))
                        .timeoutMs(timeoutMs));
    }

    static long readTrimmed(TopicPartition partition, Message answer) {
        String what = "trim " + partition;
        for (DeleteRecordsResponse.DeleteRecordsTopicResult topic : ((DeleteRecordsResponse) answer).topics()) {
            for (DeleteRecordsResponse.DeleteRecordsPartitionResult each : topic.partitions()) {
                check(what, partition.topic(), ErrorCode.of(each.errorCode()), null);
                return each.lowWatermark();
            }
        }
        throw RefusedException.of(what, ErrorCode.UNKNOWN_SERVER_ERROR, "the broker's answer does not mention it");
    }

    private static void check(String what, String topic, ErrorCode error, @Nullable String message) {
        if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION && message != null) {
            throw new UnknownTopicException(topic, "there is no topic '" + topic + "'");
        }
        if (error != ErrorCode.NONE) {
            throw RefusedException.of(what, error, message);
        }
    }
}
