package io.millrace.broker.request;

/** Text that clients chose, made fit for a line of the log: bounded, and without what could forge another line. Stateless. */
public final class LogText {

    private static final int MAX_CHARS = 120;

    private LogText() {}

    public static String of(String text) {
        StringBuilder printable = new StringBuilder(Math.min(text.length(), MAX_CHARS));
        for (int i = 0; i < text.length() && i < MAX_CHARS; i++) {
            char c = text.charAt(i);
            printable.append(c < ' ' || c > '~' || c == '"' ? '?' : c);
        }
        return text.length() > MAX_CHARS ? printable.append("...").toString() : printable.toString();
    }
}
