package io.millrace.replication.controller;

import io.millrace.replication.metadata.BrokerImage;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.PartitionImage;

/**
 * Which brokers get the replicas of a new partition: the registered brokers in a ring, each partition one step further, so
 * that leaders and replicas of a topic spread evenly. A topic starts where the partitions of the cluster end, so that small
 * topics spread too. Pure.
 */
final class Placement {

    private Placement() {}

    /** At most {@code image.brokerCount()} replicas for the {@code index}-th new partition of one command. */
    static IntList place(MetadataImage image, long index, int replicationFactor) {
        int[] ring = new int[image.brokerCount()];
        int next = 0;
        for (BrokerImage broker : image.brokers()) {
            ring[next++] = broker.brokerId();
        }
        int[] replicas = new int[replicationFactor];
        long start = image.partitionCount() + index;
        for (int i = 0; i < replicas.length; i++) {
            replicas[i] = ring[(int) ((start + i) % ring.length)];
        }
        return IntList.of(replicas);
    }

    /** A new partition, all replicas in sync because all are empty, led by the first. */
    static PartitionImage fresh(int partition, IntList replicas) {
        return new PartitionImage(partition, replicas.get(0), 0, 0, replicas, replicas);
    }
}
