package io.millrace.storage.epoch;

/** An epoch would begin before its predecessor: a broken replica invariant (A2), which fences the partition. */
public final class EpochOrderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EpochOrderException(String message) {
        super(message);
    }
}
