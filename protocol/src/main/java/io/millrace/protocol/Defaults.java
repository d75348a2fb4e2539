package io.millrace.protocol;

import org.jspecify.annotations.Nullable;

/** Shared empty values and printed forms; called by generated code. The arrays have no elements, so sharing them is safe. */
public final class Defaults {
    public static final byte[] NO_BYTES = new byte[0];
    public static final short[] NO_SHORTS = new short[0];
    public static final int[] NO_INTS = new int[0];
    public static final long[] NO_LONGS = new long[0];
    public static final double[] NO_DOUBLES = new double[0];
    public static final boolean[] NO_BOOLEANS = new boolean[0];

    private Defaults() {}

    /** Releases records that reading made; leaves payloads of other kinds to their makers. */
    public static void release(@Nullable RecordsPayload records) {
        if (records instanceof BufferRecords buffer) {
            buffer.release();
        }
    }

    /** How {@code toString} shows bytes: their number, never their content. */
    public static String sizeOnly(byte @Nullable [] bytes) {
        return bytes == null ? "null" : "[" + bytes.length + " bytes]";
    }

    /** How {@code toString} shows records: their size, never their content. */
    public static String sizeOnly(@Nullable RecordsPayload records) {
        return records == null ? "null" : "[" + records.sizeBytes() + " bytes]";
    }
}
