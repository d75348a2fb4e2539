package io.millrace.bench.load;

import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ProduceResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** One connection under load: a thread that sends, a thread that receives. Latency is counted from the intended send time. */
final class ProduceConnection {

    /** Longest latency the histogram tells apart. */
    private static final long MAX_LATENCY_NS = 60_000_000_000L;
    /** Send times ring; more requests than this are never in flight. */
    private static final int RING = 1 << 16;

    private final BrokerSocket socket;
    private final ByteBuffer[] frames;
    private final int firstPartition;
    private final Semaphore window;
    private final long[] intendedNs = new long[RING];
    private final Histogram latencyNs = new Histogram(MAX_LATENCY_NS, 3);
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean sending = true;
    private long sentBytes;
    private long errors;

    /** @param inFlight requests on the way at once; the open loop should never reach it */
    ProduceConnection(String bootstrap, ByteBuffer[] frames, int firstPartition, int inFlight) throws IOException {
        this.socket = new BrokerSocket(bootstrap);
        this.frames = new ByteBuffer[frames.length];
        for (int i = 0; i < frames.length; i++) {
            ByteBuffer copy = ByteBuffer.allocateDirect(frames[i].remaining());
            this.frames[i] = copy.put(frames[i].duplicate()).flip();
        }
        this.firstPartition = firstPartition;
        this.window = new Semaphore(Math.min(inFlight, RING));
    }

    /** Sends until {@code endNs}; {@code intervalNs} 0: as fast as the window allows. */
    void send(long startNs, long endNs, long intervalNs) throws IOException {
        long intended = startNs;
        int next = firstPartition;
        while (true) {
            if (intervalNs > 0) {
                long wait;
                while ((wait = intended - System.nanoTime()) > 0) {
                    LockSupport.parkNanos(wait);
                }
            }
            window.acquireUninterruptibly();
            if (intervalNs == 0) {
                intended = System.nanoTime();
            }
            if (intended >= endNs) {
                break;
            }
            ByteBuffer frame = frames[next % frames.length];
            next++;
            int correlation = (int) sent.get();
            intendedNs[correlation & (RING - 1)] = intended;
            frame.putInt(ProduceShape.CORRELATION_POSITION, correlation);
            sent.incrementAndGet();
            socket.write(frame.duplicate());
            sentBytes += frame.remaining();
            intended += intervalNs;
        }
        sending = false;
    }

    /** Receives until every sent request is answered. */
    void receive() throws IOException {
        for (long received = 0; ; received++) {
            while (received == sent.get()) {
                if (!sending && received == sent.get()) {
                    socket.close();
                    return;
                }
                LockSupport.parkNanos(20_000);
            }
            ByteBuffer answer = socket.read();
            int correlation = answer.getInt(0);
            long latency = System.nanoTime() - intendedNs[correlation & (RING - 1)];
            latencyNs.recordValue(Math.min(latency, MAX_LATENCY_NS));
            if (hasError(answer)) {
                errors++;
            }
            window.release();
        }
    }

    private static boolean hasError(ByteBuffer answer) {
        ProduceResponse response = (ProduceResponse) BrokerSocket.decode(answer, ApiKey.PRODUCE, ProduceShape.VERSION);
        return response.responses().getFirst().partitionResponses().getFirst().errorCode() != 0;
    }

    Histogram latencyNs() {
        return latencyNs;
    }

    long requests() {
        return sent.get();
    }

    long sentBytes() {
        return sentBytes;
    }

    long errors() {
        return errors;
    }
}
