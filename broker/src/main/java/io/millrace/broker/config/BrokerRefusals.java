package io.millrace.broker.config;

/** Broker keys of Kafka 4.3 that do not exist here, and why. */
final class BrokerRefusals {

    private static final String SECURITY = "this build has no TLS, SASL or ACLs yet.";
    private static final String ONE_BROKER = "this build runs as one broker with its own controller.";
    private static final String LOOPS =
            "threads and queues are not sized one by one: event loops own connections and partitions (millrace.shards), and"
                    + " each connection has its bounds.";
    private static final String JOURNAL = "every append goes through the journal at once; see millrace.durability.";
    private static final String COMPACTION =
            "compaction runs one pass at a time, on the I/O pool: see log.cleaner.dedupe.buffer.size and"
                    + " log.cleaner.io.max.bytes.per.second.";
    private static final String NEW_GROUPS = "this build has the classic group protocol only.";
    private static final String SHARE = "share groups are not built yet.";
    private static final String TRANSACTIONS = "transactions are not built yet.";
    private static final String TIERED = "all segments stay on this broker's disk.";
    private static final String METRICS = "metrics are read from the admin port: see millrace.admin.port.";
    private static final String CODE = "the broker loads no code of others.";
    private static final String DEADLINES =
            "what waits has a deadline of its own; nothing is looked through from time to time.";
    private static final String COORDINATOR = "group state lies on the shard of its coordinator partition.";
    private static final String QUOTAS = "quotas are not built yet.";
    private static final String METADATA = "the metadata log compacts itself.";

    static final Refusals ALL = new Refusals(
            "ssl.* sasl.* security.* listener.name.* listener.security.protocol.map inter.broker.listener.name"
                    + " principal.builder.class authorizer.class.name super.users delegation.token.*"
                    + " connections.max.reauth.ms connection.failed.authentication.delay.ms",
            SECURITY,
            "process.roles controller.* broker.id broker.heartbeat.interval.ms broker.session.timeout.ms"
                    + " initial.broker.registration.timeout.ms controlled.shutdown.enable early.start.listeners broker.rack"
                    + " replica.* replication.* num.replica.fetchers num.replica.alter.log.dirs.threads"
                    + " auto.leader.rebalance.enable leader.imbalance.check.interval.seconds"
                    + " unclean.leader.election.* alter.log.dirs.replication.* follower.* cordoned.log.dirs",
            ONE_BROKER,
            "num.network.threads num.io.threads background.threads queued.max.* num.recovery.threads.per.data.dir"
                    + " socket.send.buffer.bytes socket.receive.buffer.bytes socket.listen.backlog.size"
                    + " socket.connection.setup.timeout.* max.connection.creation.rate max.connections.per.ip.overrides"
                    + " request.timeout.ms max.incremental.fetch.session.cache.slots max.request.partition.size.limit",
            LOOPS,
            "log.flush.* log.preallocate log.segment.delete.delay.ms log.initial.task.delay.ms",
            JOURNAL,
            "log.retention.check.interval.ms fetch.purgatory.purge.interval.requests"
                    + " producer.purgatory.purge.interval.requests delete.records.purgatory.purge.interval.requests"
                    + " share.fetch.purgatory.purge.interval.requests"
                    + " producer.id.expiration.check.interval.ms",
            DEADLINES,
            "log.dir",
            "name the folder in log.dirs.",
            "log.dir.failure.timeout.ms",
            "a folder that fails ends the process at once.",
            "log.roll.jitter.*",
            "segments are sealed when they are due.",
            "log.local.* remote.*",
            TIERED,
            "log.cleaner.*",
            COMPACTION,
            "compression.*",
            "the broker never recompresses: producers choose codec and level.",
            "group.consumer.* group.streams.* group.coordinator.rebalance.protocols",
            NEW_GROUPS,
            "group.share.* share.*",
            SHARE,
            "group.* offset.* offsets.*",
            COORDINATOR,
            "transaction.* transactional.* add.partitions.to.txn.*",
            TRANSACTIONS,
            "metrics.* metric.reporters kafka.metrics.* telemetry.*",
            METRICS,
            "alter.config.policy.class.name create.topic.policy.class.name config.providers",
            CODE,
            "quota.* client.quota.callback.class controller.quota.*",
            QUOTAS,
            "metadata.* internal.metadata.*",
            METADATA,
            "server.max.startup.time.ms",
            "the start takes as long as recovery needs; /health/started says when it is over.",
            "unstable.*",
            "unfinished APIs are never offered.");

    private BrokerRefusals() {}
}
