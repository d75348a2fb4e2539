package io.millrace.storage.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code sync_file_range(2)}, which the JDK does not offer: tells the kernel to carry a range of a file to the device now instead
 * of with the next sync. It makes nothing durable and is only ever a hint: where the call is missing or a file refuses it,
 * the sync has more to do, that is all. Thread-safe.
 *
 * <p>Asked through descriptors of its own. That is how the file's own one learns of a write-back error even after a call here
 * was told of it: the kernel reports an error once to each open description.
 */
final class RangeWriteOut {

    /** Instead of a descriptor: there is none, and it is of no use to ask again. */
    static final int REFUSED = -1;

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int WAIT_BEFORE = 1;
    private static final int WRITE = 2;

    private final @Nullable Calls calls;

    private RangeWriteOut(@Nullable Calls calls) {
        this.calls = calls;
    }

    private record Calls(MethodHandle open, MethodHandle close, MethodHandle syncFileRange) {}

    @SuppressWarnings("restricted") // The JDK has no sync_file_range; native access is enabled for the server.
    static RangeWriteOut find() {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
            return none();
        }
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> open = linker.defaultLookup().find("open");
        Optional<MemorySegment> close = linker.defaultLookup().find("close");
        Optional<MemorySegment> syncFileRange = linker.defaultLookup().find("sync_file_range");
        if (open.isEmpty() || close.isEmpty() || syncFileRange.isEmpty()) {
            return none();
        }
        return new RangeWriteOut(new Calls(
                linker.downcallHandle(
                        open.get(),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                        Linker.Option.firstVariadicArg(2)),
                linker.downcallHandle(close.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)),
                linker.downcallHandle(
                        syncFileRange.get(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT))));
    }

    /** For systems without the call. */
    static RangeWriteOut none() {
        return new RangeWriteOut(null);
    }

    /** A descriptor to ask through, or {@link #REFUSED}. */
    int open(Path file) {
        Calls known = calls;
        if (known == null) {
            return REFUSED;
        }
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) known.open.invokeExact(arena.allocateFrom(file.toString()), O_RDONLY | O_CLOEXEC);
            return descriptor < 0 ? REFUSED : descriptor;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Begins to write a range out; false when this file cannot. */
    boolean begin(int descriptor, long filePosition, long sizeBytes) {
        return call(descriptor, filePosition, sizeBytes, WRITE);
    }

    /** Waits until what was begun in a range is over, well or not; false when this file cannot. */
    boolean await(int descriptor, long filePosition, long sizeBytes) {
        return call(descriptor, filePosition, sizeBytes, WAIT_BEFORE);
    }

    private boolean call(int descriptor, long filePosition, long sizeBytes, int flags) {
        Calls known = calls;
        if (known == null) {
            return false;
        }
        try {
            return (int) known.syncFileRange.invokeExact(descriptor, filePosition, sizeBytes, flags) == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    void close(int descriptor) {
        Calls known = calls;
        if (known == null) {
            return;
        }
        try {
            int ignored = (int) known.close.invokeExact(descriptor);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A downcall throws nothing of its own: this would be a wrong signature here. */
    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
}
