package io.millrace.bench.micro;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A binary search in the index section of a sealed segment, page cache warm: by pread of one entry, by pread of the page
 * around it, and through a mapping of chronicle-bytes. {@code openSearchClose} adds what the first look-up after opening
 * pays: for the mapping that is the checksum of the whole section, which must be right before anything of it is used.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IndexLookupBenchmark {

    /** How entries are reached. */
    public enum By {
        PREAD,
        PREAD_PAGE,
        MAPPING
    }

    @Param
    private By by;

    /** Of a segment of 16 MiB and of 1 GiB, with an entry every 4 KiB. */
    @Param({"4096", "262144"})
    private int entries;

    private IndexSection section;
    private EntryReader reader;
    private long seed = 42;

    @Setup(Level.Trial)
    public void write() throws IOException {
        section = IndexSection.write(entries);
        reader = section.open(by);
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
        reader.close();
        section.delete();
    }

    private int wanted() {
        seed = seed * 6364136223846793005L + 1442695040888963407L;
        return (int) ((seed >>> 33) % ((long) entries * IndexSection.OFFSETS_PER_ENTRY));
    }

    @Benchmark
    public int search() throws IOException {
        return reader.floor(wanted());
    }

    @Benchmark
    public int openSearchClose() throws IOException {
        try (EntryReader fresh = section.open(by)) {
            return fresh.floor(wanted());
        }
    }
}
