package io.millrace.network.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.internal.SystemPropertyUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives frames to a channel, piece by piece, so that the owner can bound what one connection gets per turn. Owned by the
 * channel's loop.
 *
 * <p>What goes how (break-even points are measured, see the performance notes on small sendfile calls):
 * <pre>
 *   buffer or memory region up to 4 KiB   copied into a shared buffer with its neighbours (alone: sent as it is)
 *   larger buffer or memory region        by reference, gathered by writev
 *   file region up to 32 KiB              read into a buffer
 *   larger file region                    sendfile where channel and region allow, else read in pieces of 256 KiB
 *   larger memory region that is not lent copied in pieces of 256 KiB
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class FrameWriter {

    static final int COPIED_BYTES = 4 * 1024;
    static final int READ_BYTES = 32 * 1024;
    private static final int SHARED_BUFFER_BYTES = 16 * 1024;
    private static final int READ_PIECE_BYTES = 256 * 1024;

    // What Netty adds per entry when it counts what waits in a channel; the same property as it reads.
    private static final int ENTRY_OVERHEAD_BYTES =
            SystemPropertyUtil.getInt("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

    private enum FileMode {
        SENDFILE,
        TRANSFER,
        READ
    }

    private final Channel channel;
    private final FileMode fileMode;
    private final Consumer<IOException> onFailure;

    private @Nullable EncodedFrame frame;
    private int partIndex;
    private long partPosition;
    private @Nullable ByteBuf lone;
    private @Nullable ByteBuf shared;
    private boolean unflushed;
    private long weighedBytes;

    /**
     * @param onFailure told, on the loop, when a region turns out short after it was given to the channel
     */
    public FrameWriter(Channel channel, Consumer<IOException> onFailure) {
        this.channel = channel;
        this.onFailure = onFailure;
        if (channel instanceof NioSocketChannel) {
            fileMode = FileMode.TRANSFER;
        } else if (channel instanceof EpollSocketChannel) {
            fileMode = FileMode.SENDFILE;
        } else {
            fileMode = FileMode.READ;
        }
    }

    /** Whether a frame was started and is not given to the channel in full. */
    public boolean busy() {
        return frame != null;
    }

    /** Takes over {@code next}; only when not {@link #busy()}. */
    public void start(EncodedFrame next) {
        if (frame != null) {
            throw new IllegalStateException("a frame is being written");
        }
        frame = next;
        partIndex = 0;
        partPosition = 0;
    }

    /**
     * Gives pieces of the started frame to the channel until {@code budgetBytes} are reached or the frame ends.
     *
     * @return bytes given; above the budget by one small part at most
     * @throws IOException when a region is short or cannot be read: close the channel, then {@link #discard()}
     */
    public long write(long budgetBytes) throws IOException {
        long givenBytes = 0;
        EncodedFrame current;
        // A failed write may close the channel and discard the frame on the spot.
        while ((current = frame) != null && givenBytes < budgetBytes) {
            if (partIndex == current.parts().size()) {
                frame = null;
                break;
            }
            long leftBytes = budgetBytes - givenBytes;
            givenBytes += switch (current.parts().get(partIndex)) {
                case BufferPart part -> writeBuffer(part.buffer(), leftBytes);
                case RegionPart part -> writeRegion(part, leftBytes);
            };
        }
        if (frame != null && partIndex == frame.parts().size()) {
            frame = null;
        }
        return givenBytes;
    }

    /**
     * Grows with every byte that left the channel for the system; what waits in the channel does not count. Each message is
     * weighed as Netty's outbound buffer weighs it, entry overhead included.
     */
    public long progress() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null
                ? weighedBytes
                : weighedBytes - outbound.totalPendingWriteBytes() + outbound.currentProgress();
    }

    /** Whether bytes given to the channel did not leave it yet. */
    public boolean pending() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound != null && outbound.totalPendingWriteBytes() > 0;
    }

    private long writeBuffer(ByteBuf buffer, long budgetBytes) {
        int readableBytes = buffer.readableBytes();
        if (readableBytes <= budgetBytes || readableBytes <= COPIED_BYTES) {
            partDone();
            if (readableBytes <= COPIED_BYTES) {
                gather(buffer);
            } else {
                give(buffer);
            }
            return readableBytes;
        }
        int pieceBytes = (int) budgetBytes;
        give(buffer.readRetainedSlice(pieceBytes));
        return pieceBytes;
    }

    private long writeRegion(RegionPart region, long budgetBytes) throws IOException {
        long sizeBytes = region.sizeBytes();
        if (sizeBytes <= COPIED_BYTES) {
            readWhole(region, (int) sizeBytes);
            return sizeBytes;
        }
        long pieceBytes = Math.min(sizeBytes - partPosition, budgetBytes);
        RegionPart.Lent lent = region.lend(partPosition, (int) pieceBytes);
        if (lent != null) {
            if (lent.bytes().remaining() < pieceBytes) {
                lent.giveBack().run();
                throw new RegionShortException(partPosition + lent.bytes().remaining(), sizeBytes);
            }
            return piece(region, Unpooled.wrappedBuffer(lent.bytes()), pieceBytes, lent.giveBack());
        }
        if (partPosition == 0 && sizeBytes <= READ_BYTES) {
            readWhole(region, (int) sizeBytes);
            return sizeBytes;
        }
        return writeFile(region, pieceBytes);
    }

    private void readWhole(RegionPart region, int sizeBytes) throws IOException {
        ByteBuf buffer = channel.alloc().directBuffer(Math.max(1, sizeBytes));
        try {
            fill(region, buffer, sizeBytes);
        } catch (IOException | RuntimeException failure) {
            buffer.release();
            throw failure;
        }
        partDone();
        region.release();
        if (sizeBytes <= COPIED_BYTES) {
            gather(buffer);
        } else {
            give(buffer);
        }
    }

    private long writeFile(RegionPart region, long wantedBytes) throws IOException {
        FileChannel source = fileMode == FileMode.SENDFILE ? region.sendfileSource() : null;
        if (source != null) {
            long fromPosition = region.filePosition() + partPosition;
            return piece(
                    region,
                    new OpenFileRegion(source, fromPosition, wantedBytes),
                    wantedBytes,
                    FrameWriter::nothingLent);
        }
        if (fileMode == FileMode.TRANSFER) {
            return piece(
                    region,
                    new TransferRegion(region, partPosition, wantedBytes),
                    wantedBytes,
                    FrameWriter::nothingLent);
        }
        int pieceBytes = (int) Math.min(wantedBytes, READ_PIECE_BYTES);
        ByteBuf buffer = channel.alloc().directBuffer(pieceBytes);
        try {
            fill(region, buffer, pieceBytes);
        } catch (IOException | RuntimeException failure) {
            buffer.release();
            throw failure;
        }
        partPosition += pieceBytes;
        if (partPosition == region.sizeBytes()) {
            partDone();
            region.release();
        }
        give(buffer);
        return pieceBytes;
    }

    private void fill(RegionPart region, ByteBuf buffer, int sizeBytes) throws IOException {
        ByteBuffer target = buffer.internalNioBuffer(0, sizeBytes);
        int readBytes = region.readInto(partPosition, target);
        if (readBytes < sizeBytes) {
            throw new RegionShortException(partPosition + Math.max(0, readBytes), region.sizeBytes());
        }
        buffer.writerIndex(sizeBytes);
    }

    // The last piece carries the region's reference: pieces complete in order, and all of them fail when the channel
    // closes.
    private long piece(RegionPart region, Object message, long pieceBytes, Runnable giveBack) {
        partPosition += pieceBytes;
        giveGathered();
        ChannelPromise promise = channel.newPromise();
        if (partPosition == region.sizeBytes()) {
            partDone();
            promise.addListener(written -> {
                report(region, promise);
                giveBack.run();
                region.release();
            });
        } else {
            promise.addListener(written -> {
                report(region, promise);
                giveBack.run();
            });
        }
        unflushed = true;
        weighedBytes += pieceBytes + ENTRY_OVERHEAD_BYTES;
        channel.write(message, promise);
        return pieceBytes;
    }

    private static void nothingLent() {}

    private void report(RegionPart region, ChannelFuture written) {
        if (written.cause() instanceof IOException failure) {
            onFailure.accept(
                    isShort(region) ? new RegionShortException(region.sizeBytes(), region.sizeBytes()) : failure);
        }
    }

    // The kernel's sendfile answers 0 at the file's end, which Netty reports as any other failed write.
    private static boolean isShort(RegionPart region) {
        FileChannel source = region.sendfileSource();
        try {
            return source != null && source.size() < region.filePosition() + region.sizeBytes();
        } catch (IOException unreadable) {
            return true;
        }
    }

    private void partDone() {
        partIndex++;
        partPosition = 0;
    }

    private void gather(ByteBuf small) {
        if (!small.isReadable()) {
            small.release();
            return;
        }
        ByteBuf gathered = shared;
        if (gathered == null) {
            ByteBuf first = lone;
            if (first == null) {
                lone = small;
                return;
            }
            gathered = channel.alloc().directBuffer(SHARED_BUFFER_BYTES, SHARED_BUFFER_BYTES);
            shared = gathered;
            lone = null;
            gathered.writeBytes(first);
            first.release();
        } else if (gathered.writableBytes() < small.readableBytes()) {
            giveGathered();
            lone = small;
            return;
        }
        gathered.writeBytes(small);
        small.release();
    }

    private void giveGathered() {
        ByteBuf single = lone;
        ByteBuf gathered = shared;
        lone = null;
        shared = null;
        if (single != null) {
            write(single);
        }
        if (gathered != null) {
            write(gathered);
        }
    }

    private void give(ByteBuf buffer) {
        giveGathered();
        write(buffer);
    }

    private void write(ByteBuf buffer) {
        unflushed = true;
        weighedBytes += buffer.readableBytes() + ENTRY_OVERHEAD_BYTES;
        channel.write(buffer, channel.voidPromise());
    }

    /** Hands what was gathered to the channel and flushes it, if there is anything. */
    public void flush() {
        giveGathered();
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    /** Releases what was not given to the channel: once the channel is closed, its own buffers already failed. */
    public void discard() {
        EncodedFrame current = frame;
        frame = null;
        if (current != null) {
            for (int i = partIndex; i < current.parts().size(); i++) {
                current.parts().get(i).release();
            }
        }
        if (lone != null) {
            lone.release();
            lone = null;
        }
        if (shared != null) {
            shared.release();
            shared = null;
        }
    }

    /** A piece of a file that stays open: Netty's own class would close it after sending. */
    private static final class OpenFileRegion extends DefaultFileRegion {

        OpenFileRegion(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        @Override
        protected void deallocate() {}
    }
}
