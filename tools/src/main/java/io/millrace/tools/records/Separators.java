package io.millrace.tools.records;

/** Separators as people type them: {@code \t} and {@code \n} stand for tab and line feed. */
public final class Separators {

    private Separators() {}

    static String parse(String typed) {
        return typed.replace("\\t", "\t").replace("\\n", "\n");
    }
}
