package io.millrace.protocol;

/**
 * A message of the protocol or a record of an internal log, made by the generator from its schema.
 *
 * <p>Mutable, owned by whoever holds it, not thread-safe. Every implementation also has {@code static read(ByteBuf, short)} and
 * {@code static read(ByteBuffer, short)}.
 */
public interface Message {

    /** The API key or record type of the schema, -1 when it has none. */
    short apiKey();

    /** The lowest version that exists. */
    short lowestVersion();

    /** The highest version that exists, unstable ones included. */
    short highestVersion();

    /**
     * The exact number of bytes that {@link #write} produces, payloads included.
     *
     * @throws UnencodableMessageException when the version does not exist or a value is null where it must not be
     */
    int size(short version);

    /**
     * Encodes the message.
     *
     * @throws UnencodableMessageException when the version does not exist, lacks a field that is set and must not be dropped, or a
     *     value is null or too long where the version does not allow it; bytes already written stay in the writer's buffer
     */
    void write(MessageWriter out, short version);

    /** The part of {@link #size} that {@link #write} does not copy but leaves as payloads between buffers. */
    default int uncopiedBytes() {
        return 0;
    }

    /** Shows every error code of the message that is not NONE, at any depth; without allocation. */
    default void errorCodes(ErrorCodeVisitor visitor) {}

    /** Gives back the slices of the frame that reading took; idempotent. Payloads of other kinds belong to who made them. */
    default void release() {}
}
