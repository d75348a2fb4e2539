package io.millrace.clienttable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code CompareTopics EXPECTED TOPIC ...}: {@code topic TAB key TAB value} lines on standard input, as a client consumed them, against a file of
 * {@code key TAB value} lines. Per topic, the values of each key must be the same in the same order; prints {@code TOPIC same|different}
 * for each topic that is named.
 */
final class CompareTopics {

    private CompareTopics() {}

    public static void main(String[] arguments) throws IOException {
        Keys expected = new Keys();
        for (byte[] line : lines(Files.readAllBytes(Path.of(arguments[0])))) {
            expected.add(line, 0);
        }
        String expectedText = expected.text();
        Map<String, Keys> found = new LinkedHashMap<>();
        for (byte[] line : lines(System.in.readAllBytes())) {
            int tab = 0;
            while (line[tab] != '\t') {
                tab++;
            }
            found.computeIfAbsent(new String(line, 0, tab, StandardCharsets.UTF_8), topic -> new Keys())
                    .add(line, tab + 1);
        }
        for (int i = 1; i < arguments.length; i++) {
            Keys keys = found.getOrDefault(arguments[i], new Keys());
            System.out.println(arguments[i] + (expectedText.equals(keys.text()) ? " same" : " different"));
        }
    }

    private static Iterable<byte[]> lines(byte[] all) {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == '\n') {
                lines.add(Arrays.copyOfRange(all, from, i));
                from = i + 1;
            }
        }
        return lines;
    }

    /** A digest of the values of each key, in their order. */
    private static final class Keys {

        private final Map<String, MessageDigest> digests = new TreeMap<>();

        void add(byte[] line, int from) {
            int tab = from;
            while (line[tab] != '\t') {
                tab++;
            }
            MessageDigest digest = digests.computeIfAbsent(
                    new String(line, from, tab - from, StandardCharsets.UTF_8), key -> sha256());
            digest.update(line, tab, line.length - tab);
            digest.update((byte) '\n');
        }

        /** Uses the digests up. */
        String text() {
            StringBuilder text = new StringBuilder();
            digests.forEach((key, digest) -> text.append(key)
                    .append(' ')
                    .append(HexFormat.of().formatHex(digest.digest()))
                    .append('\n'));
            return text.toString();
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }
}
