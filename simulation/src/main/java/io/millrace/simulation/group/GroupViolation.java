package io.millrace.simulation.group;

/** A promise of the group coordinator was broken. The message says which; whoever catches it adds the seed. */
public final class GroupViolation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public GroupViolation(String message) {
        super(message);
    }
}
