package io.millrace.bench.spike;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The two calls of libc the JDK does not offer: {@code syncfs} and {@code fallocate}, reached through java.lang.foreign. Needs
 * {@code --enable-native-access}. One instance holds one descriptor of a directory; used by one thread at a time.
 */
final class NativeSync implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN = handle(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SYNCFS =
            handle("syncfs", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle FALLOCATE = handle(
            "fallocate",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG));
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;

    private final int descriptor;

    private NativeSync(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens the directory (or any file) whose file system {@link #syncfs()} is to sync. */
    static NativeSync of(Path path) throws IOException {
        return new NativeSync(open(path, O_RDONLY));
    }

    /** Reserves {@code bytes} of unwritten extents for an existing file, so a later write allocates no blocks. */
    static void fallocate(Path path, long bytes) throws IOException {
        int fd = open(path, O_RDWR);
        try {
            if ((int) FALLOCATE.invokeExact(fd, 0, 0L, bytes) != 0) {
                throw new IOException("fallocate failed: path=" + path + " bytes=" + bytes);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            closeQuietly(fd);
        }
    }

    void syncfs() throws IOException {
        int result;
        try {
            result = (int) SYNCFS.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (result != 0) {
            throw new IOException("syncfs failed: fd=" + descriptor);
        }
    }

    @Override
    public void close() {
        closeQuietly(descriptor);
    }

    private static int open(Path path, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            int fd = (int) OPEN.invokeExact(name, flags);
            if (fd < 0) {
                throw new IOException("open failed: path=" + path);
            }
            return fd;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void closeQuietly(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted") // the spike is started with --enable-native-access
    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
        SymbolLookup libc = LINKER.defaultLookup();
        return LINKER.downcallHandle(libc.find(name).orElseThrow(), type, options);
    }
}
