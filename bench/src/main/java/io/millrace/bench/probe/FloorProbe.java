package io.millrace.bench.probe;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** The least that each step of a produce request costs on this machine, in CPU-s/GiB of the thread that does it. */
public final class FloorProbe {

    private static final int MIB = 1 << 20;
    private static final int BUFFER_BYTES = 4 * MIB;
    private static final int RECEIVE_MIB = 512;
    private static final int MEMORY_MIB = 1024;
    private static final int CRC_MIB = 256;
    private static final int FILE_MIB = 64;
    private static final int PIECE_BYTES = 64 << 10;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MIB_PER_GIB = 1024;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ByteBuffer source = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final StringBuilder found = new StringBuilder();

    private FloorProbe() {
        byte[] noise = new byte[BUFFER_BYTES];
        new SplittableRandom(1).nextBytes(noise);
        source.put(noise).clear();
    }

    /** Some seconds of work in {@code folder}; a line for people. */
    public static String measure(Path folder) throws IOException, InterruptedException {
        FloorProbe probe = new FloorProbe();
        probe.receive();
        probe.checksums(16 << 10, "CRC32C of 16 KiB");
        probe.checksums(1 << 10, "of 1 KiB");
        probe.checksums(100, "of 100 B");
        probe.copies();
        probe.pageCache(folder.resolve("floor-probe"));
        return "Floor of this machine at the head of the run, CPU-s/GiB: " + probe.found;
    }

    private void receive() throws IOException, InterruptedException {
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
            Thread sender = Thread.ofPlatform().daemon().start(() -> send(address));
            ByteBuffer target = ByteBuffer.allocateDirect(4 * PIECE_BYTES);
            try (SocketChannel from = server.accept()) {
                long startNs = threads.getCurrentThreadCpuTime();
                int count = 0;
                while (count >= 0) {
                    count = from.read(target.clear());
                }
                cost("receive on loopback", startNs, RECEIVE_MIB);
            }
            sender.join();
        }
    }

    private void send(InetSocketAddress address) {
        try (SocketChannel to = SocketChannel.open(address)) {
            for (long left = (long) RECEIVE_MIB * MIB; left > 0; left -= PIECE_BYTES) {
                ByteBuffer piece = source.slice(0, PIECE_BYTES);
                while (piece.hasRemaining()) {
                    to.write(piece);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("loopback broke", e);
        }
    }

    private void checksums(int pieceBytes, String what) {
        CRC32C crc = new CRC32C();
        // The first pass is for the compiler.
        for (int pass = 0; pass < 2; pass++) {
            long startNs = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < CRC_MIB * MIB / pieceBytes; i++) {
                int at = i % (BUFFER_BYTES / pieceBytes) * pieceBytes;
                crc.reset();
                crc.update(source.slice(at, pieceBytes));
            }
            if (pass == 1) {
                cost(what, startNs, CRC_MIB);
            }
        }
    }

    private void copies() {
        ByteBuffer target = ByteBuffer.allocateDirect(BUFFER_BYTES);
        for (int pass = 0; pass < 2; pass++) {
            long startNs = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < MEMORY_MIB / (BUFFER_BYTES / MIB); i++) {
                target.put(0, source, 0, BUFFER_BYTES);
            }
            if (pass == 1) {
                cost("memcpy", startNs, MEMORY_MIB);
            }
        }
    }

    private void pageCache(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (String pages : new String[] {"fresh", "resident"}) {
                long startNs = threads.getCurrentThreadCpuTime();
                for (int at = 0; at < FILE_MIB * MIB; at += PIECE_BYTES) {
                    file.write(source.slice(at % BUFFER_BYTES, PIECE_BYTES), at);
                }
                cost("write of 64 KiB to " + pages + " page cache", startNs, FILE_MIB);
            }
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private void cost(String what, long startNs, int mebibytes) {
        double seconds = (threads.getCurrentThreadCpuTime() - startNs) / NANOS_PER_SECOND;
        found.append(found.isEmpty() ? "" : ", ")
                .append(String.format(Locale.ROOT, "%s %.2f", what, seconds * MIB_PER_GIB / mebibytes));
    }
}
