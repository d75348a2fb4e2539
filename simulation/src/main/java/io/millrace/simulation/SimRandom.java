package io.millrace.simulation;

import io.millrace.runtime.Randomness;

/**
 * The seeded source of every choice in a simulation: SplitMix64, written out here so that a seed means the same run on every
 * JDK. Owned by the thread that runs the simulation.
 *
 * @see <a href="https://doi.org/10.1145/2714064.2660195">Steele, Lea, Flood: Fast splittable pseudorandom number generators</a>
 */
public final class SimRandom implements Randomness {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final long seed;
    private long state;

    public SimRandom(long seed) {
        this.seed = seed;
        this.state = mix(seed);
    }

    /** What to print so that a run can be repeated. */
    public long seed() {
        return seed;
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    @Override
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound " + bound + " is below 1");
        }
        return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** A value in {@code [low, high]}. */
    public int between(int low, int high) {
        return low + nextInt(high - low + 1);
    }

    /** A value in {@code [low, high]}. */
    public long between(long low, long high) {
        return low + Math.unsignedMultiplyHigh(nextLong(), high - low + 1);
    }

    /** True once in {@code outOf} calls on average. */
    public boolean oneIn(int outOf) {
        return nextInt(outOf) == 0;
    }

    public boolean nextBoolean() {
        return nextLong() < 0;
    }

    /** True with the given probability in percent. */
    public boolean percent(int percent) {
        return nextInt(100) < percent;
    }

    public void fill(byte[] target) {
        long bits = 0;
        for (int i = 0; i < target.length; i++) {
            if ((i & 7) == 0) {
                bits = nextLong();
            }
            target[i] = (byte) bits;
            bits >>>= 8;
        }
    }

    /** An independent stream, so that one consumer drawing more does not shift the choices of another. */
    public SimRandom split() {
        return new SimRandom(nextLong());
    }

    /** The finaliser of SplitMix64: a bijection whose every output bit depends on every input bit. */
    public static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
