package io.millrace.network.connection;

import io.millrace.network.frame.EncodedFrame;

/**
 * The way back for one request. Completed exactly once, from any thread, by {@link #send}, {@link #noResponse} or
 * {@link #close}; answers leave in the order of the requests, whatever the order of completion.
 *
 * <p>A second completion throws {@link IllegalStateException} after releasing what it brought. Completion after the connection
 * closed is silent: parts are released.
 */
public interface Responder {

    /** Takes over {@code answer}, which leaves once every earlier request of the connection is completed. */
    void send(EncodedFrame answer);

    /** There is no answer (acks=0). */
    void noResponse();

    /** Closes the connection once the earlier answers left; {@code why} goes to the log. */
    void close(String why);

    /** As {@link #close}, for a request of which it is not known whether it was completed: nothing happens when it was. Any thread. */
    void closeUnlessCompleted(String why);

    /**
     * Runs {@code task} on {@code connection().loop()} when this answer is at the head of its connection's queue and the channel
     * is writable: the moment to take slices of a log. The task, or something it starts, then completes this responder.
     *
     * <p>At most one task per responder, which runs at most once: never when the connection closes before, so nothing that needs
     * releasing may be held until it runs. Any thread.
     */
    void whenHead(Runnable task);

    /**
     * Runs {@code task} on {@code connection().loop()} when the connection closes before this responder is completed, so that
     * work for an answer that nobody reads can end. Only on that loop; at most one task per responder. It does not run when the
     * connection is closed already: ask {@link #isOpen()} after.
     */
    void whenDropped(Runnable task);

    /** Who is told that an answer has left. */
    @FunctionalInterface
    interface Departure {

        /** The answer's last byte was given to the socket, or the request ended without one. On the connection's loop. */
        void departed();
    }

    /**
     * Tells {@code departure} when this request is over; never when the connection closes before. Only on the connection's loop,
     * before the completion; at most one per responder.
     */
    void whenDeparted(Departure departure);

    /**
     * This request holds {@code bytes} more than its frame until it is completed: counted in its connection's bytes in flight, so
     * that requests which decode to much more than they are do not pile up. On the connection's loop, at most once.
     */
    void holds(int bytes);

    Connection connection();

    /** Whether an answer could still leave, a moment ago. Any thread. */
    boolean isOpen();
}
