package io.millrace.clients.stub;

import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.server.BoundListener;
import io.millrace.network.server.KafkaServer;
import io.millrace.network.server.ListenerBindException;
import io.millrace.network.server.ListenerSettings;
import io.millrace.network.server.ServerSettings;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.ApiKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Brokers on free loopback ports that share their logs, as if every append reached all of them at once. Thread-safe by its own lock,
 * which every method takes; owned by the test that closes it.
 */
public final class StubCluster implements AutoCloseable {

    private static final int CLOSE_DEADLINE_MS = 1_000;

    /** A topic: its logs, and who leads each. */
    static final class Topic {
        final String name;
        final Uuid id;
        final List<StubLog> logs = new ArrayList<>();
        final List<Integer> leaders = new ArrayList<>();
        final List<Integer> leaderEpochs = new ArrayList<>();

        Topic(String name, Uuid id) {
            this.name = name;
            this.id = id;
        }
    }

    private final ShardLoops loops = new ShardLoops(2);
    private final List<KafkaServer> servers = new ArrayList<>();
    private final List<BoundListener> listeners = new ArrayList<>();
    private final Map<String, Topic> topics = new TreeMap<>();
    private final Map<ApiKey, Short> highestVersions = new TreeMap<>();
    private final AtomicLong nextId = new AtomicLong(1000);
    private BiFunction<ApiKey, Integer, Fault> faults = (api, broker) -> new Fault.None();
    private final Map<ApiKey, Integer> requests = new TreeMap<>();

    private final StubGroup group = new StubGroup(this);

    private StubCluster(int brokers) {
        for (int id = 0; id < brokers; id++) {
            KafkaServer server =
                    new KafkaServer(loops, ServerSettings.defaults(), new NetworkMetrics(), new StubHandler(this, id));
            try {
                listeners.add(server.start(List.of(new ListenerSettings("STUB", "127.0.0.1", 0, "127.0.0.1", 0, false)))
                        .getFirst());
            } catch (ListenerBindException e) {
                throw new IllegalStateException(e);
            }
            servers.add(server);
        }
    }

    /** Starts brokers 0 to n-1. */
    public static StubCluster start(int brokers) {
        return new StubCluster(brokers);
    }

    /** {@code host:port} of the first broker. */
    public String bootstrap() {
        return "127.0.0.1:" + port(0);
    }

    int port(int broker) {
        return listeners.get(broker).port();
    }

    int brokerCount() {
        return servers.size();
    }

    /** Makes a topic whose partitions are led in turn by the brokers. */
    public synchronized void topic(String name, int partitions) {
        Topic topic = new Topic(name, new Uuid(7, nextId.getAndIncrement()));
        for (int i = 0; i < partitions; i++) {
            topic.logs.add(new StubLog());
            topic.leaders.add(i % servers.size());
            topic.leaderEpochs.add(1);
        }
        topics.put(name, topic);
    }

    /** Gives a partition another leader, in a new epoch. */
    public synchronized void lead(String topic, int partition, int broker) {
        Topic at = known(topic);
        at.leaders.set(partition, broker);
        at.leaderEpochs.set(partition, at.leaderEpochs.get(partition) + 1);
    }

    /** Decides what goes wrong, by API and broker; called under the lock for each request. */
    public synchronized void faults(BiFunction<ApiKey, Integer, Fault> newFaults) {
        faults = newFaults;
    }

    /** Offers no version of an API above this one. */
    public synchronized void highestVersion(ApiKey api, int version) {
        highestVersions.put(api, (short) version);
    }

    /** Refuses larger batches. */
    public synchronized void maxBatchBytes(String topic, int partition, int bytes) {
        known(topic).logs.get(partition).maxBatchBytes(bytes);
    }

    /** Loses what it knew of producers, as after the retention of their last records. */
    public synchronized void forgetProducers(String topic, int partition) {
        known(topic).logs.get(partition).forgetProducers();
    }

    /** Records before this offset are gone. */
    public synchronized void startOffset(String topic, int partition, long offset) {
        known(topic).logs.get(partition).startOffset(offset);
    }

    /** Adds bytes as they are. */
    public synchronized void appendRaw(String topic, int partition, byte[] bytes, int records) {
        known(topic).logs.get(partition).appendRaw(bytes, records);
    }

    /** A partition's values in order. */
    public synchronized List<String> values(String topic, int partition) {
        return known(topic).logs.get(partition).values();
    }

    public synchronized boolean hasTopic(String name) {
        return topics.containsKey(name);
    }

    /** How many requests of an API came. */
    public synchronized int requests(ApiKey api) {
        return requests.getOrDefault(api, 0);
    }

    /** Gives the group to another broker. */
    public synchronized void coordinate(int broker) {
        group.coordinator(broker);
    }

    /** The group's member has not been heard of for too long. */
    public synchronized void expireMember() {
        group.forgetMember();
    }

    /** The group went on without its member. */
    public synchronized void nextGeneration() {
        group.nextGeneration();
    }

    /** Where the group stands; -1 without a commit. */
    public synchronized long committed(String topic, int partition) {
        return group.committed(topic, partition);
    }

    /** Who left the group, in order. */
    public synchronized List<String> leaves() {
        return group.leaves();
    }

    /** Commits that were done and were lower than the one before. */
    public synchronized List<String> setBacks() {
        return group.setBacks();
    }

    /** Only under the lock. */
    StubGroup group() {
        return group;
    }

    private Topic known(String name) {
        Topic topic = topics.get(name);
        if (topic == null) {
            throw new IllegalArgumentException("no topic " + name);
        }
        return topic;
    }

    synchronized Fault nextFault(ApiKey api, int broker) {
        requests.merge(api, 1, Integer::sum);
        return faults.apply(api, broker);
    }

    synchronized short highestVersion(ApiKey api) {
        return highestVersions.getOrDefault(api, api.highestStableVersion());
    }

    long nextId() {
        return nextId.getAndIncrement();
    }

    /** Only under the lock. */
    Map<String, Topic> topics() {
        return topics;
    }

    /** By name, or by id when the name is empty. */
    @Nullable
    Topic find(String name, Uuid id) {
        if (!name.isEmpty()) {
            return topics.get(name);
        }
        for (Topic topic : topics.values()) {
            if (topic.id.equals(id)) {
                return topic;
            }
        }
        return null;
    }

    @Override
    public void close() {
        for (KafkaServer server : servers) {
            server.drain(CLOSE_DEADLINE_MS).join();
            server.close();
        }
        loops.close();
    }
}
