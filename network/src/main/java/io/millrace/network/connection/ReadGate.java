package io.millrace.network.connection;

import io.netty.channel.Channel;

/** Whether a channel is read: while no {@link Pause} holds. Owned by the channel's loop. */
final class ReadGate {

    private final Channel channel;
    private final NetworkMetrics metrics;
    private int pauses;

    ReadGate(Channel channel, NetworkMetrics metrics) {
        this.channel = channel;
        this.metrics = metrics;
    }

    boolean isOpen() {
        return pauses == 0;
    }

    boolean isPaused(Pause cause) {
        return (pauses & cause.bit()) != 0;
    }

    /** Whether nothing but {@code cause} keeps the channel from being read. */
    boolean isOpenBut(Pause cause) {
        return (pauses & ~cause.bit()) == 0;
    }

    void pause(Pause cause) {
        if (pauses == 0) {
            channel.config().setAutoRead(false);
            metrics.readPaused();
        }
        pauses |= cause.bit();
    }

    /** Ends {@code cause}; true when it was the last one, so that buffered frames may be handed over. */
    boolean end(Pause cause) {
        if (pauses != cause.bit()) {
            pauses &= ~cause.bit();
            return false;
        }
        pauses = 0;
        return true;
    }

    /** Reads the socket again, unless a new pause began since {@link #end}. */
    void readAgain() {
        if (pauses == 0) {
            channel.config().setAutoRead(true);
        }
    }
}
