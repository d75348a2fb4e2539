package io.millrace.client.cluster;

import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.ReplyListener;
import io.millrace.client.error.ClientException;
import io.millrace.protocol.ErrorCode;

/** Where the attempts of one {@link Call} go. Owned by the client's loop. */
public interface Route {

    /** Sends one attempt; the listener is called once, never before this returns. */
    void send(ClientRequest request, ReplyListener listener);

    /** An attempt failed; the place to forget what a wrong turn was based on. */
    default void failed(ClientException failure) {}

    /** Whichever broker is best reached. */
    static Route anyBroker(Cluster cluster) {
        return cluster::sendToAny;
    }

    /** The broker that metadata names as controller; any other while it is not known. */
    static Route controller(Cluster cluster) {
        return new Route() {
            @Override
            public void send(ClientRequest request, ReplyListener listener) {
                ClusterImage image = cluster.metadata().image();
                if (image.brokers().containsKey(image.controllerId())) {
                    cluster.send(image.controllerId(), request, listener);
                } else {
                    cluster.sendToAny(request, listener);
                }
            }

            @Override
            public void failed(ClientException failure) {
                if (failure.errorCode() == ErrorCode.NOT_CONTROLLER) {
                    cluster.metadata().refresh();
                }
            }
        };
    }

    /** The broker that leads a partition of a topic that the image has; any other while it has no leader. */
    static Route leaderOf(Cluster cluster, TopicPartition partition) {
        return new Route() {
            @Override
            public void send(ClientRequest request, ReplyListener listener) {
                PartitionImage led = cluster.metadata().image().partition(partition);
                if (led != null && led.hasLeader()) {
                    cluster.send(led.leaderId(), request, listener);
                } else {
                    cluster.sendToAny(request, listener);
                }
            }

            @Override
            public void failed(ClientException failure) {
                if (failure.errorCode() == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
                    cluster.metadata().refresh();
                }
            }
        };
    }

    /** One broker, at an address that an answer named. */
    static Route broker(Cluster cluster, BrokerPlace place) {
        return (request, listener) -> cluster.send(place.id(), place.address(), request, listener);
    }
}
