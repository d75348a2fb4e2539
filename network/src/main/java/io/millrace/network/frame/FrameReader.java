package io.millrace.network.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts length-prefixed frames out of the bytes of one channel. Owned by the channel's loop.
 *
 * <p>Bytes are received into one buffer at a time. The channel asks for it with {@link #target} (so a frame that arrives in
 * pieces is received in place, without a copy), reports with {@link #received}, and takes whole frames with {@link #next}:
 *
 * <pre>
 *   buffer:  | handed over | length frame | length frame | length fra...      |
 *                          ^ readerIndex                             ^ writerIndex
 * </pre>
 *
 * A whole frame leaves as a retained slice, or as a copy where a small frame would pin a buffer more than
 * {@value #MAX_PINNED_RATIO} times its size; buffers are sized by the channel's recent frames, so that few are. A frame that
 * does not fit into the rest of the buffer moves to a new one, whose size follows the bytes <em>received</em>, never the declared
 * length alone: at most {@value #MIN_FRAME_BUFFER_BYTES} bytes, twice what is there, or what this channel's recent frames proved
 * to need (up to {@value #MAX_HINT_BYTES}).
 *
 * <p>A buffer of more than {@value #FREE_BYTES} bytes is reserved from {@link ReceiveMemory} first, whole. Refused to a frame that
 * needs it, the reader is {@link #starvedBytes()} until {@link #next} is called again; refused to a read that would only have been
 * larger, the read is small.
 */
public final class FrameReader {

    static final int LENGTH_BYTES = 4;
    static final int MAX_PINNED_RATIO = 8;
    /** Below the ratio above, so that a frame somewhat smaller than the others is no copy either. */
    static final int FRAMES_PER_BUFFER = 6;

    static final int FREE_BYTES = 16 * 1024;
    static final int MAX_READ_BYTES = 256 * 1024;
    static final int MAX_HINT_BYTES = 2 * 1024 * 1024;
    private static final int MIN_READ_BYTES = 2 * 1024;
    private static final int MIN_FRAME_BUFFER_BYTES = 64 * 1024;

    private final ReceiveMemory memory;
    private final int minFrameBytes;
    private int maxFrameBytes;

    private @Nullable ByteBuf buffer;
    private int reservedBytes;
    private int readSizeBytes = 4 * MIN_READ_BYTES;
    private int shortReads;
    private int hintBytes;
    private int pendingFrameBytes = -1;
    private int starvedBytes;
    private @Nullable FrameFault fault;
    private long declaredBytes;

    /**
     * @param minFrameBytes frames declared shorter are {@link FrameFault#LENGTH_INVALID}
     * @param maxFrameBytes frames declared longer are {@link FrameFault#TOO_LARGE}
     */
    public FrameReader(int minFrameBytes, int maxFrameBytes, ReceiveMemory memory) {
        this.minFrameBytes = minFrameBytes;
        this.maxFrameBytes = maxFrameBytes;
        this.memory = memory;
    }

    /** Sets the cap for frames whose length was not looked at yet. */
    public void maxFrameBytes(int bytes) {
        maxFrameBytes = bytes;
    }

    /** The buffer to receive into, at least one byte writable, with a reference for the caller. */
    ByteBuf target(ByteBufAllocator allocator) {
        ByteBuf current = buffer;
        if (current == null) {
            int wantedBytes = bufferBytes();
            int sizeBytes = spareBytes(wantedBytes) ? wantedBytes : FREE_BYTES;
            current = allocator.directBuffer(sizeBytes, sizeBytes);
            buffer = current;
        } else if (!current.isWritable()) {
            // No length is whole yet, or the channel reads although it was told not to.
            int leftBytes = current.readableBytes();
            current = moveTo(
                    allocator, leftBytes + (spareBytes(leftBytes + readSizeBytes) ? readSizeBytes : MIN_READ_BYTES));
        }
        return current.retain();
    }

    /**
     * As much as the channel brings at once, but not more than {@value #FRAMES_PER_BUFFER} of its larger frames: in a buffer of many
     * more, each would be copied lest it pin so much.
     */
    private int bufferBytes() {
        return Math.min(readSizeBytes, Math.max(FREE_BYTES, FRAMES_PER_BUFFER * hintBytes));
    }

    /** Whether a buffer of {@code bytes} may be had where a small one would do; it replaces the one there is. */
    private boolean spareBytes(int bytes) {
        if (bytes <= FREE_BYTES || bytes <= reservedBytes) {
            return true;
        }
        if (memory.reserveSpare(bytes - reservedBytes)) {
            reservedBytes = bytes;
            return true;
        }
        return false;
    }

    /** Tells how much one read brought, so that the next buffer fits the channel. */
    void sized(int attemptedBytes, int readBytes) {
        if (readBytes >= attemptedBytes) {
            shortReads = 0;
            if (attemptedBytes >= readSizeBytes) {
                readSizeBytes = Math.min(readSizeBytes * 4, MAX_READ_BYTES);
            }
        } else if (readBytes < readSizeBytes / 4 && ++shortReads >= 8) {
            shortReads = 0;
            readSizeBytes = Math.max(readSizeBytes / 2, MIN_READ_BYTES);
        }
    }

    /** Takes bytes that arrived: the buffer that {@link #target} gave, or another one; its reference is taken over. */
    @SuppressWarnings("ReferenceEquality") // the very buffer, not equal bytes
    public void received(ByteBuf bytes) {
        ByteBuf current = buffer;
        if (bytes == current) {
            bytes.release();
        } else if (current == null || !current.isReadable()) {
            dropBuffer();
            buffer = bytes;
        } else {
            if (current.writableBytes() < bytes.readableBytes()) {
                current = moveTo(bytes.alloc(), current.readableBytes() + bytes.readableBytes());
            }
            current.writeBytes(bytes);
            bytes.release();
        }
    }

    /**
     * The next whole frame without its length, with a reference for the caller; null when there is none: more bytes are needed,
     * memory was refused ({@link #starvedBytes()}), or the channel must be closed ({@link #fault()}).
     */
    public @Nullable ByteBuf next() {
        ByteBuf current = buffer;
        if (current == null || fault != null) {
            return null;
        }
        int frameBytes = frameBytes(current);
        if (frameBytes < 0) {
            return null;
        }
        if (current.readableBytes() < LENGTH_BYTES + frameBytes) {
            makeRoom(current, LENGTH_BYTES + frameBytes);
            return null;
        }
        starvedBytes = 0;
        pendingFrameBytes = -1;
        hintBytes = Math.min(MAX_HINT_BYTES, Math.max(frameBytes + LENGTH_BYTES, hintBytes - hintBytes / 8));
        current.skipBytes(LENGTH_BYTES);
        ByteBuf frame;
        if ((long) frameBytes * MAX_PINNED_RATIO < current.capacity()) {
            frame = current.alloc().directBuffer(frameBytes, frameBytes).writeBytes(current, frameBytes);
        } else {
            frame = current.readRetainedSlice(frameBytes);
        }
        if (!current.isReadable()) {
            dropBuffer(); // the frame now counts as a request in flight
        }
        return frame;
    }

    /** The length of the frame at the reader index, or -1 when its length is not there yet or wrong. */
    private int frameBytes(ByteBuf current) {
        if (pendingFrameBytes >= 0) {
            return pendingFrameBytes;
        }
        if (current.readableBytes() < LENGTH_BYTES) {
            return -1;
        }
        int declared = current.getInt(current.readerIndex());
        declaredBytes = declared;
        if (declared < minFrameBytes) {
            fault = FrameFault.LENGTH_INVALID;
            return -1;
        }
        if (declared > maxFrameBytes) {
            fault = FrameFault.TOO_LARGE;
            return -1;
        }
        pendingFrameBytes = declared;
        return declared;
    }

    private void makeRoom(ByteBuf current, int neededBytes) {
        starvedBytes = 0;
        int roomBytes = current.capacity() - current.readerIndex();
        if (neededBytes <= roomBytes) {
            return;
        }
        long wantedBytes = Math.max(MIN_FRAME_BUFFER_BYTES, 2L * current.readableBytes());
        int targetBytes = (int) Math.min(neededBytes, Math.max(wantedBytes, hintBytes));
        if (targetBytes <= roomBytes) {
            return;
        }
        int toReserveBytes = targetBytes > FREE_BYTES ? targetBytes : 0;
        if (toReserveBytes > reservedBytes) {
            if (!memory.reserve(toReserveBytes - reservedBytes)) {
                starvedBytes = toReserveBytes - reservedBytes;
                return;
            }
            reservedBytes = toReserveBytes;
        }
        moveTo(current.alloc(), targetBytes);
    }

    private ByteBuf moveTo(ByteBufAllocator allocator, int capacityBytes) {
        ByteBuf larger = allocator.directBuffer(capacityBytes, capacityBytes);
        ByteBuf old = buffer;
        if (old != null) {
            larger.writeBytes(old);
            old.release();
        }
        buffer = larger;
        return larger;
    }

    private void dropBuffer() {
        ByteBuf old = buffer;
        buffer = null;
        if (old != null) {
            old.release();
        }
        releaseReservation();
    }

    private void releaseReservation() {
        if (reservedBytes > 0) {
            memory.release(reservedBytes);
            reservedBytes = 0;
        }
    }

    /** Bytes refused to the frame that arrives, or 0: stop reading then, and call {@link #next} once there may be some. */
    public int starvedBytes() {
        return starvedBytes;
    }

    /** Set once the bytes are no frames; nothing more is read then. */
    public @Nullable FrameFault fault() {
        return fault;
    }

    /** The length last declared: of the frame that arrives, or of the one that is faulty. */
    public long declaredBytes() {
        return declaredBytes;
    }

    /** Bytes received and not handed over. */
    public int bufferedBytes() {
        ByteBuf current = buffer;
        return current == null ? 0 : current.readableBytes();
    }

    /** Lets go of a buffer into which nothing came: between its requests a channel holds no memory. */
    public void releaseIdle() {
        ByteBuf current = buffer;
        if (current != null && !current.isReadable()) {
            dropBuffer();
        }
    }

    /** Gives everything back; the reader is not used afterwards. */
    public void close() {
        dropBuffer();
    }
}
