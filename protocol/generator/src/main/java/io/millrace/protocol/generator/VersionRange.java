package io.millrace.protocol.generator;

/**
 * A contiguous range of message versions, both ends inclusive; empty when {@code lowest > highest}.
 *
 * @param lowest first version of the range
 * @param highest last version; {@link Short#MAX_VALUE} stands for "and every later one"
 */
record VersionRange(int lowest, int highest) {
    static final VersionRange NONE = new VersionRange(0, -1);
    static final VersionRange ALL = new VersionRange(0, Short.MAX_VALUE);

    /** Parses {@code "none"}, {@code "3"}, {@code "2-7"} or {@code "4+"}. */
    static VersionRange parse(String text) {
        String trimmed = text.trim();
        if (trimmed.isEmpty() || trimmed.equals("none")) {
            return NONE;
        }
        try {
            if (trimmed.endsWith("+")) {
                return new VersionRange(Integer.parseInt(trimmed.substring(0, trimmed.length() - 1)), Short.MAX_VALUE);
            }
            int dash = trimmed.indexOf('-');
            if (dash < 0) {
                int only = Integer.parseInt(trimmed);
                return new VersionRange(only, only);
            }
            return new VersionRange(
                    Integer.parseInt(trimmed.substring(0, dash)), Integer.parseInt(trimmed.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new SchemaException("version range '" + text + "' is not none, N, N+ or N-M", e);
        }
    }

    boolean isEmpty() {
        return lowest > highest;
    }

    boolean contains(int version) {
        return version >= lowest && version <= highest;
    }

    boolean containsAll(VersionRange other) {
        return other.isEmpty() || (other.lowest >= lowest && other.highest <= highest);
    }

    VersionRange intersect(VersionRange other) {
        VersionRange both = new VersionRange(Math.max(lowest, other.lowest), Math.min(highest, other.highest));
        return both.isEmpty() ? NONE : both;
    }

    /**
     * The Java expression that is true when {@code version}, known to lie in {@code possible}, is in this range: {@code "true"},
     * {@code "false"} or a comparison.
     */
    String condition(VersionRange possible) {
        VersionRange both = intersect(possible);
        if (both.isEmpty()) {
            return "false";
        }
        if (both.equals(possible)) {
            return "true";
        }
        boolean below = both.lowest > possible.lowest;
        boolean above = both.highest < possible.highest;
        if (below && above) {
            return both.lowest == both.highest
                    ? "version == " + both.lowest
                    : "version >= " + both.lowest + " && version <= " + both.highest;
        }
        return below ? "version >= " + both.lowest : "version <= " + both.highest;
    }
}
