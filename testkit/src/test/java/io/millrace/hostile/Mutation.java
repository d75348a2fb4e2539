package io.millrace.hostile;

/** What was done to a request; the weight is its share among 100. */
enum Mutation {
    UNTOUCHED(4),
    NUMBERS(26),
    VARINTS(5),
    TEXT_CONTENT(17),
    TEXT_LENGTH(8),
    IDS(4),
    DOUBLED_FIELDS(3),
    DOUBLED_ARRAY(4),
    LEFT_OUT_FIELDS(2),
    SPLICED(4),
    TAGGED_FIELDS(5),
    OTHER_VERSION(4),
    OTHER_API(1),
    TRUNCATED(2),
    LENGTHENED(2),
    BIT_FLIPS(6),
    DEEP_COUNT(2),
    FRAME_LENGTH(1);

    private final int weight;

    Mutation(int weight) {
        this.weight = weight;
    }

    /** @param roll 0 to 99 */
    static Mutation at(int roll) {
        int left = roll;
        for (Mutation each : values()) {
            left -= each.weight;
            if (left < 0) {
                return each;
            }
        }
        throw new IllegalArgumentException("the weights add up to less than " + roll);
    }
}
