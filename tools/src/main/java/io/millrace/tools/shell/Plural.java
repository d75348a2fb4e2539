package io.millrace.tools.shell;

import java.util.Locale;

/** Numbers with their noun. */
public final class Plural {

    private Plural() {}

    /** {@code 1 record}, {@code 1,234 records}. */
    public static String of(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
