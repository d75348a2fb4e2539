package io.millrace.storage.observer;

/** A section that passed its checksum, or should have, does not parse. What it holds can be rebuilt from the log. */
public final class DamagedSectionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message names the section, what was expected and what was found */
    public DamagedSectionException(String message) {
        super(message);
    }
}
