package io.millrace.simulation.disk;

import io.millrace.simulation.SimRandom;

/**
 * Decides what a power cut leaves of that which was not synced. Used for one cut; stateful.
 *
 * <p>For each file and for the folder entries {@link #start} is called once, then {@link #keeps} for each pending change in
 * the order in which they were made.
 */
public interface Survival {

    /** The next questions are about another file (or about the folder entries), with so many pending changes. */
    void start(int pendingChanges);

    /** Whether the pending change with this index made it to the platter. */
    boolean keeps(int index);

    /** A value in {@code [low, high]}: where between two lengths a file ends, or at which byte a sector tears. */
    long between(long low, long high);

    /** Whether the sector about to be kept is torn inside: its first bytes new, the rest old. */
    boolean tears();

    /** Everything written survives, as after a killed process. */
    static Survival everything() {
        return new Fixed(true);
    }

    /** Only what was synced survives. */
    static Survival syncedOnly() {
        return new Fixed(false);
    }

    /** The n-th pending change of the whole disk survives when bit n of {@code mask} is set: for enumerating all subsets. */
    static Survival bits(long mask) {
        return new Bits(mask);
    }

    /**
     * An arbitrary part survives. Each file draws a pattern of its own: all, none, a prefix, a suffix, all but one, only one,
     * or an independent choice by change; sometimes one pattern rules all files.
     */
    static Survival random(SimRandom random) {
        return new RandomPatterns(random);
    }

    /** All or nothing. */
    final class Fixed implements Survival {
        private final boolean kept;

        private Fixed(boolean kept) {
            this.kept = kept;
        }

        @Override
        public void start(int pendingChanges) {}

        @Override
        public boolean keeps(int index) {
            return kept;
        }

        @Override
        public long between(long low, long high) {
            return kept ? high : low;
        }

        @Override
        public boolean tears() {
            return false;
        }
    }

    /** One subset out of all. */
    final class Bits implements Survival {
        private final long mask;
        private int first;
        private int next;

        private Bits(long mask) {
            this.mask = mask;
        }

        @Override
        public void start(int pendingChanges) {
            first = next;
            next += pendingChanges;
        }

        @Override
        public boolean keeps(int index) {
            int bit = first + index;
            return bit < Long.SIZE && (mask & (1L << bit)) != 0;
        }

        @Override
        public long between(long low, long high) {
            return high;
        }

        @Override
        public boolean tears() {
            return false;
        }
    }

    /** What a seed says. */
    final class RandomPatterns implements Survival {
        private enum Pattern {
            ALL,
            NONE,
            PREFIX,
            SUFFIX,
            ALL_BUT_ONE,
            ONLY_ONE,
            FEW,
            HALF,
            MOST
        }

        private static final Pattern[] PATTERNS = Pattern.values();

        private final SimRandom random;
        private final boolean oneForAll;
        private final boolean bytesTear;
        private Pattern pattern;
        private int pivot;

        private RandomPatterns(SimRandom random) {
            this.random = random;
            this.oneForAll = random.oneIn(3);
            this.bytesTear = random.oneIn(4);
            this.pattern = draw();
        }

        private Pattern draw() {
            return PATTERNS[random.nextInt(PATTERNS.length)];
        }

        @Override
        public void start(int pendingChanges) {
            if (!oneForAll) {
                pattern = draw();
            }
            pivot = random.nextInt(pendingChanges + 1);
        }

        @Override
        public boolean keeps(int index) {
            return switch (pattern) {
                case ALL -> true;
                case NONE -> false;
                case PREFIX -> index < pivot;
                case SUFFIX -> index >= pivot;
                case ALL_BUT_ONE -> index != pivot;
                case ONLY_ONE -> index == pivot;
                case FEW -> random.percent(15);
                case HALF -> random.nextBoolean();
                case MOST -> random.percent(85);
            };
        }

        @Override
        public long between(long low, long high) {
            return switch (random.nextInt(4)) {
                case 0 -> low;
                case 1 -> random.between(low, high);
                default -> high;
            };
        }

        @Override
        public boolean tears() {
            return bytesTear && random.oneIn(8);
        }
    }
}
