package io.millrace.broker.request;

import io.millrace.network.frame.FramePart;
import io.millrace.network.frame.RegionPart;
import io.millrace.protocol.RecordsPayload;
import io.millrace.storage.FileSlice;
import io.millrace.storage.LogSlice;
import io.millrace.storage.TailSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of an answer as slices of a log: encoded without touching their bytes. Takes over the slices' references. */
public final class SlicePayload implements RecordsPayload {

    /** Copied at once where memory is not lent. */
    private static final int MAX_COPY_BYTES = 64 * 1024;

    private final List<LogSlice> slices;
    private final int sizeBytes;

    public SlicePayload(List<LogSlice> slices, int sizeBytes) {
        this.slices = slices;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    void appendTo(List<FramePart> parts) {
        for (LogSlice slice : slices) {
            parts.add(
                    switch (slice) {
                        case TailSlice tail -> new TailRegion(tail);
                        case FileSlice file -> new FileRegion(file);
                    });
        }
    }

    /** Bytes in a tail chunk, until they move to a segment. */
    private record TailRegion(TailSlice slice) implements RegionPart {

        @Override
        public long sizeBytes() {
            return slice.sizeBytes();
        }

        @Override
        public @Nullable Lent lend(long position, int sizeBytes) {
            TailSlice.Loan loan = slice.lend((int) position, sizeBytes);
            return loan == null ? null : new Lent(loan.bytes(), loan::giveBack);
        }

        @Override
        public int readInto(long position, ByteBuffer target) throws IOException {
            int wanted = target.remaining();
            slice.readInto(position, target);
            return wanted - target.remaining();
        }

        @Override
        public @Nullable FileChannel sendfileSource() {
            FileSlice file = slice.moved();
            return file == null ? null : file.file().sendfileSource();
        }

        @Override
        public long filePosition() {
            FileSlice file = slice.moved();
            return file == null ? 0 : file.filePosition();
        }

        @Override
        public long transferTo(long position, long countBytes, WritableByteChannel target) throws IOException {
            FileSlice file = slice.moved();
            if (file != null) {
                return file.transferTo(position, countBytes, target);
            }
            ByteBuffer copy = ByteBuffer.allocate((int) Math.min(countBytes, MAX_COPY_BYTES));
            slice.readInto(position, copy);
            return target.write(copy.flip());
        }

        @Override
        public void release() {
            slice.release();
        }
    }

    /** Bytes in a segment file. */
    private record FileRegion(FileSlice slice) implements RegionPart {

        @Override
        public long sizeBytes() {
            return slice.sizeBytes();
        }

        @Override
        public int readInto(long position, ByteBuffer target) throws IOException {
            int wanted = target.remaining();
            slice.readInto(position, target);
            return wanted - target.remaining();
        }

        @Override
        public @Nullable FileChannel sendfileSource() {
            return slice.file().sendfileSource();
        }

        @Override
        public long filePosition() {
            return slice.filePosition();
        }

        @Override
        public long transferTo(long position, long countBytes, WritableByteChannel target) throws IOException {
            return slice.transferTo(position, countBytes, target);
        }

        @Override
        public void release() {
            slice.release();
        }
    }
}
