package io.millrace.protocol.oracle;

/**
 * What values an instance is made of.
 *
 * @param nulls how often a nullable value is null, in percent
 * @param tags how often a tagged field is set, in percent
 * @param numbers which numbers are used
 * @param size how long strings and arrays are
 */
record Profile(String name, int nulls, int tags, Numbers numbers, Size size) {
    enum Numbers {
        LOWEST,
        HIGHEST,
        ANY
    }

    enum Size {
        EMPTY,
        SMALL,
        LARGE
    }

    static final Profile NULLS = new Profile("nulls", 100, 0, Numbers.ANY, Size.SMALL);
    static final Profile NULLS_IN_TAGS = new Profile("nulls in tags", 100, 100, Numbers.LOWEST, Size.SMALL);
    static final Profile EMPTY = new Profile("empty", 0, 100, Numbers.ANY, Size.EMPTY);
    static final Profile LOWEST = new Profile("lowest", 0, 100, Numbers.LOWEST, Size.SMALL);
    static final Profile HIGHEST = new Profile("highest", 0, 100, Numbers.HIGHEST, Size.SMALL);
    static final Profile UNTAGGED = new Profile("untagged", 0, 0, Numbers.ANY, Size.SMALL);
    static final Profile LARGE = new Profile("large", 0, 100, Numbers.ANY, Size.LARGE);
    static final Profile ANY = new Profile("any", 25, 50, Numbers.ANY, Size.SMALL);
}
