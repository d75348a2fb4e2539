package io.millrace.storage.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file channel. The channel's cursor is used by gathering writes only: there is one writer, and readers are positional. */
final class NioDiskFile implements DiskFile {

    private static final int NOT_OPENED = -2;
    /** Reading less than this costs less than the question. */
    private static final int WORTH_ASKING_BYTES = 64 * 1024;

    private final Path path;
    private final FileChannel channel;
    private final RangeWriteOut writeOut;
    // To write ranges out with, opened when first needed; the writer's.
    private int writeOutDescriptor = NOT_OPENED;

    NioDiskFile(Path path, FileChannel channel, RangeWriteOut writeOut) {
        this.path = path;
        this.channel = channel;
        this.writeOut = writeOut;
    }

    @Override
    public FileChannel sendfileSource() {
        return channel;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void write(long filePosition, ByteBuffer... sources) throws DiskException {
        try {
            if (sources.length == 1) {
                writeOne(filePosition, sources[0]);
            } else {
                gather(filePosition, sources);
            }
        } catch (IOException e) {
            throw NioDisk.failure("write", path, e);
        }
    }

    private void writeOne(long filePosition, ByteBuffer source) throws IOException {
        long position = filePosition;
        while (source.hasRemaining()) {
            position += channel.write(source, position);
        }
    }

    private void gather(long filePosition, ByteBuffer[] sources) throws IOException {
        channel.position(filePosition);
        int first = 0;
        while (true) {
            while (first < sources.length && !sources[first].hasRemaining()) {
                first++;
            }
            if (first == sources.length) {
                return;
            }
            channel.write(sources, first, sources.length - first);
        }
    }

    @Override
    public int read(long filePosition, ByteBuffer target) throws DiskException {
        int total = 0;
        try {
            while (target.hasRemaining()) {
                int read = channel.read(target, filePosition + total);
                if (read < 0) {
                    break;
                }
                total += read;
            }
        } catch (IOException e) {
            throw NioDisk.failure("read", path, e);
        }
        return total;
    }

    @Override
    public void sync() throws DiskException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw NioDisk.failedSync("sync", path, e);
        }
    }

    @Override
    public void truncate(long lengthBytes) throws DiskException {
        try {
            channel.truncate(lengthBytes);
        } catch (IOException e) {
            throw NioDisk.failure("truncate", path, e);
        }
    }

    @Override
    public long length() throws DiskException {
        try {
            return channel.size();
        } catch (IOException e) {
            throw NioDisk.failure("measure", path, e);
        }
    }

    @Override
    public long transferTo(long filePosition, long countBytes, WritableByteChannel target) throws DiskException {
        try {
            return channel.transferTo(filePosition, countBytes, target);
        } catch (IOException e) {
            throw NioDisk.failure("send from", path, e);
        }
    }

    /**
     * Whether the whole range is in the page cache: mincore over a mapping that is never touched, so nothing is faulted in and a
     * file that is cut meanwhile does no harm. Reading 1 MiB to be sure costs more than sending it.
     *
     * <p>Through a channel of its own that cannot write, because the JDK makes a writable file longer when it maps beyond its
     * end. A file that has lost its name, is too short, or lies where nothing can be mapped is read instead: this is a hint and
     * fails nothing.
     */
    @Override
    public boolean isCached(long filePosition, int sizeBytes) {
        if (sizeBytes < WORTH_ASKING_BYTES) {
            return false;
        }
        try (FileChannel readOnly = FileChannel.open(path, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            return readOnly.map(FileChannel.MapMode.READ_ONLY, filePosition, sizeBytes, arena)
                    .isLoaded();
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Override
    public void startWriteOut(long filePosition, long sizeBytes) {
        if (writeOutDescriptor == NOT_OPENED && channel.isOpen()) {
            writeOutDescriptor = writeOut.open(path);
        }
        if (writeOutDescriptor >= 0 && !writeOut.begin(writeOutDescriptor, filePosition, sizeBytes)) {
            endWriteOut();
        }
    }

    @Override
    public void awaitWriteOut(long filePosition, long sizeBytes) {
        if (writeOutDescriptor >= 0 && !writeOut.await(writeOutDescriptor, filePosition, sizeBytes)) {
            endWriteOut();
        }
    }

    private void endWriteOut() {
        int descriptor = writeOutDescriptor;
        writeOutDescriptor = RangeWriteOut.REFUSED;
        if (descriptor >= 0) {
            writeOut.close(descriptor);
        }
    }

    @Override
    public void close() throws DiskException {
        endWriteOut();
        try {
            channel.close();
        } catch (IOException e) {
            throw NioDisk.failure("close", path, e);
        }
    }
}
