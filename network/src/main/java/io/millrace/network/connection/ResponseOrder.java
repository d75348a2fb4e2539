package io.millrace.network.connection;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that have no answer on the way yet, oldest first. What leaves is always taken from the head,
 * so answers leave in request order whatever completes first. Owned by the connection's loop; bounded by the connection's
 * limit on requests in flight.
 */
final class ResponseOrder {

    private final ArrayDeque<ResponseSlot> slots = new ArrayDeque<>();

    void add(ResponseSlot slot) {
        slots.addLast(slot);
    }

    int size() {
        return slots.size();
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    boolean isHead(ResponseSlot slot) {
        return slots.peekFirst() == slot;
    }

    /** The oldest request; null when there is none. */
    @Nullable
    ResponseSlot head() {
        return slots.peekFirst();
    }

    /** Whether something can be done for the head now: it is completed, or it has a task to run. */
    boolean headReady() {
        ResponseSlot head = slots.peekFirst();
        return head != null && (head.outcome() != null || head.hasHeadTask());
    }

    /** Removes the head, whose answer is on the way. */
    void removeHead() {
        slots.removeFirst();
    }
}
