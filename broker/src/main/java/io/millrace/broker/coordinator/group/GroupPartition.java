package io.millrace.broker.coordinator.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.classic.RebalanceCounts;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.log.OffsetsLog;
import io.millrace.broker.coordinator.group.state.GroupMemory;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator of one partition of {@code __consumer_offsets} while this broker leads it in one epoch. Owned by the
 * partition's shard loop.
 *
 * <pre>
 * LOADING --log read----------------> ACTIVE --a write was not committed--> LOADING (the state is dropped, never patched)
 *    |  ^                               |
 *    |  `--after a while-- UNREADABLE   |
 *    |                         ^        |
 *    `---------log unreadable--'        |
 *    any --another leader or epoch, stop-----> CLOSED
 * </pre>
 */
public final class GroupPartition {

    private static final Logger LOG = LoggerFactory.getLogger(GroupPartition.class);
    private static final long RETRY_LOAD_NS = 5_000_000_000L;

    /** A topic that was deleted while the log was read. */
    private record DeletedTopic(String name, Uuid topicId) {}

    private final EventLoop loop;
    private final DeadlineQueue deadlines;
    private final OffsetsLog log;
    private final GroupConfig config;
    private final Randomness randomness;
    private final GroupMemory memory;
    private final RebalanceCounts counts;
    private final List<DeletedTopic> deletedMeanwhile = new ArrayList<>();
    private @Nullable ActiveGroups active;
    /** What is being read, null while serving. */
    private @Nullable GroupState loading;

    private ErrorCode unavailable = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    private boolean closed;

    /** @param memory of all groups of the shard */
    public GroupPartition(
            EventLoop loop,
            DeadlineQueue deadlines,
            OffsetsLog log,
            GroupConfig config,
            Randomness randomness,
            GroupMemory memory) {
        this(loop, deadlines, log, config, randomness, memory, new RebalanceCounts());
    }

    /** As the other, counting into the shard's {@code counts}. */
    GroupPartition(
            EventLoop loop,
            DeadlineQueue deadlines,
            OffsetsLog log,
            GroupConfig config,
            Randomness randomness,
            GroupMemory memory,
            RebalanceCounts counts) {
        this.counts = counts;
        this.loop = loop;
        this.deadlines = deadlines;
        this.log = log;
        this.config = config;
        this.randomness = randomness;
        this.memory = memory;
    }

    /** Reads the log, then serves. */
    public void load() {
        loop.checkOwned();
        unavailable = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
        GroupState state = new GroupState(memory);
        loading = state;
        long startedNs = loop.clock().monotonicNs();
        log.load(state::replay, error -> loaded(state, error, startedNs));
    }

    private void loaded(GroupState state, ErrorCode error, long startedNs) {
        if (closed) {
            return;
        }
        loading = null;
        if (error != ErrorCode.NONE) {
            state.drop();
            unavailable = error;
            loop.schedule(RETRY_LOAD_NS, () -> {
                if (!closed) {
                    load();
                }
            });
            return;
        }
        DecisionLog decisions =
                new DecisionLog(log, state, deadlines, config.offsets().commitTimeoutMs(), this::lost);
        ActiveGroups loaded = new ActiveGroups(config, state, decisions, deadlines, loop.clock(), randomness, counts);
        active = loaded;
        deletedMeanwhile.forEach(topic -> loaded.offsets().topicDeleted(topic.name(), topic.topicId()));
        deletedMeanwhile.clear();
        if (!state.groupIds().isEmpty()) {
            LOG.info(
                    "event=coordinator-loaded groups={} tookMs={}",
                    state.groupIds().size(),
                    (loop.clock().monotonicNs() - startedNs) / 1_000_000);
        }
    }

    /** What was written may not stay; memory may be ahead of the log. */
    private void lost(ErrorCode error) {
        LOG.warn("event=coordinator-write-lost error={} effect=\"the state is read again\"", error);
        ActiveGroups gone = active;
        active = null;
        unavailable = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
        loop.post(() -> {
            if (gone != null) {
                gone.close();
            }
            if (!closed) {
                load();
            }
        });
    }

    /** Who serves; null when nobody does, and then {@link #unavailable()} says what to answer. */
    public @Nullable ActiveGroups active() {
        loop.checkOwned();
        return active;
    }

    public ErrorCode unavailable() {
        return unavailable;
    }

    /** A topic is gone, by a record that says so. */
    void topicDeleted(String name, Uuid topicId) {
        ActiveGroups serving = active;
        if (serving != null) {
            serving.offsets().topicDeleted(name, topicId);
        } else {
            deletedMeanwhile.add(new DeletedTopic(name, topicId));
        }
    }

    /** Drops the state; who waits is told NOT_COORDINATOR. Idempotent. */
    public void close() {
        loop.checkOwned();
        closed = true;
        unavailable = ErrorCode.NOT_COORDINATOR;
        ActiveGroups serving = active;
        active = null;
        if (serving != null) {
            serving.close();
        }
        GroupState read = loading;
        loading = null;
        if (read != null) {
            read.drop();
        }
    }
}
