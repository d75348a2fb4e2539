package io.millrace.broker.boot;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.EffectiveConfigs;
import io.millrace.broker.config.TopicConfigs;
import io.millrace.broker.configs.AlterConfigsHandler;
import io.millrace.broker.configs.DescribeConfigsHandler;
import io.millrace.broker.configs.IncrementalAlterConfigsHandler;
import io.millrace.broker.configs.ListConfigResourcesHandler;
import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.fetch.FetchHandler;
import io.millrace.broker.group.GroupHandlers;
import io.millrace.broker.group.OffsetsTopic;
import io.millrace.broker.logs.DeleteRecordsHandler;
import io.millrace.broker.logs.DescribeLogDirsHandler;
import io.millrace.broker.logs.LogFolder;
import io.millrace.broker.metadata.ApiVersionsHandler;
import io.millrace.broker.metadata.DescribeClusterHandler;
import io.millrace.broker.metadata.DescribeTopicPartitionsHandler;
import io.millrace.broker.metadata.MetadataHandler;
import io.millrace.broker.metadata.TopicAutoCreation;
import io.millrace.broker.metrics.Gathering;
import io.millrace.broker.offsets.EpochEndHandler;
import io.millrace.broker.offsets.ListOffsetsHandler;
import io.millrace.broker.produce.ProduceHandler;
import io.millrace.broker.producerid.InitProducerIdHandler;
import io.millrace.broker.producerid.ProducerIds;
import io.millrace.broker.request.ApiTable;
import io.millrace.broker.request.RequestRouter;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.broker.topics.CreatePartitionsHandler;
import io.millrace.broker.topics.CreateTopicsHandler;
import io.millrace.broker.topics.DeleteTopicsHandler;
import io.millrace.protocol.message.ApiKey;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.runtime.Randomness;

/** The table of what this broker speaks: API, versions, handler. */
final class Apis {

    private Apis() {}

    static RequestRouter router(
            BrokerConfig config,
            TopicConfigs topicConfigs,
            MetadataPublisher metadata,
            Controller controller,
            Shards shards,
            ProduceHandler produce,
            LogFolder logFolder,
            ProducerIds producerIds,
            GroupCoordinator groups,
            Randomness randomness,
            Gathering gathering) {
        TopicAutoCreation autoCreation =
                new TopicAutoCreation(config.topics().autoCreate(), config.groups(), controller, shards);
        EffectiveConfigs configs = topicConfigs.effective();
        ApiTable table = new ApiTable();
        ApiVersionsHandler apiVersions = new ApiVersionsHandler(table);
        FetchHandler fetch = new FetchHandler(metadata, shards, config.fetchMaxBytes(), randomness);
        // Produce 0 to 2 are advertised only: librdkafka before 2.5 takes their absence for "no compression".
        table.add(ApiKey.PRODUCE, 0, 3, 13, produce)
                .add(ApiKey.FETCH, 4, 18, fetch)
                .add(ApiKey.LIST_OFFSETS, 1, 11, new ListOffsetsHandler(metadata, shards))
                .add(ApiKey.METADATA, 0, 13, new MetadataHandler(metadata, autoCreation, config.nodeId()))
                .add(ApiKey.API_VERSIONS, 0, 4, apiVersions)
                .add(ApiKey.CREATE_TOPICS, 2, 7, new CreateTopicsHandler(controller, shards, metadata, configs))
                .add(
                        ApiKey.DELETE_TOPICS,
                        1,
                        6,
                        new DeleteTopicsHandler(config.topics().deletable(), controller, shards))
                .add(ApiKey.DELETE_RECORDS, 0, 2, new DeleteRecordsHandler(metadata, shards, topicConfigs))
                .add(ApiKey.INIT_PRODUCER_ID, 0, 5, new InitProducerIdHandler(producerIds))
                .add(ApiKey.OFFSET_FOR_LEADER_EPOCH, 2, 4, new EpochEndHandler(metadata, shards))
                .add(ApiKey.DESCRIBE_CONFIGS, 1, 4, new DescribeConfigsHandler(metadata, configs, config.nodeId()))
                .add(ApiKey.ALTER_CONFIGS, 0, 2, new AlterConfigsHandler(controller, shards))
                .add(ApiKey.DESCRIBE_LOG_DIRS, 1, 5, new DescribeLogDirsHandler(metadata, shards, logFolder))
                .add(ApiKey.CREATE_PARTITIONS, 0, 3, new CreatePartitionsHandler(controller, shards))
                .add(ApiKey.INCREMENTAL_ALTER_CONFIGS, 0, 1, new IncrementalAlterConfigsHandler(controller, shards))
                .add(ApiKey.DESCRIBE_CLUSTER, 0, 2, new DescribeClusterHandler(metadata, config.nodeId()))
                .add(ApiKey.LIST_CONFIG_RESOURCES, 0, 1, new ListConfigResourcesHandler(metadata))
                .add(ApiKey.DESCRIBE_TOPIC_PARTITIONS, 0, 0, new DescribeTopicPartitionsHandler(metadata));
        GroupHandlers.addTo(table, groups, metadata, new OffsetsTopic(config.groups(), metadata, controller, shards));
        RequestRouter router = new RequestRouter(
                table, apiVersions, shards.all().stream().map(Shard::loop).toList());
        for (Shard shard : shards.all()) {
            gathering.on(shard.loop(), router.metersOf(shard.index()));
            gathering.on(shard.loop(), produce.metersOf(shard.index()));
            gathering.on(shard.loop(), fetch.metersOf(shard.index()));
        }
        gathering.here(router.errorMeters());
        return router;
    }
}
