package io.millrace.network.connection;

import io.millrace.network.connection.ResponseSlot.Outcome;
import io.millrace.network.frame.FrameWriter;
import io.millrace.network.frame.ReadTurns;
import io.millrace.network.frame.RegionShortException;
import io.millrace.runtime.EventLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Moves answers from the head of a {@link ResponseOrder} to the channel. Owned by the connection's loop.
 *
 * <p>Per turn a connection gets {@link ReadTurns#MAX_TURN_BYTES}; what is left waits for a later turn, behind everybody else's.
 * All that completes within one turn leaves with one flush, unless it is more than may wait in a channel: a client that does not
 * read holds at most twice {@link #MAX_WAITING_BYTES} there. While the channel is not writable nothing is taken from the queue and
 * no head task runs.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
final class AnswerPump {

    /** With more in the channel it is not writable. */
    static final int MAX_WAITING_BYTES = 256 * 1024;

    private final ServerConnection connection;
    private final ResponseOrder order;
    private final Channel channel;
    private final EventLoop loop;
    private final NetworkMetrics metrics;
    private final FrameWriter writer;
    private final Runnable turn = this::turn;

    /** Whose answer the writer is busy with; null when it is not. */
    private @Nullable ResponseSlot departing;

    private boolean requested;
    private boolean held;
    private boolean pumping;
    private boolean closing;
    private boolean progressed;

    AnswerPump(
            ServerConnection connection, ResponseOrder order, Channel channel, EventLoop loop, NetworkMetrics metrics) {
        this.connection = connection;
        this.order = order;
        this.channel = channel;
        this.loop = loop;
        this.metrics = metrics;
        this.writer = new FrameWriter(channel, this::failed);
    }

    /** Answers completed until {@link #letGo()} leave together. */
    void holdBack() {
        held = true;
    }

    void letGo() {
        held = false;
        if (requested) {
            turn();
        }
    }

    /** Pumps once this turn: at {@link #letGo()}, or after the tasks that are queued now. */
    void request() {
        if (requested) {
            return;
        }
        requested = true;
        if (!held && !pumping) {
            loop.post(turn);
        }
    }

    private void turn() {
        if (!requested || !connection.isLive()) {
            return;
        }
        requested = false;
        pumping = true;
        long givenBytes = 0;
        try {
            givenBytes = give();
            writer.flush();
        } catch (IOException failure) {
            failed(failure);
        } finally {
            pumping = false;
            requested = false; // what completed meanwhile was seen by the loop above, or is counted below
        }
        progressed = givenBytes > 0;
        metrics.sent(givenBytes);
        boolean more = !closing && (writer.busy() || order.headReady());
        boolean writable = channel.isWritable();
        connection.pumped(more && !writable);
        if (more && writable && connection.isLive()) {
            request();
        }
    }

    private long give() throws IOException {
        long givenBytes = 0;
        while (givenBytes < ReadTurns.MAX_TURN_BYTES && connection.isLive() && !closing && takesMore()) {
            if (writer.busy()) {
                givenBytes += writer.write(Math.min(MAX_WAITING_BYTES, ReadTurns.MAX_TURN_BYTES - givenBytes));
                if (!writer.busy()) {
                    departed();
                }
                continue;
            }
            ResponseSlot head = order.head();
            if (head == null) {
                break;
            }
            Outcome outcome = head.outcome();
            if (outcome == null) {
                if (!head.hasHeadTask()) {
                    break;
                }
                runHeadTask(head);
                continue;
            }
            order.removeHead();
            metrics.requestsLeft(1);
            switch (outcome) {
                case Outcome.Answer answer -> {
                    writer.start(answer.frame());
                    departing = head;
                }
                case Outcome.NoAnswer none -> head.departed();
                case Outcome.Close close -> closeOnceSent(CloseReason.CLOSED_BY_HANDLER, close.why());
            }
        }
        return givenBytes;
    }

    /** Whether the channel takes more, perhaps after what waits in it went to the socket. */
    private boolean takesMore() {
        if (!channel.isWritable()) {
            writer.flush();
        }
        return channel.isWritable() && connection.isLive();
    }

    private void departed() {
        ResponseSlot gone = departing;
        departing = null;
        if (gone != null) {
            gone.departed();
        }
    }

    private void runHeadTask(ResponseSlot head) {
        try {
            head.runHeadTask();
        } catch (RuntimeException failure) {
            connection.handlerFailed(failure);
        }
    }

    /** Closes the connection when everything given to the channel left. */
    void closeOnceSent(CloseReason reason, String why) {
        if (!closing) {
            closing = true;
            writer.flush();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> connection.shut(reason, why));
        }
    }

    private void failed(IOException failure) {
        if (failure instanceof RegionShortException) {
            connection.shut(CloseReason.REGION_SHORT, String.valueOf(failure.getMessage()));
        } else {
            connection.shut(CloseReason.WRITE_FAILED, String.valueOf(failure.getMessage()));
        }
    }

    /** Whether the last turn gave bytes to the channel. */
    boolean progressed() {
        return progressed;
    }

    /** Whether an answer is half given. */
    boolean busy() {
        return writer.busy();
    }

    /** Whether bytes wait for the client to read them. */
    boolean pending() {
        return writer.pending();
    }

    /** Grows with every byte that the client took. */
    long progress() {
        return writer.progress();
    }

    /** Releases what did not leave; once the channel is closed. */
    void discard() {
        writer.discard();
    }
}
