package io.millrace.protocol;

/** Checks of a version number against what a schema knows; called by generated code. */
public final class Versions {
    private Versions() {}

    /** Refuses to decode a version that does not exist. */
    public static void checkDecodable(String message, short version, short lowest, short highest) {
        if (version < lowest || version > highest) {
            throw new MalformedMessageException(
                    "version " + version + " is not in " + lowest + "-" + highest, message, 0);
        }
    }

    /** Refuses to encode a version that does not exist. */
    public static void checkEncodable(String message, short version, short lowest, short highest) {
        if (version < lowest || version > highest) {
            throw new UnencodableMessageException(
                    message + ": version " + version + " is not in " + lowest + "-" + highest);
        }
    }
}
