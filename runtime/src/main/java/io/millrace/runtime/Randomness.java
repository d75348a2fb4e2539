package io.millrace.runtime;

/** The source of every random choice, so that a simulation can be replayed from a seed. Thread-safe unless said otherwise. */
public interface Randomness {

    /** Any 64 bits, suitable for identifiers (UUIDs) where real implementations use a strong generator. */
    long nextLong();

    /** A value in {@code [0, bound)}; {@code bound} at least 1. */
    int nextInt(int bound);
}
