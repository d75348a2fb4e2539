package io.millrace.bench.load;

import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ProduceResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** One connection under load: a thread that sends, a thread that receives. Latency is counted from the intended send time. */
final class ProduceConnection {

    /** Longest latency the histogram tells apart. */
    private static final long MAX_LATENCY_NS = 60_000_000_000L;
    /** Send times ring; more requests than this are never in flight. */
    private static final int RING = 1 << 16;
    /** Requests that go out together when the window has room and no rate says when. */
    private static final int MAX_TOGETHER = 16;

    private final BrokerSocket socket;
    private final ByteBuffer[] frames;
    private final Semaphore window;
    private final long[] intendedNs = new long[RING];
    private final Recorder latencyNs = new Recorder(MAX_LATENCY_NS, 3);
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean sending = true;
    private volatile boolean stopping;
    private int next;
    private long sentBytes;
    private long errors;

    /** @param inFlight requests on the way at once; the open loop should never reach it */
    ProduceConnection(String bootstrap, ByteBuffer[] frames, int firstPartition, int inFlight) throws IOException {
        this.socket = new BrokerSocket(bootstrap);
        // The same buffer may not stand twice in one write, with two correlations.
        this.frames = new ByteBuffer[(MAX_TOGETHER + frames.length - 1) / frames.length * frames.length];
        for (int i = 0; i < this.frames.length; i++) {
            ByteBuffer frame = frames[i % frames.length];
            this.frames[i] = ByteBuffer.allocateDirect(frame.remaining())
                    .put(frame.duplicate())
                    .flip();
        }
        this.next = firstPartition;
        this.window = new Semaphore(Math.min(inFlight, RING));
    }

    /** Sends at a fixed rate until {@code endNs}. */
    void sendAtRate(long startNs, long endNs, long intervalNs) throws IOException {
        for (long intended = startNs; intended < endNs && !stopping; intended += intervalNs) {
            long wait;
            while ((wait = intended - System.nanoTime()) > 0) {
                LockSupport.parkNanos(wait);
            }
            window.acquireUninterruptibly();
            socket.write(next(intended));
        }
        sending = false;
    }

    /** Sends as fast as the window allows, until {@code endNs} or so many requests. */
    void sendAtOnce(long endNs, long requests) throws IOException {
        ByteBuffer[] together = new ByteBuffer[MAX_TOGETHER];
        while (sent.get() < requests) {
            window.acquireUninterruptibly();
            long nowNs = System.nanoTime();
            if (nowNs >= endNs) {
                break;
            }
            int count = 0;
            do {
                together[count++] = next(nowNs);
            } while (count < MAX_TOGETHER && sent.get() < requests && window.tryAcquire());
            socket.write(together, count);
        }
        sending = false;
    }

    private ByteBuffer next(long intended) {
        ByteBuffer frame = frames[next++ % frames.length];
        int correlation = (int) sent.get();
        intendedNs[correlation & (RING - 1)] = intended;
        frame.putInt(ProduceShape.CORRELATION_POSITION, correlation);
        sent.incrementAndGet();
        sentBytes += frame.remaining();
        return frame.duplicate();
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

    /** What was recorded since the last call. */
    Histogram latencyNs() {
        return latencyNs.getIntervalHistogram();
    }

    /** When request {@code number} was to be sent; of the last {@value #RING} ones. */
    long intendedNs(long number) {
        return intendedNs[(int) number & (RING - 1)];
    }

    /** Ends a load at a rate; what is on the way is still answered. */
    void stop() {
        stopping = true;
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
