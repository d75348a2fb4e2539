package io.millrace.tools.shell;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Keys and values as a terminal may show them: nothing in a record can move its cursor. */
public final class RecordText {

    private RecordText() {}

    /** The text, null when the bytes are no UTF-8. */
    public static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    public static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** {@code null}, {@code "text with \n"} or {@code base64:AAE=}. */
    public static String shown(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        String text = utf8(bytes);
        return text == null ? "base64:" + base64(bytes) : quoted(text);
    }

    /** In quotes, with what is not printable escaped as in JSON. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(point -> {
            switch (point) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (printable(point)) {
                        out.appendCodePoint(point);
                    } else {
                        for (char half : Character.toChars(point)) {
                            out.append(String.format(Locale.ROOT, "\\u%04x", (int) half));
                        }
                    }
                }
            }
        });
        return out.append('"').toString();
    }

    private static boolean printable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
