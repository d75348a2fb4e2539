package io.millrace.network.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a channel receive straight into its {@link FrameReader}'s buffer, and at most {@value #MAX_TURN_BYTES} bytes in one
 * turn of the loop, so that one busy connection cannot starve the others. Owned by the channel's loop.
 */
public final class ReadTurns implements RecvByteBufAllocator {

    /** The most that one connection is given in one turn, each way. */
    public static final int MAX_TURN_BYTES = 1024 * 1024;

    private final FrameReader reader;

    public ReadTurns(FrameReader reader) {
        this.reader = reader;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new TurnHandle(reader);
    }

    private static final class TurnHandle implements ExtendedHandle {

        private final FrameReader reader;
        private @Nullable ChannelConfig config;
        private int attemptedBytes;
        private int lastBytes;
        private long turnBytes;

        TurnHandle(FrameReader reader) {
            this.reader = reader;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return reader.target(allocator);
        }

        @Override
        public int guess() {
            return FrameReader.MAX_READ_BYTES;
        }

        @Override
        public void reset(ChannelConfig channelConfig) {
            config = channelConfig;
            turnBytes = 0;
        }

        @Override
        public void incMessagesRead(int count) {}

        @Override
        public void lastBytesRead(int bytes) {
            lastBytes = bytes;
            if (bytes > 0) {
                turnBytes += bytes;
                reader.sized(attemptedBytes, bytes);
            }
        }

        @Override
        public int lastBytesRead() {
            return lastBytes;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attemptedBytes = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attemptedBytes;
        }

        // A read that did not fill its buffer emptied the socket: asking again would cost a system call for nothing.
        @Override
        public boolean continueReading() {
            ChannelConfig current = config;
            return current != null
                    && current.isAutoRead()
                    && lastBytes > 0
                    && lastBytes == attemptedBytes
                    && turnBytes < MAX_TURN_BYTES;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return continueReading();
        }

        @Override
        public void readComplete() {}
    }
}
