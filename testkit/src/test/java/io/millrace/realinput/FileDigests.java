package io.millrace.realinput;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of each file, fed line by line. */
final class FileDigests {

    private final Map<String, MessageDigest> digests = new LinkedHashMap<>();
    private long lines;

    void line(String file, byte[] bytes, int from, int to) {
        MessageDigest digest = digests.get(file);
        if (digest == null) {
            digest = sha256();
            digests.put(file, digest);
        } else {
            digest.update((byte) '\n');
        }
        digest.update(bytes, from, to - from);
        lines++;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    long lines() {
        return lines;
    }

    /** Hex by file name; the digests are used up. */
    Map<String, String> finish() {
        Map<String, String> hex = new TreeMap<>();
        digests.forEach((file, digest) -> hex.put(file, HexFormat.of().formatHex(digest.digest())));
        return hex;
    }
}
