package io.millrace.network.connection;

import io.millrace.network.frame.EncodedFrame;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request's place in the {@link ResponseOrder}. Completed from any thread; everything else is owned by the connection's loop.
 *
 * <pre>
 *   open --whenHead--> open, task kept --(head, writable)--> open, task ran
 *   open --send | noResponse | close--> completed (an {@link Outcome}) --(head)--> left the queue
 *   any  --connection closes--> dropped: its answer is released, its head task never runs; its drop task runs if it was open
 * </pre>
 */
final class ResponseSlot implements Responder {

    /** How a request ended. */
    sealed interface Outcome {

        record Answer(EncodedFrame frame) implements Outcome {}

        record NoAnswer() implements Outcome {}

        record Close(String why) implements Outcome {}
    }

    private static final Outcome.NoAnswer NO_ANSWER = new Outcome.NoAnswer();

    private final ServerConnection connection;
    private final int requestBytes;
    private final AtomicBoolean completed = new AtomicBoolean();
    private int heldBytes;
    private @Nullable Outcome outcome;
    private @Nullable Runnable headTask;
    private @Nullable Runnable dropTask;
    private @Nullable Departure departure;
    private boolean headTaskGiven;

    ResponseSlot(ServerConnection connection, int requestBytes) {
        this.connection = connection;
        this.requestBytes = requestBytes;
    }

    @Override
    public void send(EncodedFrame answer) {
        complete(new Outcome.Answer(answer));
    }

    @Override
    public void noResponse() {
        complete(NO_ANSWER);
    }

    @Override
    public void close(String why) {
        complete(new Outcome.Close(why));
    }

    @Override
    public void closeUnlessCompleted(String why) {
        if (completed.compareAndSet(false, true)) {
            pass(new Outcome.Close(why));
        }
    }

    private void complete(Outcome result) {
        if (!completed.compareAndSet(false, true)) {
            release(result);
            throw new IllegalStateException("request of connection " + connection.id() + " completed twice");
        }
        pass(result);
    }

    /** Brings the outcome to the connection's loop. */
    private void pass(Outcome result) {
        if (connection.loop().isOwner()) {
            arrived(result);
            return;
        }
        try {
            connection.loop().post(() -> arrived(result));
        } catch (RejectedExecutionException stopped) {
            release(result);
        }
    }

    private void arrived(Outcome result) {
        if (!connection.isLive()) {
            release(result);
            return;
        }
        outcome = result;
        headTask = null;
        dropTask = null;
        connection.completed(this);
    }

    @Override
    public void whenHead(Runnable task) {
        if (connection.loop().isOwner()) {
            keepHeadTask(task);
            return;
        }
        try {
            connection.loop().post(() -> keepHeadTask(task));
        } catch (RejectedExecutionException stopped) {
            // The loop stopped, so the connection is closed: the task never runs, as promised.
        }
    }

    private void keepHeadTask(Runnable task) {
        if (headTaskGiven) {
            throw new IllegalStateException("request of connection " + connection.id() + " has a head task already");
        }
        if (outcome == null && connection.isLive()) {
            headTaskGiven = true;
            headTask = task;
            connection.headTaskAdded(this);
        }
    }

    @Override
    public void whenDropped(Runnable task) {
        connection.loop().checkOwned();
        if (dropTask != null) {
            throw new IllegalStateException("request of connection " + connection.id() + " has a drop task already");
        }
        if (outcome == null && connection.isLive()) {
            dropTask = task;
        }
    }

    @Override
    public void whenDeparted(Departure told) {
        connection.loop().checkOwned();
        departure = told;
    }

    /** All of the answer was given to the socket. */
    void departed() {
        if (departure != null) {
            departure.departed();
        }
    }

    @Override
    public void holds(int bytes) {
        connection.loop().checkOwned();
        if (outcome == null && connection.isLive()) {
            heldBytes += bytes;
            connection.holds(bytes);
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public boolean isOpen() {
        return !completed.get() && connection.isOpen();
    }

    int heldBytes() {
        return heldBytes;
    }

    int requestBytes() {
        return requestBytes;
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    boolean hasHeadTask() {
        return headTask != null;
    }

    void runHeadTask() {
        Runnable task = headTask;
        headTask = null;
        if (task != null) {
            task.run();
        }
    }

    /** The connection closed before this slot's turn came. */
    void drop() {
        headTask = null;
        Runnable task = dropTask;
        dropTask = null;
        if (task != null) {
            task.run();
        }
        Outcome result = outcome;
        if (result != null) {
            release(result);
        }
    }

    private static void release(Outcome result) {
        if (result instanceof Outcome.Answer(EncodedFrame frame)) {
            frame.release();
        }
    }
}
