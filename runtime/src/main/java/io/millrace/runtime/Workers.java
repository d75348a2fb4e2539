package io.millrace.runtime;

/**
 * Where computing goes that would hold up a loop: work that touches nothing a loop owns, and posts its outcome back by itself. The
 * simulator has its own, so that the same work runs from a seed. Thread-safe.
 */
@FunctionalInterface
public interface Workers {

    /**
     * Has {@code work} run soon, beside other work, or not at all.
     *
     * @return false when the queue is full or the workers ended: nothing happened
     */
    boolean offer(Runnable work);
}
