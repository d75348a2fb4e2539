package io.millrace.runtime;

import java.security.SecureRandom;

/** The machine's strong random generator. Thread-safe. */
public final class SystemRandomness implements Randomness {

    private final SecureRandom source = new SecureRandom();

    @Override
    public long nextLong() {
        return source.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return source.nextInt(bound);
    }
}
