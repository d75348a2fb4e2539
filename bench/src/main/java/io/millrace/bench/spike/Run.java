package io.millrace.bench.spike;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/** Puts one load on one candidate from one thread, as a shard would: check the batch's CRC, copy it to the tail, hand over per tick. */
final class Run implements Candidate.Acks {
    private static final int TICK_BATCHES = 64;
    private static final int SAMPLES = 4_000_000;
    private static final long[] LATENCY_NS = new long[SAMPLES];

    private final LoadShape load;
    private final Candidate candidate;
    private final Tail tail;
    private final ByteBuffer source;
    private final SplittableRandom random = new SplittableRandom(42);
    private final CRC32C crc = new CRC32C();
    private long acked;
    private long appended;
    private long lastAckNs;
    private long checksum;

    Run(LoadShape load, Candidate candidate, Tail tail, ByteBuffer source) {
        this.load = load;
        this.candidate = candidate;
        this.tail = tail;
        this.source = source;
    }

    Outcome measure() throws InterruptedException {
        long cpu = ProcessCpu.processNs();
        double machine = ProcessCpu.machineSeconds();
        long start = System.nanoTime();
        long end = start + load.durationMs() * 1_000_000;
        if (load.openLoop()) {
            openLoop(start, end);
        } else {
            closedLoop(end);
        }
        candidate.drain(this);
        double cpuSeconds = (ProcessCpu.processNs() - cpu) / 1e9;
        double machineSeconds = ProcessCpu.machineSeconds() - machine;
        int samples = (int) Math.min(acked, SAMPLES);
        Arrays.sort(LATENCY_NS, 0, samples);
        double bytes = (double) acked * load.batchBytes();
        double gib = bytes / (1 << 30);
        return new Outcome(
                bytes / 1e6 / ((lastAckNs - start) / 1e9),
                cpuSeconds / gib,
                machineSeconds / gib,
                LATENCY_NS[samples / 2] / 1e6,
                LATENCY_NS[(int) (samples * 0.99)] / 1e6,
                bytes / 1024 / candidate.ackSyncs(),
                candidate.ackSyncs(),
                candidate.segmentSyncs());
    }

    private void closedLoop(long end) {
        while (true) {
            long now = System.nanoTime();
            if (now >= end) {
                return;
            }
            boolean full = false;
            for (int i = 0; i < TICK_BATCHES && !full; i++) {
                full = appended - acked >= load.window() || !append(now);
            }
            candidate.tick();
            long before = acked;
            candidate.poll(this);
            if (full && acked == before) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void openLoop(long start, long end) {
        long intervalNs = 1_000_000_000L / load.batchesPerSecond();
        long intended = start;
        while (intended < end) {
            long now = System.nanoTime();
            while (intended <= now && intended < end && append(intended)) {
                intended += intervalNs;
            }
            candidate.tick();
            candidate.poll(this);
            LockSupport.parkNanos(Math.max(1, intended - System.nanoTime()));
        }
    }

    private boolean append(long startNs) {
        int offset = (int) (appended * load.batchBytes() % (source.capacity() - load.batchBytes()));
        ByteBuffer batch = source.slice(offset, load.batchBytes());
        crc.reset();
        crc.update(batch);
        checksum += crc.getValue();
        long sequence = tail.append(random.nextInt(load.partitions()), batch.rewind(), startNs);
        if (sequence < 0) {
            return false;
        }
        candidate.append(sequence);
        appended++;
        return true;
    }

    @Override
    public void durable(long sequence) {
        lastAckNs = System.nanoTime();
        LATENCY_NS[(int) (acked++ % SAMPLES)] = lastAckNs - tail.startNs(sequence);
    }

    /** Keeps the checksums alive for the compiler. */
    long checksum() {
        return checksum;
    }
}
