package io.millrace.network.frame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A region of a file, of memory, or of a file that is shorter than it says; counts its releases. */
public final class TestRegion implements RegionPart {

    private final @Nullable ByteBuffer memory;
    private final @Nullable FileChannel file;
    private final boolean sendfile;
    private final long filePosition;
    private final long sizeBytes;
    private final AtomicInteger releases = new AtomicInteger();
    private final AtomicInteger loans = new AtomicInteger();
    private final AtomicInteger lentBytes = new AtomicInteger();
    private final AtomicInteger mostLentBytes = new AtomicInteger();
    private volatile boolean lends = true;

    private TestRegion(
            @Nullable ByteBuffer memory,
            @Nullable FileChannel file,
            boolean sendfile,
            long filePosition,
            long sizeBytes) {
        this.memory = memory;
        this.file = file;
        this.sendfile = sendfile;
        this.filePosition = filePosition;
        this.sizeBytes = sizeBytes;
    }

    public static TestRegion memory(ByteBuffer bytes) {
        return new TestRegion(bytes.asReadOnlyBuffer(), null, false, 0, bytes.remaining());
    }

    public static TestRegion file(FileChannel file, boolean sendfile, long filePosition, long sizeBytes) {
        return new TestRegion(null, file, sendfile, filePosition, sizeBytes);
    }

    private FileChannel requireFile() throws IOException {
        if (file == null) {
            throw new IOException("no file");
        }
        return file;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public @Nullable Lent lend(long position, int size) {
        if (memory == null || !lends) {
            return null;
        }
        int left = Math.max(0, Math.min(size, memory.remaining() - (int) position));
        loans.incrementAndGet();
        int lent = lentBytes.addAndGet(left);
        mostLentBytes.accumulateAndGet(lent, Math::max);
        return new Lent(memory.slice(memory.position() + (int) position, left), () -> {
            loans.decrementAndGet();
            lentBytes.addAndGet(-left);
        });
    }

    /** From now on its bytes have to be copied. */
    public void lendNoMore() {
        lends = false;
    }

    /** Bytes of loans that were not given back. */
    public int lentBytes() {
        return lentBytes.get();
    }

    public int mostLentBytes() {
        return mostLentBytes.get();
    }

    /** Loans that were not given back. */
    public int loans() {
        return loans.get();
    }

    @Override
    public int readInto(long position, ByteBuffer target) throws IOException {
        if (memory != null) {
            int count = Math.min(target.remaining(), memory.remaining() - (int) position);
            target.put(memory.slice(memory.position() + (int) position, count));
            return count;
        }
        int done = 0;
        while (target.hasRemaining()) {
            int read = requireFile().read(target, filePosition + position + done);
            if (read < 0) {
                break;
            }
            done += read;
        }
        return done;
    }

    @Override
    public @Nullable FileChannel sendfileSource() {
        return sendfile ? file : null;
    }

    @Override
    public long filePosition() {
        return filePosition;
    }

    @Override
    public long transferTo(long position, long countBytes, WritableByteChannel target) throws IOException {
        long sent = requireFile().transferTo(filePosition + position, countBytes, target);
        return sent == 0 && requireFile().size() < filePosition + position + 1 ? -1 : sent;
    }

    public int releases() {
        return releases.get();
    }

    @Override
    public void release() {
        releases.incrementAndGet();
    }
}
